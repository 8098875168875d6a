"""Why nothing was sent to an address."""

from __future__ import annotations

from kit.errors import Invalid, Unavailable


class AddressRefused(Invalid):
    """The address is none that Cairn may talk to: not public, and not allowed by CAIRN_EGRESS_ALLOW."""

    code = "ADDRESS_REFUSED"


class NameNotResolved(Unavailable):
    """No name server knows the host, or none answers."""

    code = "NAME_NOT_RESOLVED"


class ResponseTooLarge(Invalid):
    """The answer is larger than the caller is willing to read."""

    code = "RESPONSE_TOO_LARGE"
