"""Scrapy's side of guarded egress: the reactor connects only to what this resolver gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from twisted.internet.threads import deferToThreadPool
from zope.interface import implementer

from kit.egress.errors import AddressRefused
from kit.egress.policy import AddressPolicy
from kit.egress.resolving import GuardedResolver
from kit.errors import CairnError

if TYPE_CHECKING:
    from twisted.internet.base import ReactorBase

ALLOW = "CAIRN_EGRESS_ALLOW"
"""The setting of Scrapy's that carries the networks."""

refusals: dict[str, str] = {}
"""By host, why it was refused: Twisted drops the reason and only says that there is no address."""


def refusal_of(url: str) -> str | None:
    """Why nothing was sent there, if that is so."""
    host = url.split("/")[2].rpartition("@")[2]
    return refusals.get(host) or refusals.get(host.rpartition(":")[0]) or refusals.get(host.strip("[]"))


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        """A look-up in a thread cannot be called back; its result is then not used."""


@implementer(IHostnameResolver)
class ReactorResolver:
    """Asked by every connection of the reactor, those to literal addresses among them. Networks that are allowed are so
    for the site that a person named: where its pages lead besides has to be public."""

    def __init__(self, reactor: ReactorBase, resolver: GuardedResolver, *, home: str) -> None:
        self._reactor: Any = reactor
        self._home = home
        self._of_home = resolver
        self._of_others = replace(resolver, policy=AddressPolicy())

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> ReactorResolver:
        resolver = GuardedResolver(AddressPolicy.parsed(crawler.settings.get(ALLOW)))
        return cls(reactor, resolver, home=urlsplit(crawler.settings["CAIRN_ORIGIN"]).hostname or "")

    def install_on_reactor(self) -> None:
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803 - Twisted's name
        hostName: str,  # noqa: N803 - Twisted's name
        portNumber: int = 0,  # noqa: N803 - Twisted's name
        addressTypes: Sequence[type[Any]] | None = None,  # noqa: N803, ARG002 - Twisted's name; both kinds are given
        transportSemantics: str = "TCP",  # noqa: N803 - Twisted's name
    ) -> IHostResolution:
        receiver: Any = resolutionReceiver
        resolution = _Resolution(hostName)
        receiver.resolutionBegan(resolution)

        def give(found: Sequence[Any]) -> None:
            for address in found:
                kind = IPv6Address if address.version == 6 else IPv4Address
                receiver.addressResolved(kind(transportSemantics, str(address), portNumber))
            receiver.resolutionComplete()

        def refuse(failure: Any) -> None:
            if failure.check(AddressRefused):
                refusals[hostName] = failure.value.message
            elif not failure.check(CairnError):
                failure.printTraceback()
            receiver.resolutionComplete()

        pool = self._reactor.getThreadPool()
        resolver = self._of_home if hostName.strip("[]").lower() == self._home else self._of_others
        deferToThreadPool(self._reactor, pool, resolver.resolve, hostName).addCallbacks(give, refuse)
        return resolution  # type: ignore[no-any-return, unused-ignore]  # zope's interfaces are no types
