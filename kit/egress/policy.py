"""Which addresses Cairn may connect to when a person, or a page, has named them. Deny by default."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kit.egress.errors import AddressRefused
from kit.errors import ConfigurationError

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

_DOTS = "\u3002\uff0e\uff61"  # what IDNA takes for a dot beside the dot
_TRANSLATED = (
    ipaddress.IPv6Network("64:ff9b::/96"),  # NAT64: the last 32 bits are an IPv4 address
    ipaddress.IPv6Network("::/96"),  # the deprecated IPv4-compatible addresses
)
_REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, where some clouds keep their metadata service
        "192.0.0.0/24",  # Oracle's and others' metadata service among it
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",
        "240.0.0.0/4",
        "64:ff9b:1::/48",  # NAT64 with a prefix of the network's own
        "2001::/23",  # Teredo and other protocols that carry another address inside
        "fec0::/10",  # the site-local addresses of old
    )
)
"""Refused on top of what the standard library knows not to be global: it has changed its mind about some of these."""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Public unicast addresses, and those in `allowed`, which an administrator names for an intranet.

    An IPv6 address that carries an IPv4 address is judged by both.
    """

    allowed: Sequence[Network] = ()

    @classmethod
    def parsed(cls, text: str | None, *, setting: str = "CAIRN_EGRESS_ALLOW") -> AddressPolicy:
        """From networks or addresses with commas between them; ConfigurationError names the first that is neither."""
        networks: list[Network] = []
        for part in filter(None, (piece.strip() for piece in (text or "").split(","))):
            try:
                networks.append(ipaddress.ip_network(part, strict=False))
            except ValueError as error:
                raise ConfigurationError(
                    f"{setting}: {part!r} is neither an address nor a network such as 10.1.0.0/16"
                ) from error
        return cls(tuple(networks))

    def beside(self, other: AddressPolicy) -> AddressPolicy:
        """What either of the two allows."""
        return AddressPolicy((*self.allowed, *other.allowed))

    def check(self, address: Address, *, host: str) -> None:
        """AddressRefused, with host and address in it, for one that must not be connected to."""
        if self.permits(address):
            return
        shown = f"{host!r}" if host == str(address) else f"{host!r} ({address})"
        raise AddressRefused(
            f"{shown} is not a public address, so nothing was sent to it; if it is a server of your own, "
            "an administrator can allow its network with CAIRN_EGRESS_ALLOW"
        )

    def permits(self, address: Address) -> bool:
        return all(self._permits_one(one) for one in _meanings(address))

    def _permits_one(self, address: Address) -> bool:
        if any(address.version == network.version and address in network for network in self.allowed):
            return True
        return _is_public(address)


def literal_address(host: str) -> Address | None:
    """The address that a host in a URL stands for by itself: every spelling that a C library or a browser takes for one
    (`127.1`, `0x7f000001`, `017700000001`, `2130706433`, `[::1]`, full-width digits). None for a name."""
    text = _plain(host).strip("[]")
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(text)) if text and not text.isspace() else None
    except OSError:
        return None


def _plain(host: str) -> str:
    """As IDNA maps it: width and dots of other scripts folded, no dot at the end."""
    folded = "".join("." if character in _DOTS else character for character in host.strip())
    try:
        folded = folded.encode("idna").decode("ascii") if not folded.isascii() else folded
    except UnicodeError:
        folded = folded.encode("ascii", "replace").decode()
    return folded.rstrip(".").lower()


def _is_public(address: Address) -> bool:
    if any(address.version == network.version and address in network for network in _REFUSED):
        return False
    return address.is_global and not (
        address.is_multicast
        or address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_reserved
        or address.is_unspecified
    )


def _meanings(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 address inside it where there is one; then only that one counts."""
    inner = _inner(address)
    yield address if inner is None else inner


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if int(address) > 1 and any(address in network for network in _TRANSLATED):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None
