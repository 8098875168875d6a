"""What can go wrong with identities."""

from __future__ import annotations

from collections.abc import Sequence

from kit.errors import Conflict, Detail, Forbidden, Invalid, NotFound, Unauthenticated


class CredentialNotAccepted(Unauthenticated):
    """One answer for every reason, so that nobody learns which tokens exist."""

    def __init__(self) -> None:
        super().__init__("the access key is missing, unknown, expired or revoked")


class TenantNotFound(NotFound):
    code = "TENANT_NOT_FOUND"


class TenantExists(Conflict):
    code = "TENANT_EXISTS"


class UserNotFound(NotFound):
    code = "USER_NOT_FOUND"


class QuotaBeyondCeiling(Invalid):
    """A tenant narrows what it was given; only whoever runs the installation gives more."""

    def __init__(self, beyond: Sequence[Detail]) -> None:
        told = "; ".join(f"{detail.field}: {detail.message}" for detail in beyond)
        super().__init__(f"{told}. Whoever runs Cairn can raise it with `cairn tenants quotas`", details=beyond)


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


class SignInRefused(Unauthenticated):
    """One answer for every reason, so that nobody learns who has an account."""

    def __init__(self) -> None:
        super().__init__("the e-mail address or the password is wrong")


class SignInNotFound(NotFound):
    code = "SESSION_NOT_FOUND"

    def __init__(self, sign_in_id: str) -> None:
        super().__init__(f"you have no session {sign_in_id} that is still open")


class InviteNotFound(NotFound):
    code = "INVITE_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("this invite is unknown, used, expired, or for another address; ask for a new one")


class ResetNotAccepted(Invalid):
    code = "RESET_NOT_ACCEPTED"

    def __init__(self) -> None:
        super().__init__("this link is unknown, used or expired; ask for a new one")


class AdministratorStays(Forbidden):
    def __init__(self) -> None:
        super().__init__("administrators cannot erase their own account; another administrator can")


class OrganizationNotFound(NotFound):
    code = "ORGANIZATION_NOT_FOUND"


class TeamNotFound(NotFound):
    code = "TEAM_NOT_FOUND"


class ClientNotFound(NotFound):
    code = "CLIENT_NOT_FOUND"


class WorkspaceNotFound(NotFound):
    code = "WORKSPACE_NOT_FOUND"


class SlugTaken(Conflict):
    code = "SLUG_TAKEN"


class IsMember(Conflict):
    code = "ALREADY_MEMBER"


class LastOwner(Conflict):
    code = "LAST_OWNER"


class NeedsRole(Forbidden):
    """Seen, but with too low a role in it."""


class KeyExceedsUser(Invalid):
    """A key never does more than its user's role in the tenant."""


class KeyOutranksCaller(Forbidden):
    """A key is ended by one that may do at least as much."""
