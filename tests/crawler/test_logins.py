"""A site that asks its visitors who they are: what is sent to it goes nowhere else and is readable nowhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from crawler.reasons import Outcome
from crawler.sites.logins import SiteLogin
from tests.crawler.conftest import Field
from tests.unit.kit.egress.servers import Answer, Served, serving

PASSWORD, KEY, TOKEN = "correct-horse-battery", "key-7f3a9c1e5b", "cookie-2d8e6f4a0c"
LOGIN = SiteLogin("reader", PASSWORD, {"X-Api-Key": KEY}, {"session": TOKEN})
BASIC = base64.b64encode(f"reader:{PASSWORD}".encode()).decode()
HTML = {"Content-Type": "text/html"}
WORDS = "<main><p>Members read about the garden of the house and its many trees.</p>"


@pytest.fixture
def elsewhere() -> Iterator[Served]:
    """Another origin that crawls may talk to."""
    with serving(lambda _path: (200, {"Content-Type": "text/plain"}, b"User-agent: *\nAllow: /\n")) as server:
        yield server


@pytest.fixture
def members(elsewhere: Served) -> Iterator[Served]:
    """Lets in whoever shows user, key and cookie; its robots.txt and some of its pages send visitors elsewhere."""

    def answer(path: str) -> Answer:
        shown = server.headers[-1]
        if path == "/robots.txt":
            return 302, {"Location": elsewhere.url("/robots.txt")}, b""
        wanted = {"Authorization": f"Basic {BASIC}", "X-Api-Key": KEY, "Cookie": f"session={TOKEN}"}
        if any(shown.get(name.title()) != value for name, value in wanted.items()):
            return 401, {"WWW-Authenticate": "Basic"}, b"who are you?"
        if path == "/away":
            return 302, {"Location": elsewhere.url("/trap")}, b""
        link = f"<a href='/away'>a</a><a href='/inner'>b</a><a href='{elsewhere.url('/')}'>c</a>" if path == "/" else ""
        return 200, HTML, f"{WORDS}<p>This is {path}.</p>{link}</main>".encode()

    with serving(answer) as server:
        yield server


def crawled(field_: Field, server: Served, login: SiteLogin | None) -> str:
    crawl_id = field_.start(server.url("/"))
    if login is not None:
        crawling = field_.runtime.crawling
        with field_.runtime.database.write() as session:
            (site,) = crawling.sites.list(session, field_.principal, field_.dataset)
            crawling.logins.put(session, site, login)
    assert field_.turn("crawl")
    return crawl_id


class TestASiteThatWantsALogin:
    def test_is_closed_to_a_crawl_without_one(self, field_: Field, members: Served) -> None:
        assert field_.report(crawled(field_, members, None)) == {"/": (Outcome.GONE, "login_wall")}

    def test_is_read_with_it_and_the_login_goes_nowhere_else(
        self, field_: Field, members: Served, elsewhere: Served, capfd: pytest.CaptureFixture[str]
    ) -> None:
        crawl_id = crawled(field_, members, LOGIN)
        report = field_.report(crawl_id)
        assert report["/"] == report["/inner"] == (Outcome.KEPT, "new")
        assert report["/away"] == (Outcome.SKIPPED, "redirected_outside")
        assert elsewhere.asked == ["GET /robots.txt"]
        secrets = (PASSWORD, KEY, TOKEN, BASIC)
        assert not any(secret in str(elsewhere.headers) for secret in secrets)
        field_.index()
        printed = capfd.readouterr()
        kept = b"".join(path.read_bytes() for path in field_.runtime.home.path.rglob("*") if path.is_file())
        assert members.url("/inner").encode() in kept
        for secret in secrets:
            assert secret.encode() not in kept
            assert secret not in printed.out + printed.err

    def test_fails_at_once_where_the_login_cannot_be_opened(self, field_: Field, members: Served) -> None:
        key = field_.runtime.home.secret_keys
        crawl_id = crawled(field_, members, LOGIN)
        with field_.runtime.database.write() as session:
            (site,) = field_.runtime.crawling.sites.list(session, field_.principal, field_.dataset)
            crawl_id = field_.runtime.crawling.crawls.start(session, site).id
        moved = key.rename(key.with_suffix(".away"))
        try:
            field_.turn("crawl")
        finally:
            moved.rename(key)
        failed = field_.view(crawl_id)
        assert failed.state == "failed"
        assert "set the secret anew" in str(failed.error)
        assert PASSWORD not in str(failed.error)

    def test_forgets_it_when_the_site_goes(self, field_: Field, members: Served) -> None:
        crawled(field_, members, LOGIN)
        crawling = field_.runtime.crawling
        with field_.runtime.database.write() as session:
            (site,) = crawling.sites.list(session, field_.principal, field_.dataset)
            assert crawling.logins.are_set(session, [site]) == {site.id}
            crawling.crawls.remove_site(session, field_.principal, site)
            assert crawling.logins.are_set(session, [site]) == set()
