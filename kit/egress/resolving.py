"""From a host to the addresses that may be connected to. Whoever resolves here must connect to what comes back."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kit.egress.errors import NameNotResolved
from kit.egress.policy import Address, AddressPolicy, literal_address

LookUp = Callable[[str], Sequence[str]]


def system_look_up(host: str) -> Sequence[str]:
    """Addresses as text, in the order that the system prefers. OSError when there is none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class GuardedResolver:
    """A name that has a single address which is refused is refused as a whole: a mixture is what an attack looks like,
    and no public site's way of doing things."""

    policy: AddressPolicy
    look_up: LookUp = system_look_up

    def resolve(self, host: str) -> Sequence[Address]:
        """AddressRefused, or NameNotResolved. Never empty."""
        literal = literal_address(host)
        if literal is not None:
            self.policy.check(literal, host=host)
            return [literal]
        try:
            found = [ipaddress.ip_address(text.partition("%")[0]) for text in self.look_up(host)]
        except (OSError, UnicodeError) as error:
            raise NameNotResolved(f"the host {host[:200]!r} is not known to any name server: {error}") from error
        if not found:
            raise NameNotResolved(f"the host {host!r} has no address")
        for address in found:
            self.policy.check(address, host=host)
        return found
