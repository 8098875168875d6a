"""Scrapy's connections go to addresses that were checked a moment before, whatever a name meant the time before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from crawler.engine.resolver import ReactorResolver, refusals
from kit.egress.policy import AddressPolicy
from kit.egress.resolving import GuardedResolver
from tests.unit.kit.egress.addresses import REFUSED


class Reactor:
    """Does at once what a reactor and its threads do later."""

    def getThreadPool(self) -> Reactor:  # noqa: N802 - Twisted's name
        return self

    def callInThreadWithCallback(  # noqa: N802 - Twisted's name
        self, done: Callable[[bool, object], None], work: Callable[..., object], *arguments: object
    ) -> None:
        from twisted.python.failure import Failure  # noqa: PLC0415 - only here

        try:
            result: object = work(*arguments)
        except Exception:  # noqa: BLE001 - as a thread pool does
            done(False, Failure())
        else:
            done(True, result)

    def callFromThread(self, call: Callable[..., object], *arguments: object) -> None:  # noqa: N802 - Twisted's name
        call(*arguments)


class Receiver:
    def __init__(self) -> None:
        self.addresses: list[tuple[str, int]] = []
        self.is_complete = False

    def resolutionBegan(self, _resolution: Any) -> None:  # noqa: N802 - Twisted's name
        pass

    def addressResolved(self, address: Any) -> None:  # noqa: N802 - Twisted's name
        self.addresses.append((address.host, address.port))

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        self.is_complete = True


def resolved(
    host: str, *answers: str, allowed: str = "127.0.0.1/32", home: str = "rebound.example"
) -> list[tuple[str, int]]:
    guarded = GuardedResolver(AddressPolicy.parsed(allowed), look_up=lambda _host: answers)
    receiver = Receiver()
    resolver = ReactorResolver(Reactor(), guarded, home=home)
    resolver.resolveHostName(receiver, host, 80)
    assert receiver.is_complete
    return receiver.addresses


class TestTheReactor:
    @pytest.mark.parametrize("host", [host.strip("[]") for host in REFUSED])
    def test_gets_no_address_that_is_not_public(self, host: str) -> None:
        assert resolved(host, allowed="") == []
        assert "CAIRN_EGRESS_ALLOW" in refusals[host]

    @pytest.mark.parametrize("answers", [["127.0.0.2"], ["93.184.216.34", "10.0.0.1"], ["::1"], ["::ffff:a9fe:a9fe"]])
    def test_gets_none_by_a_name_that_leads_inside(self, answers: list[str]) -> None:
        assert resolved("rebound.example", *answers) == []

    def test_gets_what_is_allowed_for_the_host_of_the_crawl_only(self) -> None:
        assert resolved("wiki.example", "127.0.0.1", home="wiki.example") == [("127.0.0.1", 80)]
        assert resolved("WIKI.example", "127.0.0.1", home="wiki.example") == [("127.0.0.1", 80)]
        assert resolved("neighbour.example", "127.0.0.1", home="wiki.example") == []
        assert resolved("127.0.0.1", home="wiki.example") == []
        assert resolved("::1", allowed="::1/128", home="::1") == [("::1", 80)]

    def test_gets_just_what_was_checked_each_time_that_it_asks(self) -> None:
        assert resolved("rebound.example", "127.0.0.1") == [("127.0.0.1", 80)]
        assert resolved("rebound.example", "169.254.169.254") == []
        assert resolved("rebound.example", "93.184.216.34", "2606:4700:4700::1111") == [
            ("93.184.216.34", 80), ("2606:4700:4700::1111", 80)
        ]  # fmt: skip
