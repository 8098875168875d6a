"""`cairn crawl`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.page_server import Answer, PageServer
from kit.egress.errors import AddressRefused
from tests.unit.cli.terminal import Terminal
from tests.unit.kit.egress.servers import Answer as ServedAnswer
from tests.unit.kit.egress.servers import serving

HTML = {"Content-Type": "text/html; charset=utf-8"}


def page(title: str, text: str) -> Answer:
    links = "<a href='/'>home</a> <a href='/lamp.html'>lamp</a> <a href='/missing.html'>?</a> <a href='/broken'>!</a>"
    body = f"<html><head><title>{title}</title></head><body><nav>{links}</nav><main><p>{text}</p></main></body></html>"
    return Answer(200, HTML, body.encode())


PAGES = {
    "/": page("House", "The house has a garden with apple trees."),
    "/lamp.html": page("Lamp", "The lamp in the hall is switched off at midnight."),
    "/broken": Answer(403),
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageServer]:
    monkeypatch.setenv("CAIRN_EGRESS_ALLOW", "127.0.0.1")
    monkeypatch.setenv("CAIRN_CRAWL_PAGES_PER_SECOND", "1000")
    with PageServer(lambda path: PAGES.get(path, Answer(404))) as server:
        yield server


class TestCrawl:
    def test_refuses_an_address_inside_the_network(self, terminal: Terminal) -> None:
        refused = terminal.refusal("crawl", "http://127.0.0.1:9/", "--dataset", "Site")
        assert isinstance(refused, AddressRefused)

    def test_says_what_became_of_the_site_and_makes_it_findable(self, terminal: Terminal, server: PageServer) -> None:
        output = terminal.run("crawl", f"{server.origin}/", "--dataset", "Site").stdout
        assert "2 pages (2 kept, 1 gone, 1 failed)" in output
        assert "the server refuses it" in output
        assert "2 of its pages can be found in 'Site'" in output
        found = terminal.json("search", "When is the lamp switched off?", "--dataset", "Site")["results"]
        assert found[0]["metadata"]["url"] == f"{server.origin}/lamp.html"

    def test_lists_every_address_for_programs(self, terminal: Terminal, server: PageServer) -> None:
        answer = terminal.json("crawl", f"{server.origin}/", "--dataset", "Programs")
        assert {url["url"].removeprefix(server.origin): url["reason"] for url in answer["urls"]} == {
            "/": "new", "/lamp.html": "new", "/missing.html": "not_found", "/broken": "refused_by_server"
        }  # fmt: skip
        assert (answer["status"], answer["pagesIndexed"]) == ("completed", 2)

    def test_fails_where_nothing_can_be_fetched(self, terminal: Terminal, server: PageServer) -> None:
        output = terminal.run("crawl", f"{server.origin}/broken", "--dataset", "Broken", status=1).stdout
        assert "no page of the site could be fetched" in output

    def test_says_each_time_that_the_limit_kept_it_from_more(self, terminal: Terminal, server: PageServer) -> None:
        for outcome in ("kept", "unchanged"):
            words = ("crawl", f"{server.origin}/", "--dataset", "Limited", "--max-pages", "1")
            output = terminal.run(*words).stdout
            assert f"1 {outcome}" in output
            assert "It ended although there was more: the crawl has fetched as many pages as it may." in output


class TestALogin:
    def test_is_asked_for_kept_and_forgotten(self, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
        def answer(path: str) -> ServedAnswer:
            if path == "/robots.txt":
                return 404, {}, b""
            shown = members.headers[-1]
            if shown.get("Authorization") != "Basic YW5uYTpvcGVuIHNlc2FtZQ==" or shown.get("X-Key") != "k-1":
                return 401, {}, b""
            return 200, dict(HTML), b"<p>The lamp in the hall is switched off at midnight.</p>"

        monkeypatch.setenv("CAIRN_EGRESS_ALLOW", "127.0.0.1")
        monkeypatch.setenv("CAIRN_CRAWL_PAGES_PER_SECOND", "1000")
        with serving(answer) as members:
            words = ("crawl", members.url("/"), "--dataset", "Members")
            asked = terminal.run(*words, "--user", "anna", "--header", "X-Key", typed="open sesame\nk-1\n")
            assert "1 of its pages can be found" in asked.stdout
            assert "sesame" not in asked.output
            assert "1 of its pages can be found" in terminal.run(*words).stdout
            assert "sealed with key" in terminal.run("secrets", "rotate").stdout
            assert "1 unchanged" in terminal.run(*words).stdout
            assert "1 gone" in terminal.run(*words, "--logout", status=1).stdout
