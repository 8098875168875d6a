"""What a new key may be: every refusal names the value and what would be accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from identity.credentials import EVERY_SCOPE
from identity.types import ROLE_SCOPES, Role, Scope
from kit.errors import Detail, Invalid

_NAME_LENGTH = 200
_AGENT_ROLE_LENGTH = 64
_ID_LENGTH = 26
MOST_REQUESTS = 1_000_000


def checked_name(name: str) -> str:
    clean = name.strip()
    if not 1 <= len(clean) <= _NAME_LENGTH:
        raise _refusal("name", f"a key's name has 1 to {_NAME_LENGTH} characters, this one has {len(clean)}")
    return clean


def checked_role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError as error:
        raise _refusal("role", f"there is no role {role!r}; use one of {_listed(Role)}") from error


def checked_scopes(scopes: Iterable[str] | None, role: Role) -> list[str]:
    """What is stored. None means whatever the role allows."""
    if scopes is None:
        return [EVERY_SCOPE]
    wanted = {_checked_scope(scope) for scope in scopes}
    if not wanted:
        raise _refusal("scopes", f"a key without scopes can do nothing; use some of {_listed(ROLE_SCOPES[role])}")
    beyond = wanted - ROLE_SCOPES[role]
    if beyond:
        raise _refusal(
            "scopes", f"role {role.value} does not allow {_listed(beyond)}; it allows {_listed(ROLE_SCOPES[role])}"
        )
    return sorted(scope.value for scope in wanted)


def checked_agent_role(agent_role: str | None) -> str | None:
    if agent_role is None:
        return None
    clean = agent_role.strip()
    if not 1 <= len(clean) <= _AGENT_ROLE_LENGTH or clean == "*":
        raise _refusal(
            "agentRole",
            f"agent role {agent_role!r} must be a word of 1 to {_AGENT_ROLE_LENGTH} characters, and not '*', "
            "which in a dataset stands for every agent",
        )
    return clean


def checked_datasets(dataset_ids: Sequence[str] | None) -> list[str] | None:
    if dataset_ids is None:
        return None
    if not dataset_ids:
        raise _refusal("datasetIds", "an empty list would let the key see nothing; leave it out to narrow nothing")
    for dataset_id in dataset_ids:
        if not 1 <= len(dataset_id) <= _ID_LENGTH:
            raise _refusal("datasetIds", f"{dataset_id!r} is not the id of a dataset")
    return list(dict.fromkeys(dataset_ids))


def checked_expiry(expires_at: datetime | None, *, now: datetime) -> datetime | None:
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        raise _refusal("expiresAt", f"{expires_at.isoformat()} has no time zone; add one, such as +00:00")
    if expires_at <= now:
        raise _refusal("expiresAt", f"{expires_at.isoformat()} is not in the future")
    return expires_at


def checked_rate_limit(rate_limit: int | None) -> int | None:
    """Requests a minute."""
    if rate_limit is not None and not 1 <= rate_limit <= MOST_REQUESTS:
        raise _refusal("rateLimit", f"{rate_limit} requests a minute is outside 1-{MOST_REQUESTS}")
    return rate_limit


def _checked_scope(scope: str) -> Scope:
    try:
        return Scope(scope)
    except ValueError as error:
        raise _refusal("scopes", f"there is no scope {scope!r}; use some of {_listed(Scope)}") from error


def _listed(values: Iterable[Role] | Iterable[Scope]) -> str:
    return ", ".join(sorted(value.value for value in values))


def _refusal(field: str, message: str) -> Invalid:
    return Invalid(message, details=[Detail(field, message)])
