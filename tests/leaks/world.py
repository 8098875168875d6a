"""A made-up world: tenants, people, keys of every kind, datasets, files; each name and text bears a mark of its own."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from time import monotonic, sleep

from identity.models import Membership, Tenant, User
from identity.types import ROLE_SCOPES, Principal, Role
from ingest.datasets.types import DatasetChange, NewDataset
from ingest.files.types import FileChange, IncomingFile, IngestOverrides
from kit.ids import new_id
from orchestration.runtime import Runtime
from tests.leaks.rights import READ, SEARCH, WRITE, DatasetFact, FileFact, Holder, Person, Thing

MARK = re.compile(r"zq[a-z]\d{4}[0-9a-f]{8}")
IDENTIFIER = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
COMMON = "lantern"
"""Stands in every file, so that every search would find everything if it could."""

AGENT_ROLES = ("writer", "support")
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
    things: dict[str, Thing] = field(default_factory=dict)
    _marks: int = 0

    def ids(self, name: str) -> list[str]:
        """What could stand for a path parameter of that name."""
        pools: dict[str, list[str]] = {
            "datasetId": [dataset.id for dataset in self.datasets],
            "fileId": [file.id for file in self.files],
            "chunkId": list(self.chunks),
            "keyId": [holder.id for holder in self.holders],
            "userId": [person.id for person in self.people],
        }
        return pools.get(name) or [file.id for file in self.files]

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
    manager = Principal(tenant, "", people[0].id, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
    datasets = [_dataset(world, manager, roles) for roles in _ALLOWED]
    doomed = _dataset(world, manager, ("*",))
    _delete_dataset(world, manager, doomed)
    for holder in _holders(world, tenant, people, datasets):
        world.holders.append(holder)
        world.identify(holder.id, "key", tenant, holder)


def _person(world: World, tenant: str, role: str) -> Person:
    person = Person(new_id(), tenant, role)
    now = world.runtime.clock.now()
    with world.runtime.database.write() as session:
        name = world.mark("person", tenant, person)
        email = f"{world.mark('person', tenant, person)}@example.org"
        session.add(User(id=person.id, tenant_id=tenant, email=email, name=name, created_at=now))
        session.flush()
        session.add(
            Membership(id=new_id(), user_id=person.id, scope_type="tenant", scope_id=tenant, role=role, created_at=now)
        )
    world.people.append(person)
    world.identify(person.id, "person", tenant, person)
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
    manager = Principal(holder.tenant, "", None, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
    with world.runtime.database.write() as session:
        world.runtime.keys.revoke(session, manager, holder.id)
    holder.is_ended = True


def switch_off(world: World, file: FileFact) -> None:
    manager = Principal(file.dataset.tenant, "", None, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
    with world.runtime.database.write() as session:
        world.runtime.files.change(session, manager, file.dataset.id, file.id, FileChange(enabled=False))
    world.runtime.apply_switch(file.id)
    file.is_enabled = False


def delete_file(world: World, file: FileFact) -> None:
    manager = Principal(file.dataset.tenant, "", None, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
    with world.runtime.database.write() as session:
        world.runtime.files.delete(session, manager, file.dataset.id, file.id)
    world.runtime.apply_switch(file.id)
    file.is_deleted = True


def shut_out_agents(world: World, dataset: DatasetFact) -> None:
    manager = Principal(dataset.tenant, "", None, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
    with world.runtime.database.write() as session:
        world.runtime.datasets.configure(session, manager, dataset.id, DatasetChange(allowed_agent_roles=[]))
    dataset.agent_roles = frozenset()


def demote(world: World, person: Person) -> None:
    manager = Principal(person.tenant, "", None, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
    with world.runtime.database.write() as session:
        world.runtime.team.change_role(session, manager, person.id, Role.REVIEWER)
    person.role = "reviewer"


def _await_indexed(world: World) -> None:
    deadline = monotonic() + _PATIENCE
    for file in world.files:
        if file.dataset.is_deleted:
            continue
        manager = Principal(file.dataset.tenant, "", None, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
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
    manager = Principal(file.dataset.tenant, "", None, "setup", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])
    with world.runtime.database.read() as session:
        for piece in world.runtime.reading.text(session, manager, file.id).pieces:
            world.chunks[piece.chunk_id] = file
            world.identify(piece.chunk_id, "content", file.dataset.tenant, file)
