"""Who may see what, written down anew from the documentation: nothing of the code under test is used here."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

READ, SEARCH, WRITE, MANAGE = "knowledge:read", "knowledge:search", "knowledge:write", "knowledge:manage"
MAY = {
    "admin": frozenset({READ, SEARCH, WRITE, MANAGE}),
    "member": frozenset({READ, SEARCH, WRITE}),
    "reviewer": frozenset({READ, SEARCH}),
}


class Where(StrEnum):
    """What kind of answer a thing was seen in."""

    FOUND = "found"  # by a search or a tool: what is switched off does not count
    LISTED = "listed"
    AUDIT = "audit"
    WORK = "work"  # what waits and runs: removals name what is being removed


@dataclass
class DatasetFact:
    id: str
    tenant: str
    agent_roles: frozenset[str]
    is_deleted: bool = False


@dataclass
class FileFact:
    id: str
    dataset: DatasetFact
    is_enabled: bool = True
    is_deleted: bool = False


@dataclass
class Person:
    id: str
    tenant: str
    role: str
    is_active: bool = True
    number: int = 0


@dataclass
class OrganizationFact:
    """`roles` by the id of a person."""

    id: str
    tenant: str
    roles: dict[str, str]


@dataclass
class TeamFact:
    """Known by its number, which is no secret; `name` bears the mark."""

    number: int
    tenant: str


@dataclass
class ApprovalFact:
    """Something that waits for a decision, about no dataset or about one; no agent works on it."""

    id: str
    tenant: str
    dataset: DatasetFact | None = None


@dataclass
class ActivityFact:
    """Something to do, about no dataset or about one; nobody's, or an agent's."""

    id: str
    tenant: str
    dataset: DatasetFact | None = None
    agent_role: str | None = None


@dataclass
class ProjectFact:
    id: str
    tenant: str
    activities: list[ActivityFact]


@dataclass
class ClientFact:
    """`roles` by the id of a person."""

    id: str
    tenant: str
    roles: dict[str, str]


@dataclass
class WorkspaceFact:
    id: str
    tenant: str


Shared: TypeAlias = OrganizationFact | ClientFact | TeamFact | WorkspaceFact | ApprovalFact | ActivityFact | ProjectFact
SHARED = (OrganizationFact, ClientFact, TeamFact, WorkspaceFact, ApprovalFact, ActivityFact, ProjectFact)


@dataclass
class Holder:
    """Whoever holds a key. `scopes` None: all that the role may. `id` is the key's."""

    label: str
    token: str
    id: str
    tenant: str
    role: str
    scopes: frozenset[str] | None = None
    agent_role: str | None = None
    datasets: frozenset[str] | None = None
    person: Person | None = None
    organization: OrganizationFact | None = None
    workspace: WorkspaceFact | None = None
    client: ClientFact | None = None
    is_ended: bool = False
    known: set[str] = field(default_factory=set)
    """What it saw rightly: its own acts may go on to name that."""

    @property
    def is_let_in(self) -> bool:
        return not self.is_ended and (self.person is None or self.person.is_active)

    @property
    def may(self) -> frozenset[str]:
        if not self.is_let_in:
            return frozenset()
        allowed = MAY[self.role] & (MAY[self.person.role] if self.person else MAY[self.role])
        return allowed if self.scopes is None else allowed & self.scopes

    @property
    def is_narrowed(self) -> bool:
        return self.agent_role is not None or self.datasets is not None

    @property
    def rules_the_tenant(self) -> bool:
        return MANAGE in self.may and not self.is_narrowed

    @property
    def is_whole(self) -> bool:
        """As good as the person behind it: what changes people and what they share asks for that."""
        role = MAY[self.person.role] & MAY[self.role] if self.person else MAY[self.role]
        return self.may == role and not self.is_narrowed

    def rules(self, group: OrganizationFact | ClientFact) -> bool:
        """Whether it may look after the organization's or the client's keys and members."""
        role = group.roles.get(self.person.id) if self.person else None
        return self.rules_the_tenant or (role in {"owner", "admin"} and not self.is_narrowed)


@dataclass(frozen=True)
class Thing:
    """Something with a mark (or an id) that shows in an answer. `about` is what rights hang on."""

    mark: str
    kind: str  # dataset, file, content, person, key, tenant
    tenant: str
    about: object = field(compare=False, hash=False, default=None)


