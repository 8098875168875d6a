"""A made-up world: tenants, people, keys of every kind, datasets, files; each name and text bears a mark of its own."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from time import monotonic, sleep

from identity.models import Membership, Tenant, User
from identity.types import Principal, Role
from ingest.datasets.types import DatasetChange, NewDataset
from ingest.files.types import FileChange, IncomingFile, IngestOverrides
from kit.ids import new_id
from kit.jobs.models import Job
from kit.jobs.types import JobState
from orchestration.runtime import Runtime
from orchestration.scheduled_prompts.types import NewScheduledPrompt
from retrieval.records.types import NewSavedSearch
from retrieval.search.citation import citation_key
from tests.leaks.rights import (
    READ,
    SEARCH,
    WRITE,
    ActivityFact,
    ApprovalFact,
    ClientFact,
    DatasetFact,
    FileFact,
    Holder,
    OrganizationFact,
    Person,
    ProjectFact,
    TeamFact,
    Thing,
    WorkspaceFact,
)
from tests.leaks.work import AGENT_ROLES, ask_for_approval, give_something_to_do, manager_of, undertake

MARK = re.compile(r"zq[a-z]\d{4}[0-9a-f]{8}")
IDENTIFIER = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
COMMON = "lantern"
"""Stands in every file, so that every search would find everything if it could."""

_ALLOWED = ((), ("*",), ("writer",), ("writer", "support"))
_PATIENCE = 180.0


@dataclass
class World:
    runtime: Runtime
    rng: random.Random
    holders: list[Holder] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    datasets: list[DatasetFact] = field(default_factory=list)
    files: list[FileFact] = field(default_factory=list)
    chunks: dict[str, FileFact] = field(default_factory=dict)
    organizations: list[OrganizationFact] = field(default_factory=list)
    teams: list[TeamFact] = field(default_factory=list)
    workspaces: list[WorkspaceFact] = field(default_factory=list)
    clients: list[ClientFact] = field(default_factory=list)
    approvals: list[ApprovalFact] = field(default_factory=list)
    activities: list[ActivityFact] = field(default_factory=list)
    blockers: list[str] = field(default_factory=list)
    projects: list[ProjectFact] = field(default_factory=list)
    recurring: list[str] = field(default_factory=list)
    schedules: list[str] = field(default_factory=list)
    invites: list[str] = field(default_factory=list)
    citations: list[str] = field(default_factory=list)
    things: dict[str, Thing] = field(default_factory=dict)
    _marks: int = 0

    def ids(self, name: str, path: str = "") -> list[str]:
        """What could stand for a path parameter of that name, in that path where the name says too little."""
        if name == "id":
            return self._called_id(path)
        pools: dict[str, list[str]] = {
            "datasetId": [dataset.id for dataset in self.datasets],
            "fileId": [file.id for file in self.files],
            "chunkId": list(self.chunks),
            "keyId": [holder.id for holder in self.holders],
            "tokenId": [holder.id for holder in self.holders if holder.workspace is not None],
            "citationKey": self.citations,
            "clientId": [client.id for client in self.clients],
            "orgId": [organization.id for organization in self.organizations],
            "userId": [person.id for person in self.people],
            "token": self.invites,
            "approvalId": [approval.id for approval in self.approvals],
            "taskId": self.recurring,
            "scheduleId": self.schedules,
            "activityId": [activity.id for activity in self.activities],
            "blockerId": self.blockers,
            "blocker_id": self.blockers,
            "task_id": [activity.id for activity in self.activities],
            "project_id": [project.id for project in self.projects],
        }
        return pools.get(name) or [file.id for file in self.files]

    def _called_id(self, path: str) -> list[str]:
        if "/teams/" in path:
            return [str(team.number) for team in self.teams]
        if "/users/" in path:
            return [str(person.number) for person in self.people]
        things = self.organizations if "/organizations/" in path else self.workspaces
        return [thing.id for thing in things]

    def thing(self, name: str, path: str, value: str) -> Thing | None:
        """What the value of a path parameter stands for."""
        kind = path.split("/")[2] if name == "id" and path.startswith(("/api/teams/", "/api/users/")) else ""
        return self.things.get(f"{kind} {value}" if kind else value)

    def mark(self, kind: str, tenant: str, about: object) -> str:
        self._marks += 1
        mark = f"zq{kind[0]}{self._marks:04}{self.rng.getrandbits(32):08x}"
        self.things[mark] = Thing(mark, kind, tenant, about)
        return mark

    def identify(self, identifier: str, kind: str, tenant: str, about: object) -> None:
        self.things[identifier] = Thing(identifier, kind, tenant, about)


def build(runtime: Runtime, *, tenants: int, seed: int) -> World:
    world = World(runtime, random.Random(seed))  # noqa: S311 - a world that can be made again
    for _ in range(tenants):
        _settle(world)
    _await_indexed(world)
    for file in world.files:
        _note_chunks(world, file)
    return world


def _settle(world: World) -> None:
    tenant = new_id()
    now = world.runtime.clock.now()
    with world.runtime.database.write() as session:
        session.add(Tenant(id=tenant, name=world.mark("tenant", tenant, None), created_at=now))
    people = [_person(world, tenant, role) for role in ("admin", "member", "reviewer", "member")]
    manager = manager_of(tenant, people[0])
    organizations = [_organization(world, tenant, people[2:]), _organization(world, tenant, people[1:2])]
    for person in people[:2]:
        _team(world, manager_of(tenant, person))
    workspaces = [_workspace(world, manager) for _ in range(2)]
    clients = [_client(world, manager, people[1:3]), _client(world, manager, people[3:])]
    datasets = [_dataset(world, manager, roles) for roles in _ALLOWED]
    doomed = _dataset(world, manager, ("*",))
    for dataset in (*datasets, doomed):
        _save_search(world, manager, dataset)
        ask_for_approval(world, tenant, dataset)
        give_something_to_do(world, tenant, dataset, "writer")
    ask_for_approval(world, tenant, None)
    for role in (None, *AGENT_ROLES):
        give_something_to_do(world, tenant, None, role)
    _delete_dataset(world, manager, doomed)
    _have_examined(world, manager, datasets[0])
    for holder in [
        *_holders(world, tenant, people, datasets),
        *(_organization_key(world, manager, one) for one in organizations),
        *(_workspace_token(world, manager, one) for one in workspaces),
        *(_client_key(world, manager, one) for one in clients),
    ]:
        world.holders.append(holder)
        world.identify(holder.id, "key", tenant, holder)
    for about in (None, datasets[2]):  # now that the agents are there, who are known by their keys
        undertake(world, manager, about)


def _organization(world: World, tenant: str, people: list[Person]) -> OrganizationFact:
    """The first of the people owns it, the rest are members; somebody is invited."""
    fact = OrganizationFact("", tenant, {})
    owner, service = manager_of(tenant, people[0]), world.runtime.organizations
    with world.runtime.database.write() as session:
        name = world.mark("organization", tenant, fact)
        fact.id = service.create(session, owner, name=name, slug=world.mark("organization", tenant, fact)).id
        for person in people[1:]:
            service.add_member(session, owner, fact.id, user_id=person.id, role="viewer")
        address = f"{world.mark('organization', tenant, fact)}@example.org"
        world.invites.append(service.invite(session, owner, fact.id, email=address, role="member").token)
    fact.roles = {person.id: "viewer" for person in people} | {people[0].id: "owner"}
    world.organizations.append(fact)
    world.identify(fact.id, "organization", tenant, fact)
    return fact


def _team(world: World, owner: Principal) -> None:
    tenant, service = owner.tenant_id, world.runtime.teams
    fact = TeamFact(0, tenant)
    with world.runtime.database.write() as session:
        name = world.mark("group", tenant, fact)
        fact.number = service.create(session, owner, name=name, description=world.mark("group", tenant, fact)).number
        address = f"{world.mark('group', tenant, fact)}@example.org"
        world.invites.append(service.invite(session, owner, fact.number, email=address, role="member").token)
    world.teams.append(fact)
    world.identify(f"teams {fact.number}", "group", tenant, fact)


def _workspace(world: World, manager: Principal) -> WorkspaceFact:
    tenant = manager.tenant_id
    fact = WorkspaceFact("", tenant)
    with world.runtime.database.write() as session:
        name = world.mark("workspace", tenant, fact)
        fact.id = world.runtime.workspaces.create(session, manager, name=name, agent_role="writer").id
        asked = NewScheduledPrompt("0 0 1 1 *", world.mark("workspace", tenant, fact), is_enabled=False)
        world.schedules.append(world.runtime.teamwork.prompts.create(session, manager, fact.id, asked).id)
    world.workspaces.append(fact)
    for identifier in (fact.id, world.schedules[-1]):
        world.identify(identifier, "workspace", tenant, fact)
    return fact


def _client(world: World, manager: Principal, people: list[Person]) -> ClientFact:
    """The first of the people looks after it, the rest work for it."""
    tenant, service = manager.tenant_id, world.runtime.clients
    fact = ClientFact("", tenant, {})
    with world.runtime.database.write() as session:
        fact.id = service.create(session, manager, name=world.mark("client", tenant, fact), agent_role="support").id
        for person, role in zip(people, ("admin", "member"), strict=False):
            service.add_member(session, manager, fact.id, user_id=person.id, role=role)
            fact.roles[person.id] = role
    fact.roles[manager.user_id or ""] = "owner"
    world.clients.append(fact)
    world.identify(fact.id, "client", tenant, fact)
    return fact


def _client_key(world: World, manager: Principal, client: ClientFact) -> Holder:
    holder = Holder("client", "", "", manager.tenant_id, "member", agent_role="support", client=client)
    with world.runtime.database.write() as session:
        issued = world.runtime.keys.create(
            session, tenant_id=manager.tenant_id, user_id=None, name=world.mark("key", holder.tenant, holder),
            role="member", agent_role="support", client_id=client.id,
        )  # fmt: skip
    holder.token, holder.id = issued.token, issued.key.id
    return holder


def _organization_key(world: World, manager: Principal, organization: OrganizationFact) -> Holder:
    holder = Holder("organization", "", "", manager.tenant_id, "member", organization=organization)
    with world.runtime.database.write() as session:
        issued = world.runtime.organization_keys.create(
            session, manager, organization.id, name=world.mark("key", holder.tenant, holder), description=None,
            scopes=None, expires_at=None,
        )  # fmt: skip
    holder.token, holder.id = issued.token, issued.key.id
    return holder


def _workspace_token(world: World, manager: Principal, workspace: WorkspaceFact) -> Holder:
    may = frozenset({READ, SEARCH})
    holder = Holder("workspace", "", "", manager.tenant_id, "member", may, "writer", workspace=workspace)
    with world.runtime.database.write() as session:
        name = world.mark("key", holder.tenant, holder)
        issued = world.runtime.workspaces.mint(session, manager, workspace.id, name=name)
    holder.token, holder.id = issued.token, issued.key.id
    return holder


def _person(world: World, tenant: str, role: str) -> Person:
    person = Person(new_id(), tenant, role)
    now = world.runtime.clock.now()
    with world.runtime.database.write() as session:
        name = world.mark("person", tenant, person)
        email = f"{world.mark('person', tenant, person)}@example.org"
        user = User(id=person.id, tenant_id=tenant, email=email, name=name, created_at=now)
        session.add(user)
        session.flush()
        session.refresh(user)
        person.number = user.number or 0
        session.add(
            Membership(id=new_id(), user_id=person.id, scope_type="tenant", scope_id=tenant, role=role, created_at=now)
        )
    world.people.append(person)
    world.identify(person.id, "person", tenant, person)
    world.identify(f"users {person.number}", "person", tenant, person)
    return person


def _dataset(world: World, manager: Principal, roles: tuple[str, ...]) -> DatasetFact:
    runtime, tenant = world.runtime, manager.tenant_id
    fact = DatasetFact("", tenant, frozenset(roles))
    new = NewDataset(
        name=world.mark("dataset", tenant, fact), description=world.mark("dataset", tenant, fact),
        allowed_agent_roles=roles,
    )  # fmt: skip
    with runtime.database.write() as session:
        fact.id = runtime.datasets.create(session, manager, new).id
    world.datasets.append(fact)
    world.identify(fact.id, "dataset", tenant, fact)
    for _ in range(2):
        _file(world, manager, fact)
    return fact


def _file(world: World, manager: Principal, dataset: DatasetFact) -> None:
    fact = FileFact("", dataset)
    tenant = manager.tenant_id
    words = [world.mark("content", tenant, fact) for _ in range(3)]
    table = f"| {COMMON} | value |\n|---|---|\n| {words[2]} | 1 |"
    text = f"# {words[0]}\n\nThe {COMMON} is {words[1]}.\n\n## Table\n\n{table}\n"
    incoming = IncomingFile(
        file_name=f"{world.mark('file', tenant, fact)}.md",
        stream=BytesIO(text.encode()),
        labels={"colour": world.mark("file", tenant, fact)},
    )
    uploads = world.runtime.uploads
    with uploads.stage([incoming]) as staged, world.runtime.database.write() as session:
        receipt = uploads.register(session, manager, dataset.id, staged, IngestOverrides())
    fact.id = receipt.uploaded[0].id
    world.files.append(fact)
    world.identify(fact.id, "file", tenant, fact)
    world.runtime.worker.nudge()


def _save_search(world: World, manager: Principal, dataset: DatasetFact) -> None:
    name = world.mark("dataset", manager.tenant_id, dataset)
    request = {"query": name, "datasetIds": [dataset.id]}
    with world.runtime.database.write() as session:
        world.runtime.searching.saved.save(session, manager, NewSavedSearch(name, [dataset.id], request))


def _have_examined(world: World, manager: Principal, dataset: DatasetFact) -> None:
    """With something to find: a job that was given up, of a kind that does not come again and make up for it. Its file
    is named in the report."""
    runtime, file = world.runtime, next(file for file in world.files if file.dataset is dataset)
    now = runtime.clock.now()
    with runtime.database.write() as session:
        session.add(
            Job(
                id=new_id(), kind="file.switch", queue="none", key=file.id, subject=file.id, payload={},
                error="made up", state=JobState.DEAD, tenant_id=manager.tenant_id, dataset_id=dataset.id,
                run_after=now, created_at=now,
            )
        )  # fmt: skip
        runtime.consulting.examine(session, manager)
    runtime.worker.nudge()
    deadline = monotonic() + _PATIENCE
    while True:
        with runtime.database.read() as session:
            report = runtime.consulting.report(session, manager)
        if report.running_job is None and report.examined_at is not None:
            assert file.id in {finding["subject"] for finding in report.findings}
            return
        assert monotonic() < deadline, "nobody was examined"
        sleep(0.02)


def _delete_dataset(world: World, manager: Principal, dataset: DatasetFact) -> None:
    with world.runtime.database.write() as session:
        world.runtime.datasets.delete(session, manager, dataset.id)
    dataset.is_deleted = True


def _holders(world: World, tenant: str, people: list[Person], datasets: list[DatasetFact]) -> Iterator[Holder]:
    for role in ("admin", "member", "reviewer"):
        yield _key(world, tenant, f"{role} service", role)
    for person in people:
        yield _key(world, tenant, f"{person.role} person", person.role, person=person)
    for scope in (READ, SEARCH, WRITE):
        yield _key(world, tenant, f"only {scope}", "member", scopes=frozenset({scope}))
    for agent in (*AGENT_ROLES, "nobody"):
        yield _key(world, tenant, f"agent {agent}", "member", agent_role=agent)
    yield _key(world, tenant, "agent that manages", "admin", agent_role="writer")
    narrow = frozenset({datasets[0].id, datasets[2].id})
    yield _key(world, tenant, "narrowed", "member", datasets=narrow)
    yield _key(world, tenant, "narrowed admin", "admin", datasets=narrow)
    yield _key(world, tenant, "narrowed agent", "member", datasets=narrow, agent_role="writer")
    ended = _key(world, tenant, "revoked", "admin")
    end(world, ended)
    yield ended


def _key(
    world: World, tenant: str, label: str, role: str, *, scopes: frozenset[str] | None = None,
    agent_role: str | None = None, datasets: frozenset[str] | None = None, person: Person | None = None,
) -> Holder:  # fmt: skip
    holder = Holder(label, "", "", tenant, role, scopes, agent_role, datasets, person)
    with world.runtime.database.write() as session:
        issued = world.runtime.keys.create(
            session, tenant_id=tenant, user_id=person.id if person else None, name=world.mark("key", tenant, holder),
            role=role, scopes=None if scopes is None else sorted(scopes), agent_role=agent_role,
            dataset_ids=None if datasets is None else sorted(datasets),
        )  # fmt: skip
    holder.token, holder.id = issued.token, issued.key.id
    return holder


def end(world: World, holder: Holder) -> None:
    """Revokes the key."""
    manager = manager_of(holder.tenant)
    with world.runtime.database.write() as session:
        world.runtime.keys.revoke(session, manager, holder.id)
    holder.is_ended = True


def switch_off(world: World, file: FileFact) -> None:
    manager = manager_of(file.dataset.tenant)
    with world.runtime.database.write() as session:
        world.runtime.files.change(session, manager, file.dataset.id, file.id, FileChange(enabled=False))
    world.runtime.apply_switch(file.id)
    file.is_enabled = False


def delete_file(world: World, file: FileFact) -> None:
    manager = manager_of(file.dataset.tenant)
    with world.runtime.database.write() as session:
        world.runtime.files.delete(session, manager, file.dataset.id, file.id)
    world.runtime.apply_switch(file.id)
    file.is_deleted = True


def shut_out_agents(world: World, dataset: DatasetFact) -> None:
    manager = manager_of(dataset.tenant)
    with world.runtime.database.write() as session:
        world.runtime.datasets.configure(session, manager, dataset.id, DatasetChange(allowed_agent_roles=[]))
    dataset.agent_roles = frozenset()


def demote(world: World, person: Person) -> None:
    manager = manager_of(person.tenant)
    with world.runtime.database.write() as session:
        world.runtime.team.change_role(session, manager, person.id, Role.REVIEWER)
    person.role = "reviewer"


def _await_indexed(world: World) -> None:
    deadline = monotonic() + _PATIENCE
    for file in world.files:
        if file.dataset.is_deleted:
            continue
        manager = manager_of(file.dataset.tenant)
        while True:
            with world.runtime.database.read() as session:
                status = world.runtime.files.get(session, manager, file.dataset.id, file.id).status
            if status == "indexed":
                break
            assert monotonic() < deadline, f"file {file.id} is {status}"
            sleep(0.02)


def _note_chunks(world: World, file: FileFact) -> None:
    if file.dataset.is_deleted:
        return
    manager = manager_of(file.dataset.tenant)
    with world.runtime.database.read() as session:
        for piece in world.runtime.reading.text(session, manager, file.id).pieces:
            world.chunks[piece.chunk_id] = file
            world.identify(piece.chunk_id, "content", file.dataset.tenant, file)
            key = citation_key(file_id=file.id, page=piece.page, content=piece.content)
            world.citations.append(key)
            world.identify(key, "content", file.dataset.tenant, file)
