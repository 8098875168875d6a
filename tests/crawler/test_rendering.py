"""Pages that a script draws: drawn in a browser where the site's settings say so, and nothing gets out of it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from uuid import uuid4

import pytest

from bench.page_server import Answer, PageServer
from crawler.crawls.types import CrawlView
from crawler.reasons import Outcome, Reason
from identity.bootstrap import operator
from ingest.datasets.types import NewDataset
from orchestration.runtime import Runtime, build_runtime
from tests.browsers import chromium
from tests.crawler.conftest import Field, crawl_settings

HTML = {"Content-Type": "text/html"}
SCRIPT = {"Content-Type": "text/javascript"}
TEXT = {"Content-Type": "text/plain", "Access-Control-Allow-Origin": "*"}
KEPT = (Outcome.KEPT, Reason.NEW)
BROWSER = chromium()

needs_a_browser = pytest.mark.skipif(
    BROWSER is None, reason="no Chromium (on Debian: apt-get install chromium-headless-shell)"
)


def shell(script: str) -> Answer:
    return Answer(
        200, HTML, f"<html><head><title>x</title></head><body><div id='app'></div>{script}</body></html>".encode()
    )


def drawing(script: str) -> Answer:
    """A page whose script may use `show` to put text on it."""
    return shell(f"<script>const show = (text) => {{ app.innerHTML = '<p>' + text + '</p>' }}; {script}</script>")


def plain(text: str) -> Answer:
    return Answer(200, HTML, f"<html><body><main><p>{text}</p></main></body></html>".encode())


def drawing_field(folder: Path, **settings: object) -> tuple[Runtime, Field]:
    fixed = {"crawl_browser": BROWSER, "crawl_browser_sandbox": False, "crawl_render_seconds": 30}
    runtime = build_runtime(crawl_settings(home=folder / "home", **{**fixed, **settings}))
    with runtime.database.write() as session:
        principal = operator(session)
        dataset = runtime.datasets.create(session, principal, NewDataset(name=f"drawn {uuid4()}"))
    return runtime, Field(runtime, principal, dataset.id)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    runtime, found = drawing_field(tmp_path_factory.mktemp("drawn"))
    yield found
    runtime.close()


def crawled(field_: Field, answers: dict[str, Answer], **settings: object) -> CrawlView:
    with PageServer(lambda path: answers.get(path, Answer(404))) as server:
        return field_.crawl(f"{server.origin}/", **{"render": True, "use_sitemaps": False, **settings})


APP = b"""fetch('/api/words').then(answer => answer.text()).then(words => {
    app.innerHTML = `<p>${location.pathname}: ${words}</p><a href='/second'>on</a>` })"""


@needs_a_browser
class TestAPageThatAScriptDraws:
    ANSWERS: ClassVar[dict[str, Answer]] = {
        "/": plain("The start of it all. <a href='/app'>app</a> <a href='/late'>late</a> <a href='/no'>no</a>"),
        "/app": shell("<link rel=stylesheet href=/look.css><img src=/logo.png><script src=/app.js></script>"),
        "/app.js": Answer(200, SCRIPT, APP),
        "/api/words": Answer(200, TEXT, "Drawn by a script from what it fetched: Grüße, 你好.".encode()),
        "/second": shell("<script src=/app.js></script><script>document.title = 'other'</script>"),
        "/late": drawing("setTimeout(() => show('Drawn by a timer a moment after all has come.'), 900)"),
        "/no": drawing("1"),
        "/look.css": Answer(200, {"Content-Type": "text/css"}, b""),
        "/logo.png": Answer(200, {"Content-Type": "image/png"}, b"x"),
        "/moved": drawing("location.href = '/app'"),
    }  # fmt: skip

    def test_is_drawn_with_what_it_fetches_and_its_links_are_followed(self, drawn: Field) -> None:
        with PageServer(lambda path: self.ANSWERS.get(path, Answer(404))) as server:
            crawl = drawn.crawl(f"{server.origin}/", render=True, use_sitemaps=False)
            assert server.asked["/app.js"] == 1
            assert server.asked["/logo.png"] + server.asked["/look.css"] == 0
        report, rows = drawn.report(crawl.id), drawn.rows(crawl.id)
        assert (report["/"], report["/app"], report["/late"]) == (KEPT, KEPT, KEPT)
        assert (rows["/"].rendered, rows["/app"].rendered, rows["/late"].rendered) == (False, True, True)
        assert (report["/second"], rows["/second"].rendered) == (KEPT, True)
        assert (report["/no"], rows["/no"].rendered) == ((Outcome.SKIPPED, Reason.NO_TEXT), True)
        assert crawl.pages_rendered == 4
        drawn.index()
        assert any("Grüße, 你好" in one for one in drawn.found("drawn by a script from what it fetched"))

    @pytest.mark.slow
    def test_costs_no_parse_when_it_is_drawn_the_same_again(self, drawn: Field) -> None:
        with PageServer(lambda path: self.ANSWERS.get(path, Answer(404))) as server:
            drawn.crawl(f"{server.origin}/late", render=True, use_sitemaps=False)
            again = drawn.crawl(f"{server.origin}/late", render=True, use_sitemaps=False)
        row = drawn.rows(again.id)["/late"]
        assert (row.outcome, row.rendered) == (Outcome.UNCHANGED, True)

    @pytest.mark.slow
    def test_that_sends_visitors_on_is_a_redirect(self, drawn: Field) -> None:
        with PageServer(lambda path: self.ANSWERS.get(path, Answer(404))) as server:
            crawl = drawn.crawl(f"{server.origin}/moved", render=True, use_sitemaps=False)
        report = drawn.report(crawl.id)
        assert report["/moved"] == (Outcome.SKIPPED, Reason.REDIRECTED)
        assert report["/app"] == KEPT

    def test_is_left_alone_where_nobody_has_asked_for_a_browser(self, drawn: Field) -> None:
        crawl = crawled(drawn, self.ANSWERS, render=False)
        assert drawn.report(crawl.id)["/app"] == (Outcome.SKIPPED, Reason.NO_TEXT)
        assert crawl.pages_rendered == 0


@needs_a_browser
class TestABound:
    @pytest.mark.slow
    def test_of_pages_is_kept_and_said(self, tmp_path: Path) -> None:
        runtime, field_ = drawing_field(tmp_path, crawl_render_pages=1)
        links = "".join(f"<a href='/{number}'>x</a>" for number in range(3))
        answers = {f"/{number}": drawing(f"show('This is what page {number} has to say.')") for number in range(3)}
        crawl = crawled(field_, {"/": plain(f"Three pages are drawn by scripts. {links}"), **answers})
        report = field_.report(crawl.id)
        runtime.close()
        assert crawl.pages_rendered == 1
        assert sorted(report[f"/{number}"] for number in range(3)) == [
            KEPT, (Outcome.SKIPPED, Reason.RENDER_BUDGET), (Outcome.SKIPPED, Reason.RENDER_BUDGET)
        ]  # fmt: skip

    @pytest.mark.slow
    def test_of_seconds_ends_a_page_that_never_ends_and_the_next_is_drawn(self, tmp_path: Path) -> None:
        runtime, field_ = drawing_field(tmp_path, crawl_render_seconds=4)
        links = "<a href='/endless'>x</a> <a href='/good'>y</a>"
        answers = {
            "/": plain(f"One of the two hangs for good. {links}"),
            "/endless": drawing("for (;;) {}"),
            "/good": drawing("show('This page comes after the one that hangs.')"),
        }
        crawl = crawled(field_, answers)
        report = field_.report(crawl.id)
        runtime.close()
        assert report["/endless"] == (Outcome.FAILED, Reason.RENDER_FAILED)
        assert report["/good"] == KEPT


class TestABrowserThatIsNotThere:
    def test_is_named_with_what_to_do(self, tmp_path: Path) -> None:
        runtime, field_ = drawing_field(tmp_path, crawl_browser=str(tmp_path / "nothing"))
        crawl = crawled(field_, {"/": drawing("show('nobody sees this')")})
        runtime.close()
        assert crawl.state == "failed"
        assert "CAIRN_CRAWL_BROWSER" in str(crawl.error)
        assert "render_failed" in str(crawl.error)


@pytest.fixture
def inside() -> Iterator[PageServer]:
    """Another server on the host of the site."""
    with PageServer(lambda _path: Answer(200, TEXT, b"the secret of the house")) as server:
        yield server


@pytest.fixture
def hidden() -> Iterator[PageServer]:
    """At an address that is not allowed."""
    with PageServer(lambda _path: Answer(200, TEXT, b"the secret of the house"), host="127.0.0.2") as server:
        yield server


@needs_a_browser
class TestABrowser:
    def test_reaches_nothing_but_what_a_crawl_may_reach(
        self, drawn: Field, inside: PageServer, hidden: PageServer
    ) -> None:
        port = hidden.origin.rpartition(":")[2]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
            heard.bind(("127.0.0.2", 0))
            heard.settimeout(0)
            targets = [
                *("http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/", "http://metadata/"),
                *(f"http://127.0.0.2:{port}/", f"http://2130706434:{port}/", f"http://[::ffff:127.0.0.2]:{port}/"),
                *(f"http://localhost:{port}/", "file:///etc/passwd", f"{inside.origin}/", "/redirect", "/to-port"),
                f"{inside.origin.replace('127.0.0.1', '127.1')}/",
            ]
            attempts = ", ".join(f"'{url}'" for url in targets)
            stun = f"stun:127.0.0.2:{heard.getsockname()[1]}"
            script = f"""
                const said = [];
                const tried = [{attempts}].map(u => fetch(u).then(r => r.text()).then(t => said.push(t), () => 0));
                for (const u of [{attempts}]) {{
                    for (const tag of ['iframe', 'img', 'script', 'link', 'embed', 'video']) {{
                        const e = document.createElement(tag); e.rel = 'prefetch'; e.src = e.href = u; app.append(e);
                    }}
                    fetch(u, {{method: 'POST', mode: 'no-cors', body: 'x'}}).catch(() => 0);
                    try {{ navigator.sendBeacon(u, 'x') }} catch {{}} try {{ new EventSource(u) }} catch {{}}
                    try {{ new Worker(u) }} catch {{}} try {{ window.open(u) }} catch {{}}
                }}
                try {{ new WebSocket('{hidden.origin.replace("http", "ws")}/') }} catch {{}}
                try {{ navigator.serviceWorker.register('/worker.js').catch(() => 0) }} catch {{}}
                try {{ const p = new RTCPeerConnection({{iceServers: [{{urls: '{stun}'}}]}});
                       p.createDataChannel('x'); p.createOffer().then(o => p.setLocalDescription(o)) }} catch {{}}
                Promise.all(tried).then(() => show('All that was said inside is this much: [' + said.join() + ']'));
            """
            answers = {
                "/": drawing(script),
                "/redirect": Answer(302, {"Location": f"{hidden.origin}/"}),
                "/to-port": Answer(302, {"Location": f"{inside.origin}/"}),
            }
            crawl = crawled(drawn, answers)
            with pytest.raises(BlockingIOError):
                heard.recv(100)
        assert (inside.asked.total(), hidden.asked.total()) == (0, 0)
        row = drawn.rows(crawl.id)["/"]
        assert (row.outcome, row.rendered) == (Outcome.KEPT, True)
        drawn.index()
        assert any("this much: []" in one for one in drawn.found("All that was said inside is this much"))
