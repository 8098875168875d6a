"""Nothing gets out of a crawl by its settings or by what its connections are resolved to; over every spelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from twisted.internet import defer

from crawler.engine import resolver as module
from crawler.engine.resolver import ReactorResolver, refusals
from crawler.sites.checks import checked
from crawler.sites.types import CrawlMode, SiteSettings
from kit.egress.errors import AddressRefused
from kit.egress.policy import AddressPolicy
from kit.egress.resolving import GuardedResolver
from kit.errors import Invalid
from tests.unit.kit.egress.addresses import NO_WEB, PUBLIC, REFUSED

HOME = "intranet.example"
ALLOWED = AddressPolicy.parsed("127.0.0.1/32")


class TestTheSettingsOfASite:
    @pytest.mark.parametrize("host", REFUSED)
    def test_name_no_address_that_is_not_public(self, host: str) -> None:
        with pytest.raises(AddressRefused):
            checked(SiteSettings(f"http://{host}/"), AddressPolicy())
        listed = SiteSettings("https://docs.example.org/", mode=CrawlMode.LIST, urls=[f"http://{host}/"])
        with pytest.raises(AddressRefused):
            checked(listed, AddressPolicy())

    @pytest.mark.parametrize("url", NO_WEB)
    def test_name_nothing_that_is_no_web_server(self, url: str) -> None:
        with pytest.raises(AddressRefused):
            checked(SiteSettings(url), AddressPolicy())

    def test_name_pages_of_one_site_only(self) -> None:
        listed = SiteSettings("https://docs.example.org/", mode=CrawlMode.LIST, urls=["https://www.example.org/a"])
        with pytest.raises(Invalid, match=r"www\.example\.org"):
            checked(listed, AddressPolicy())

    @pytest.mark.parametrize("host", PUBLIC)
    def test_may_name_what_is_public(self, host: str) -> None:
        assert checked(SiteSettings(f"http://{host}/"), AddressPolicy()).start_url


@dataclass
class Connection:
    """What Twisted would connect to."""

    addresses: list[str] = field(default_factory=list)
    is_complete: bool = False

    def resolutionBegan(self, _resolution: object) -> None:  # noqa: N802 - Twisted's name
        self.addresses.clear()

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        self.addresses.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        self.is_complete = True


Connect = Callable[..., list[str]]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Addresses that a connection to a host may try; `answers` are those of a name server, look-up by look-up."""

    def at_once(_reactor: object, _pool: object, act: Callable[..., object], *given: object) -> defer.Deferred[object]:
        return defer.maybeDeferred(act, *given)

    monkeypatch.setattr(module, "deferToThreadPool", at_once)
    refusals.clear()

    def connected(host: str, answers: Sequence[Sequence[str]] = (), *, times: int = 1) -> list[str]:
        turns = iter(answers)
        reactor: Any = SimpleNamespace(getThreadPool=lambda: None)
        resolver = ReactorResolver(reactor, GuardedResolver(ALLOWED, lambda _host: next(turns)), home=HOME)
        found: Any = Connection()
        for _ in range(times):
            resolver.resolveHostName(found, host, 80)
            assert found.is_complete
        addresses: list[str] = found.addresses
        return addresses

    return connected


class TestAConnectionOfACrawl:
    @pytest.mark.parametrize("host", REFUSED)
    def test_goes_to_no_address_that_is_not_public(self, connect: Connect, host: str) -> None:
        name = host.strip("[]").replace("%25", "%")
        assert connect(name) == []
        assert "CAIRN_EGRESS_ALLOW" in refusals[name]

    @pytest.mark.parametrize(
        "answer",
        [
            *(["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"], ["::1"], ["fd00:ec2::254"], ["::ffff:10.0.0.1"]),
            *(["93.184.216.34", "127.0.0.2"], ["93.184.216.34", "::1"], ["64:ff9b::a9fe:a9fe"]),
        ],
    )
    def test_goes_nowhere_by_a_name_that_leads_inside(self, connect: Connect, answer: Sequence[str]) -> None:
        assert connect("rebound.example", [answer]) == []

    @pytest.mark.parametrize("after", ["127.0.0.2", "169.254.169.254", "::1", "10.0.0.1"])
    def test_goes_nowhere_by_a_name_that_has_changed_since(self, connect: Connect, after: str) -> None:
        """Each connection asks anew, and goes to what it has been told: nothing is checked before and used later."""
        assert connect("rebound.example", [["93.184.216.34"]]) == ["93.184.216.34"]
        assert connect("rebound.example", [["93.184.216.34"], [after]], times=2) == []
        assert connect(HOME, [["127.0.0.1"], [after]], times=2) == []

    def test_goes_to_an_allowed_network_for_the_site_that_a_person_named_and_for_no_other(
        self, connect: Connect
    ) -> None:
        assert connect(HOME, [["127.0.0.1"]]) == ["127.0.0.1"]
        assert connect("other.example", [["127.0.0.1"]]) == []
        assert connect("127.0.0.1") == []

    def test_goes_nowhere_by_a_name_that_nobody_knows(self, connect: Connect) -> None:
        assert connect("nowhere.example", [[]]) == []
        assert "nowhere.example" not in refusals