def may_see(holder: Holder, thing: Thing, where: Where) -> bool:
    """Whether an answer to this holder may hold the thing's mark."""
    if not holder.is_let_in or thing.tenant != holder.tenant:
        return False
    if _is_known(holder, thing, where):
        return True
    about = thing.about
    if isinstance(about, DatasetFact | FileFact):
        return _may_see_content(holder, about, where)
    if isinstance(about, SHARED):
        return _may_see_shared(holder, about)
    if isinstance(about, Person):
        return holder.person is about or (READ in holder.may and holder.agent_role is None)
    return not isinstance(about, Holder) or _may_see_key(holder, about)


def _may_see_shared(holder: Holder, about: Shared) -> bool:
    """Everybody sees the teams, members their organization and their clients, a workspace's token its workspace, and a
    client's key its client."""
    if isinstance(about, ProjectFact | ActivityFact | ApprovalFact):
        return _may_see_work(holder, about)
    if isinstance(about, WorkspaceFact):
        return holder.rules_the_tenant or holder.workspace is about
    if READ in holder.may and about is holder.client:
        return True
    if READ not in holder.may or holder.is_narrowed:
        return False
    is_member = (
        isinstance(about, OrganizationFact | ClientFact)
        and holder.person is not None
        and holder.person.id in about.roles
    )
    return isinstance(about, TeamFact) or is_member or holder.rules_the_tenant


def _may_see_work(holder: Holder, about: ProjectFact | ActivityFact | ApprovalFact) -> bool:
    match about:
        case ProjectFact():
            return _may_see_project(holder, about)
        case ActivityFact():
            return _may_see_activity(holder, about)
        case ApprovalFact():
            return _may_see_approval(holder, about)


def _may_see_approval(holder: Holder, about: ApprovalFact) -> bool:
    if READ not in holder.may or holder.agent_role is not None:
        return False
    return holder.datasets is None if about.dataset is None else may_see_dataset(holder, about.dataset)


def _may_see_project(holder: Holder, about: ProjectFact) -> bool:
    """A narrowed key knows of those in which it sees something to do."""
    if READ not in holder.may:
        return False
    return not holder.is_narrowed or any(_may_see_activity(holder, one) for one in about.activities)


def _may_see_activity(holder: Holder, about: ActivityFact) -> bool:
    """Who may write and not read is shown what it changed."""
    if not holder.may & {READ, WRITE} or holder.agent_role not in {None, about.agent_role}:
        return False
    return holder.datasets is None if about.dataset is None else may_see_dataset(holder, about.dataset)


def _is_known(holder: Holder, thing: Thing, where: Where) -> bool:
    """The trail tells a manager everything and others what they did; jobs name what they remove to keys that are not
    narrowed; a narrowed key lists its datasets itself."""
    if where is Where.WORK and not holder.is_narrowed and READ in holder.may and not thing.mark.startswith("zq"):
        return True
    if where is Where.AUDIT:
        return holder.rules_the_tenant or (not holder.is_narrowed and thing.mark in holder.known)
    return isinstance(thing.about, DatasetFact) and thing.mark in (holder.datasets or ())


def _may_see_content(holder: Holder, about: DatasetFact | FileFact, where: Where) -> bool:
    if isinstance(about, DatasetFact):
        return may_see_dataset(holder, about)
    file = about
    is_there = not file.is_deleted and (file.is_enabled or where is not Where.FOUND)
    return is_there and may_see_dataset(holder, file.dataset)


def _may_see_key(holder: Holder, other: Holder) -> bool:
    if other is holder:
        return True
    is_own = other.person is not None and other.person is holder.person
    if other.workspace is not None and other.workspace is holder.workspace:
        return True
    if other.organization is not None and READ in holder.may and holder.rules(other.organization):
        return True
    return not holder.is_narrowed and (is_own or MANAGE in holder.may)


def may_see_dataset(holder: Holder, dataset: DatasetFact) -> bool:
    if dataset.is_deleted or dataset.tenant != holder.tenant or not holder.may:
        return False
    if holder.datasets is not None and dataset.id not in holder.datasets:
        return False
    return holder.agent_role is None or bool(dataset.agent_roles & {holder.agent_role, "*"})
