"""Who is asking, and what they may do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """People's roles in a tenant."""

    ADMIN = "admin"
    MEMBER = "member"
    REVIEWER = "reviewer"


class Scope(StrEnum):
    """What a key may be used for. A key never does more than its role allows."""

    READ = "knowledge:read"
    SEARCH = "knowledge:search"
    WRITE = "knowledge:write"
    MANAGE = "knowledge:manage"


class ScopeKind(StrEnum):
    """What a membership, an invite or a key can be of: a tenant, or a part of one."""

    TENANT = "tenant"
    ORGANIZATION = "org"
    TEAM = "team"
    WORKSPACE = "workspace"
    CLIENT = "client"


ROLE_SCOPES: dict[Role, frozenset[Scope]] = {
    Role.ADMIN: frozenset(Scope),
    Role.MEMBER: frozenset({Scope.READ, Scope.SEARCH, Scope.WRITE}),
    Role.REVIEWER: frozenset({Scope.READ, Scope.SEARCH}),
}
"""MANAGE covers what cannot be undone for a whole dataset: creating, configuring roles, deleting."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller whose credential was accepted.

    `agent_role` is set for machines: they see only datasets that allow that role. `dataset_ids` narrows a key to some
    datasets; None means every dataset that the rest allows. `rate_limit` is requests a minute, None the installation's.
    `workspace_id` is set for a workspace's token, `client_id` for a client's key.
    """

    tenant_id: str
    key_id: str
    user_id: str | None
    name: str
    role: Role
    scopes: frozenset[Scope]
    agent_role: str | None = None
    dataset_ids: Sequence[str] | None = None
    rate_limit: int | None = None
    workspace_id: str | None = None
    client_id: str | None = None

    @property
    def is_narrowed(self) -> bool:
        """Held to an agent role or to some datasets: it sees nothing of the tenant beyond them."""
        return self.agent_role is not None or self.dataset_ids is not None

    @property
    def is_whole(self) -> bool:
        """May do all that its role allows, everywhere in the tenant: as good as the person or program behind it."""
        return not self.is_narrowed and ROLE_SCOPES[self.role] <= self.scopes

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes and scope in ROLE_SCOPES[self.role]

    def as_anybody(self) -> Principal:
        """Without what tells it from others who have the same rights in the same places: all of those are equal. For
        what everybody with these rights is shown alike."""
        datasets = None if self.dataset_ids is None else tuple(sorted(self.dataset_ids))
        return replace(self, key_id="", user_id=None, name="", rate_limit=None, client_id=None, dataset_ids=datasets)
