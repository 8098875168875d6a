"""What can go wrong with identities."""

from __future__ import annotations

from kit.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated


class CredentialNotAccepted(Unauthenticated):
    """One answer for every reason, so that nobody learns which tokens exist."""

    def __init__(self) -> None:
        super().__init__("the access key is missing, unknown, expired or revoked")


class TenantNotFound(NotFound):
    code = "TENANT_NOT_FOUND"


class UserNotFound(NotFound):
    code = "USER_NOT_FOUND"


class KeyNotFound(NotFound):
    code = "KEY_NOT_FOUND"


class KeyHasEnded(Conflict):
    """A revoked or expired key is not brought back."""


class UserExists(Conflict):
    code = "USER_EXISTS"


class InviteIsPending(Conflict):
    code = "INVITE_PENDING"


class LastAdministrator(Conflict):
    """A tenant keeps somebody who can let others in."""

    code = "LAST_ADMINISTRATOR"


class KeyExceedsUser(Invalid):
    """A key never does more than its user's role in the tenant."""


class KeyOutranksCaller(Forbidden):
    """A key is ended by one that may do at least as much."""
