"""Nothing gets out: each test watches a server that must not be asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import httpx
import pytest

from kit.egress.client import Egress
from kit.egress.errors import AddressRefused, NameNotResolved, ResponseTooLarge
from kit.egress.policy import AddressPolicy
from tests.unit.kit.egress.addresses import NO_WEB, REFUSED
from tests.unit.kit.egress.servers import Answer, Served, serving

ALLOWED = AddressPolicy.parsed("127.0.0.1/32")


@pytest.fixture(scope="module")
def forbidden() -> Iterator[Served]:
    """At an address that is not allowed."""
    with serving(lambda _path: (200, {}, b"secret"), host="127.0.0.2") as server:
        yield server
        assert server.asked == []


@pytest.fixture(scope="module")
def site(forbidden: Served) -> Iterator[Served]:
    def answer(path: str) -> Answer:
        if path.startswith("/to/"):
            target = path.removeprefix("/to/")
            return 302, {"Location": target if "://" in target else f"http://{target}:{forbidden.port}/"}, b""
        if path.startswith("/round"):
            return 302, {"Location": "/round"}, b""
        if path == "/other-host":
            return 302, {"Location": f"http://other.example:{site_port[0]}/page"}, b""
        return 200, {"Content-Type": "text/plain"}, b"x" * 1000

    site_port: list[int] = []
    with serving(answer) as server:
        site_port.append(server.port)
        yield server


@pytest.fixture
def egress() -> Iterator[Egress]:
    with Egress(ALLOWED) as client:
        yield client


class TestNothingGetsOut:
    @pytest.mark.parametrize("host", [host for host in REFUSED if host not in {"127.0.0.1", "[::ffff:127.0.0.1]"}])
    def test_to_an_address_that_is_not_public(self, host: str, forbidden: Served) -> None:
        with Egress(AddressPolicy()) as nothing_allowed, pytest.raises(AddressRefused):
            nothing_allowed.fetch(forbidden.url(host=host), limit=100)

    @pytest.mark.parametrize("url", NO_WEB)
    def test_to_what_is_no_web_server(self, egress: Egress, url: str) -> None:
        with pytest.raises(AddressRefused):
            egress.fetch(url, limit=100)

    @pytest.mark.parametrize(
        "target",
        ["127.0.0.2", "[::1]", "169.254.169.254", "0x7f000002", "2130706434", "[::ffff:127.0.0.2]", "10.0.0.1"],
    )
    def test_by_a_redirect(self, egress: Egress, site: Served, forbidden: Served, target: str) -> None:
        with pytest.raises(AddressRefused):
            egress.fetch(site.url(f"/to/{target}"), limit=100)

    @pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1:70/_x"])
    def test_by_a_redirect_to_another_scheme(self, egress: Egress, site: Served, target: str) -> None:
        with pytest.raises((AddressRefused, httpx.UnsupportedProtocol)):
            egress.fetch(site.url(f"/to/{target}"), limit=100)

    @pytest.mark.parametrize(
        "answers",
        [["127.0.0.2"], ["93.184.216.34", "127.0.0.2"], ["127.0.0.1", "169.254.169.254"], ["::1"], ["::ffff:a00:1"]],
    )
    def test_by_a_name_that_leads_inside(self, forbidden: Served, answers: Sequence[str]) -> None:
        with Egress(ALLOWED, look_up=lambda _host: answers) as client, pytest.raises(AddressRefused):
            client.fetch(forbidden.url(host="rebound.example"), limit=100)

    def test_by_a_name_that_changes_between_the_check_and_the_connection(self, site: Served, forbidden: Served) -> None:
        turns = iter(["127.0.0.1", "127.0.0.2", "127.0.0.2"])
        with Egress(ALLOWED, look_up=lambda _host: [next(turns)]) as client:
            assert client.fetch(site.url(host="rebound.example"), limit=2000).status == 200
            client.close()
        with Egress(ALLOWED, look_up=lambda _host: [next(turns)]) as client, pytest.raises(AddressRefused):
            client.fetch(forbidden.url(host="rebound.example"), limit=100)
        assert site.headers[-1]["Host"] == f"rebound.example:{site.port}"

    def test_through_a_proxy_of_the_environment(
        self, site: Served, forbidden: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HTTP_PROXY", forbidden.url())
        monkeypatch.setenv("ALL_PROXY", forbidden.url())
        with Egress(ALLOWED) as client:
            assert client.fetch(site.url(), limit=2000).status == 200


class TestAFetch:
    def test_gives_the_body_and_where_it_came_from(self, egress: Egress, site: Served) -> None:
        fetched = egress.fetch(site.url(f"/to/{site.url('/page')}"), limit=1000)
        assert (fetched.url, fetched.status, len(fetched.body)) == (site.url("/page"), 200, 1000)

    def test_stops_at_its_limit(self, egress: Egress, site: Served) -> None:
        with pytest.raises(ResponseTooLarge):
            egress.fetch(site.url(), limit=999)

    def test_ends_a_round_of_redirects(self, egress: Egress, site: Served) -> None:
        with pytest.raises(httpx.TooManyRedirects):
            egress.fetch(site.url("/round"), limit=1)

    def test_takes_no_credentials_to_another_host(self, site: Served) -> None:
        with Egress(ALLOWED, look_up=lambda _host: ["127.0.0.1"]) as client:
            client.fetch(site.url("/other-host", host="first.example"), limit=2000, headers={"X-Key": "secret"})
        assert [headers.get("X-Key") for headers in site.headers[-2:]] == ["secret", None]

    def test_says_which_name_is_not_known(self) -> None:
        def unknown(_host: str) -> Sequence[str]:
            raise OSError("no such name")

        with Egress(ALLOWED, look_up=unknown) as client, pytest.raises(NameNotResolved, match=r"nowhere\.example"):
            client.fetch("http://nowhere.example/", limit=1)
