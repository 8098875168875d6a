"""Nothing gets out of a crawl either: pages, redirects, robots.txt and sitemaps lead nowhere that is not allowed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.page_server import Answer, PageServer
from crawler.reasons import Outcome
from tests.crawler.conftest import Field
from tests.unit.kit.egress.addresses import REFUSED

HTML = {"Content-Type": "text/html"}


@pytest.fixture
def forbidden() -> Iterator[PageServer]:
    """At an address that is not allowed."""
    with PageServer(lambda _path: Answer(200, HTML, b"<p>the secret of the house</p>"), host="127.0.0.2") as server:
        yield server
        assert not server.asked


def port(server: PageServer) -> str:
    return server.origin.rpartition(":")[2]


class TestACrawl:
    def test_follows_no_link_redirect_refresh_frame_or_sitemap_to_the_inside(
        self, field_: Field, forbidden: PageServer
    ) -> None:
        targets = [f"http://{host}:{port(forbidden)}/" for host in REFUSED if "%" not in host]
        targets += ["file:///etc/passwd", "gopher://127.0.0.2:70/_x", "ftp://127.0.0.2/", "//127.0.0.2/"]
        paths = [f"/to/{number}" for number in range(len(targets))]
        links = "".join(f"<a href='{url}'>x</a><iframe src='{url}'></iframe>" for url in targets)
        links += "".join(f"<a href={path}>x</a>" for path in paths)
        home = f"<main><p>Everything here leads inside.</p>{links}</main>"
        locations = "".join(f"<url><loc>{url}</loc></url>" for url in targets)

        def answer(path: str) -> Answer:
            if path.startswith("/to/"):
                number = int(path.removeprefix("/to/"))
                if number % 2:
                    return Answer(302, {"Location": targets[number]})
                head = f"<meta http-equiv='refresh' content='0; url={targets[number]}'>"
                return Answer(200, HTML, f"<html><head>{head}</head><body><p>On and on.</p></body></html>".encode())
            if path == "/robots.txt":
                return Answer(200, {}, "\n".join(f"Sitemap: {url}" for url in targets).encode())
            if path == "/sitemap.xml":
                return Answer(200, {"Content-Type": "text/xml"}, f"<urlset>{locations}</urlset>".encode())
            return Answer(200, HTML, home.encode()) if path == "/" else Answer(404)

        with PageServer(answer) as server:
            crawl = field_.crawl(f"{server.origin}/")
        report = field_.report(crawl.id)
        assert len(targets) > 60
        assert set(report) == {"/", *paths}
        assert crawl.counts[Outcome.KEPT] == 1

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "ip6-localhost"])
    def test_of_a_name_that_leads_inside_fails_and_says_so(self, field_: Field, host: str) -> None:
        with PageServer(lambda _path: Answer(200, HTML, b"<p>inside</p>"), host="127.0.0.3") as inside:
            crawl = field_.crawl(f"http://{host}:{port(inside)}/")
            assert not inside.asked
        assert crawl.state == "failed"
        assert crawl.pages_crawled == 0

    def test_reads_no_robots_txt_that_is_somewhere_inside(self, field_: Field, forbidden: PageServer) -> None:
        def answer(path: str) -> Answer:
            if path == "/robots.txt":
                return Answer(302, {"Location": f"{forbidden.origin}/robots.txt"})
            return Answer(200, HTML, b"<main><p>A page of the house.</p></main>")

        with PageServer(answer) as server:
            crawl = field_.crawl(f"{server.origin}/")
        assert (crawl.state, field_.report(crawl.id)["/"]) == ("failed", (Outcome.FAILED, "robots_unreachable"))

    def test_fails_closed_where_robots_txt_cannot_be_read(self, field_: Field) -> None:
        def answer(path: str) -> Answer:
            return Answer(503) if path == "/robots.txt" else Answer(200, HTML, b"<p>A page of the house.</p>")

        with PageServer(answer) as server:
            crawl = field_.crawl(f"{server.origin}/")
            assert server.asked["/"] == 0
        assert crawl.state == "failed"
        assert "robots_unreachable" in str(crawl.error)
