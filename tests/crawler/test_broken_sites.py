"""Sites that break as sites do: whatever they show instead of their pages, nothing leaves the dataset unasked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from bench.made_up_site import WORDS
from bench.page_server import Answer, PageServer
from crawler.crawls.types import CrawlView
from crawler.sites.types import CrawlMode
from tests.crawler.conftest import Field
from tests.sampling import some

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGES = 12
Trouble = Callable[[str], Answer | None]


def html(title: str, content: str) -> Answer:
    return Answer(200, HTML, f"<html><head><title>{title}</title></head><body>{content}</body></html>".encode())


def text_of(path: str) -> str:
    chosen = random.Random(path)  # noqa: S311 - made-up text, no secret
    return "".join(f"<p>{' '.join(chosen.choices(WORDS, k=60)).capitalize()}.</p>" for _ in range(5))


@dataclass
class Site:
    trouble: Trouble = lambda _path: None

    def answer(self, path: str) -> Answer:
        return self.trouble(path) or self.healthy(path)

    @staticmethod
    def healthy(path: str) -> Answer:
        links = "".join(f"<li><a href='/p{number}.html'>Page {number}</a></li>" for number in range(1, PAGES))
        if path == "/":
            return html("Acme handbook", f"<nav>{links}</nav><main>{text_of(path)}</main>")
        if path in {f"/p{number}.html" for number in range(1, PAGES)}:
            return html(f"Chapter {path}", f"<main>{text_of(path)}</main>")
        return Answer(404, HTML, b"<html><body><h1>404</h1></body></html>")


def everywhere(answer: Answer) -> Trouble:
    """For every address but robots.txt."""
    return lambda path: None if path == "/robots.txt" else answer


def but_for_the_start(answer: Answer) -> Trouble:
    return lambda path: None if path in {"/robots.txt", "/"} else answer


def on_its_pages(answer: Answer) -> Trouble:
    """Unknown addresses are a proper 404 all the same."""
    return lambda path: answer if path.startswith("/p") else None


def personal(path: str) -> Answer | None:
    """A notice that names the address, so it is another text for each."""
    said = f"<h1>We will be back soon</h1><p>The page {path} is being looked after by our team. Please try again.</p>"
    more = "<p>Our people work on the systems behind this site tonight, and all will be well in the morning.</p>" * 4
    return None if path == "/robots.txt" else html("Acme", said + more)


def robots(text: str, status: int = 200) -> Trouble:
    return lambda path: Answer(status, {"Content-Type": "text/plain"}, text.encode()) if path == "/robots.txt" else None


NOT_FOUND = html("Acme handbook", "<h1>Sorry</h1><p>We could not find that page. Perhaps it has moved elsewhere.</p>")
SIGN_IN = html("Welcome", "<form action='/login'><p>Please sign in.</p><input type='password' name='p'></form>")
SHELL = html("App", "<div id='root'></div><script src='/app.js'></script>")
MAINTENANCE = "<h1>Maintenance</h1><p>We are making things better for you, and will be back in an hour.</p>"
CONSENT = html("Before you go on", "<p>" + "We and our partners keep things on your device. " * 30 + "</p>")
TROUBLES: dict[str, tuple[Trouble, str, str]] = {
    "an error page with 200": (everywhere(NOT_FOUND), "soft_not_found", "held"),
    "an error page with 200 but for the start": (but_for_the_start(NOT_FOUND), "soft_not_found", "held"),
    "an error page with a title that says so": (
        on_its_pages(html("404 - Page not found", "<p>Nothing to see here, sorry about that.</p>")),
        "soft_not_found",
        "held",
    ),
    "every page missing": (everywhere(Answer(404, HTML, b"no")), "not_found", "failed"),
    "pages missing but for the start": (but_for_the_start(Answer(410)), "not_found", "held"),
    "sent on to the start": (but_for_the_start(Answer(302, {"Location": "/"})), "redirected", "held"),
    "sent on to another site": (
        everywhere(Answer(301, {"Location": "https://x.example/"})),
        "redirected_outside",
        "failed",
    ),
    "sent on to sign in": (everywhere(Answer(302, {"Location": "/login?next=x"})), "login_wall", "failed"),
    "sent on to sign in but for the start": (
        but_for_the_start(Answer(302, {"Location": "/accounts/login/"})),
        "login_wall",
        "held",
    ),
    "a form to sign in with 200": (everywhere(SIGN_IN), "login_wall", "failed"),
    "unauthorized": (everywhere(Answer(401)), "login_wall", "failed"),
    "forbidden": (everywhere(Answer(403)), "refused_by_server", "failed"),
    "forbidden but for the start": (but_for_the_start(Answer(403)), "refused_by_server", "completed"),
    "a failing server": (everywhere(Answer(500)), "server_error", "failed"),
    "a failing server behind a start that works": (but_for_the_start(Answer(502)), "server_error", "completed"),
    "maintenance with 503": (everywhere(Answer(503, HTML, MAINTENANCE.encode())), "server_error", "failed"),
    "maintenance with 200": (everywhere(html("Acme", MAINTENANCE)), "soft_not_found", "held"),
    "maintenance with 200 on its pages only": (on_its_pages(html("Acme", MAINTENANCE)), "shrank", "held"),
    "a notice that names each address": (personal, "shrank", "held"),
    "a wall of consent in the place of pages": (on_its_pages(CONSENT), "same_as_another", "held"),
    "empty shells": (everywhere(SHELL), "no_text", "failed"),
    "empty shells but for the start": (but_for_the_start(SHELL), "no_text", "held"),
    "robots.txt that forbids all": (robots("User-agent: *\nDisallow: /\n"), "robots", "failed"),
    "robots.txt that forbids its pages": (robots("User-agent: *\nDisallow: /p\n"), "robots", "held"),
    "robots.txt that fails": (robots("oops", 503), "robots_unreachable", "failed"),
    "noindex everywhere": (
        everywhere(html("Acme", "<meta name='robots' content='noindex'><p>Here is what we have to say.</p>")),
        "noindex",
        "failed",
    ),
    "another kind of content": (
        everywhere(Answer(200, {"Content-Type": "image/png"}, b"\x89PNG")),
        "content_type",
        "failed",
    ),
}
"""What the site does, the reason that is given for its pages, and how the third crawl ends that sees it."""


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def server(site: Site) -> Iterator[PageServer]:
    with PageServer(site.answer) as server:
        yield server


def kept(field_: Field) -> dict[str, int]:
    """Generations of the files by their address: a page that was made anew has another."""
    return {str(file.url): file.generation for file in field_.files()}


def blanked(field_: Field, before: dict[str, int]) -> int:
    """Pages that are gone or say something else."""
    now = kept(field_)
    return sum(now.get(url) != generation for url, generation in before.items())


class TestABrokenSite:
    @pytest.mark.parametrize("name", some(TROUBLES))
    def test_loses_nothing_without_a_person_and_is_whole_again_when_it_is_back(
        self, field_: Field, site: Site, server: PageServer, name: str
    ) -> None:
        trouble, reason, ending = TROUBLES[name]
        field_.crawl(f"{server.origin}/")
        before = kept(field_)
        assert len(before) == PAGES
        site.trouble = trouble
        views: list[CrawlView] = []
        for _ in range(3):
            views.append(field_.crawl(f"{server.origin}/"))
            assert len(field_.files()) == PAGES
            assert blanked(field_, before) <= 1
        given = {path: why for path, (_, why) in field_.report(views[0].id).items() if path.startswith("/p")}
        assert len(given) == PAGES - 1
        assert list(given.values()).count(reason) >= PAGES - 2
        assert views[2].state == ending
        assert (views[2].error is not None) == (ending == "failed")
        if ending == "held":
            self.decline(field_, views[2].id)
        site.trouble = lambda _path: None
        back = field_.crawl(f"{server.origin}/")
        assert (back.state, back.removals, len(field_.files())) == ("completed", 0, PAGES)
        assert not any(page.missed or page.duplicate_of for page in field_.pages(back.id).values())

    @staticmethod
    def decline(field_: Field, crawl_id: str) -> None:
        with field_.runtime.database.write() as session:
            crawls = field_.runtime.crawling.crawls
            crawls.decide(session, field_.principal, field_.dataset, crawl_id, remove=False, grace=2)

    def test_that_cannot_be_reached_loses_nothing(self, field_: Field, site: Site) -> None:
        with PageServer(site.answer) as server:
            url = f"{server.origin}/"
            field_.crawl(url)
        before = kept(field_)
        for _ in range(3):
            view = field_.crawl(url)
            assert (view.state, kept(field_)) == ("failed", before)
        assert "Connection was refused" in str(view.error)

    def test_whose_sitemap_is_empty_keeps_the_pages_that_are_there(
        self, field_: Field, site: Site, server: PageServer
    ) -> None:
        listed = "".join(f"<url><loc>{server.origin}/p{number}.html</loc></url>" for number in range(1, PAGES))

        def sitemap(urls: str) -> Trouble:
            body = f"<urlset>{urls}</urlset>".encode()
            return lambda path: (
                Answer(200, {"Content-Type": "application/xml"}, body) if path == "/sitemap.xml" else None
            )

        site.trouble = sitemap(listed)
        field_.crawl(f"{server.origin}/", mode=CrawlMode.SITEMAP)
        before = kept(field_)
        assert len(before) >= PAGES - 1
        site.trouble = sitemap("")
        for _ in range(3):
            view = field_.crawl(f"{server.origin}/", mode=CrawlMode.SITEMAP)
            assert (view.state, kept(field_)) == ("completed", before)

    def test_of_two_pages_is_not_emptied_either(self, field_: Field, site: Site, server: PageServer) -> None:
        field_.crawl(f"{server.origin}/", max_pages=2)
        before = kept(field_)
        assert len(before) == 2
        site.trouble = everywhere(Answer(302, {"Location": "/login"}))
        for _ in range(3):
            field_.crawl(f"{server.origin}/", max_pages=2)
            assert kept(field_) == before


class TestAPage:
    def test_that_was_cut_to_less_than_half_is_taken_at_its_word(
        self, field_: Field, site: Site, server: PageServer
    ) -> None:
        field_.crawl(f"{server.origin}/")
        short = html(
            "Chapter", "<main><p>Only so much is left of it now, and that is what the page has to say.</p>" * 5
        )
        site.trouble = lambda path: short if path == "/p3.html" else None
        view = field_.crawl(f"{server.origin}/")
        assert field_.report(view.id)["/p3.html"] == ("kept", "changed")

    def test_that_becomes_the_same_as_another_leaves_with_the_second_look(
        self, field_: Field, site: Site, server: PageServer
    ) -> None:
        field_.crawl(f"{server.origin}/")
        site.trouble = lambda path: Site.healthy("/p4.html") if path == "/p3.html" else None
        second = field_.crawl(f"{server.origin}/")
        assert (field_.report(second.id)["/p3.html"][1], len(field_.files())) == ("same_as_another", PAGES)
        third = field_.crawl(f"{server.origin}/")
        assert (third.state, third.removals, len(field_.files())) == ("completed", 1, PAGES - 1)

    def test_that_is_the_start_and_is_shown_for_what_is_not_there_may_change(
        self, field_: Field, site: Site, server: PageServer
    ) -> None:
        def catch_all(text: str) -> Trouble:
            shown = html("Acme", f"<p>{text}</p><a href='/p1.html'>one</a><a href='/p2.html'>two</a>")
            there = {"/p1.html", "/p2.html", "/robots.txt"}
            return lambda path: None if path in there else shown

        site.trouble = catch_all("What we have to say today is this and nothing else at all.")
        field_.crawl(f"{server.origin}/")
        site.trouble = catch_all("Tomorrow we are going to say something else altogether, so come back.")
        second = field_.crawl(f"{server.origin}/")
        assert field_.report(second.id)["/"] == ("gone", "soft_not_found")
        third = field_.crawl(f"{server.origin}/")
        assert field_.report(third.id)["/"] == ("kept", "changed")
        assert len(field_.files()) == 3
