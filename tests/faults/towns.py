"""Tenants with people, keys and tasks; and what goes on in them, for those who listen."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

import httpx
from sqlalchemy import select

from identity.types import Role
from ingest.datasets.types import NewDataset
from kit.db.database import Database
from kit.events import outbox
from kit.events.models import Event
from orchestration.runtime import Runtime, build_runtime
from orchestration.tasks.events import TEXT_DELTA, topic_of
from orchestration.tasks.types import ActorKind, NewTask
from tests.faults.cluster import Cluster

AGENT = "researcher"
ACTIONS_A_SECOND = 5.0
_WIDE, _NARROW, _AGENTS = 12, 3, 2
"""Keys of a tenant: those that see all of it, for each dataset those that are held to it, and those of the agent."""
_TOPIC = topic_of("")


@dataclass(frozen=True, slots=True)
class TownTask:
    id: str
    dataset_id: str | None
    is_agents: bool


@dataclass(frozen=True, slots=True)
class Ear:
    """A key, and what it may see: one dataset's, one agent's, or all there is."""

    token: str
    dataset_id: str | None = None
    is_agents: bool = False

    def hears(self, tasks: Sequence[TownTask]) -> Sequence[TownTask]:
        return [
            task
            for task in tasks
            if (self.dataset_id is None or task.dataset_id == self.dataset_id)
            and (task.is_agents or not self.is_agents)
        ]


@dataclass(frozen=True, slots=True)
class Town:
    """`token` is its administrator's key."""

    tenant_id: str
    token: str
    ears: Sequence[Ear]
    tasks: Sequence[TownTask]


@dataclass(frozen=True, slots=True)
class TaskEvent:
    """`at` in seconds since the epoch."""

    number: int
    at: float
    task_id: str


def found_towns(parts: Cluster, count: int) -> Sequence[Town]:
    runtime = build_runtime(parts.settings)
    try:
        return [_found(runtime, f"town {number}") for number in range(count)]
    finally:
        runtime.close()


def _found(runtime: Runtime, name: str) -> Town:
    with runtime.database.write() as session:
        made = runtime.tenants.create(session, name=name, email=f"{name.replace(' ', '.')}@example.org", person="Ada")
        tenant_id, admin = made.tenant.id, made.administrator_id

        def key(title: str, *, agent: str | None = None, dataset: str | None = None) -> str:
            held = None if dataset is None else [dataset]
            role = Role.ADMIN if agent is None else Role.MEMBER
            return runtime.keys.create(
                session, tenant_id=tenant_id, user_id=admin, name=title, role=role, agent_role=agent, dataset_ids=held
            ).token

        token = key("mayor")
        mayor = runtime.keys.authenticate(session, token)
        datasets = [runtime.datasets.create(session, mayor, NewDataset(name=one)).id for one in ("ovens", "kilns")]
        ears = [Ear(key(f"wide {number}")) for number in range(_WIDE)]
        for dataset in datasets:
            ears += [Ear(key(f"narrow {number}", dataset=dataset), dataset) for number in range(_NARROW)]
        ears += [Ear(key(f"agent {number}", agent=AGENT), is_agents=True) for number in range(_AGENTS)]
        places = [*((about, False) for about in (None, None, *datasets)), (None, True)]
        tasks = []
        for about, is_agents in places:
            task = NewTask(
                title="Heat", kind="briefing", prompt="How hot?", dataset_id=about,
                assignee_kind=ActorKind.AGENT if is_agents else ActorKind.HUMAN,
                assignee_id=AGENT if is_agents else admin,
            )  # fmt: skip
            made_id = runtime.teamwork.tasks.create(session, mayor, task).id
            tasks.append(TownTask(made_id, about, is_agents))
    return Town(tenant_id, token, ears, tasks)


def go_about(parts: Cluster, towns: Sequence[Town], seconds: float, chosen: random.Random) -> None:
    """Comments, questions and answers, through one process or the other."""
    began, done = time.monotonic(), 0
    clients = [httpx.Client(base_url=f"{api.url}/dashboard/v1/activities", timeout=30) for api in parts.apis]
    while (elapsed := time.monotonic() - began) < seconds:
        if elapsed * ACTIONS_A_SECOND < done:
            time.sleep(0.01)
            continue
        done += 1
        town, client = chosen.choice(towns), chosen.choice(clients)
        _act(client, chosen.choice(town.tasks), {"Authorization": f"Bearer {town.token}"}, chosen)
    for client in clients:
        client.close()


def _act(client: httpx.Client, task: TownTask, headers: dict[str, str], chosen: random.Random) -> None:
    if chosen.random() < 0.5:
        client.post(f"/{task.id}/comments", json={"text": "It is warm"}, headers=headers).raise_for_status()
        return
    asked = client.post(f"/{task.id}/blockers", json={"text": "How warm?"}, headers=headers).raise_for_status()
    resolved = f"/{task.id}/blockers/{asked.json()['id']}/resolve"
    client.post(resolved, json={"answer": "300 degrees"}, headers=headers).raise_for_status()


def newest_event(database: Database) -> int:
    with database.read() as session:
        return outbox.newest(session)


def task_events_after(database: Database, number: int) -> Sequence[TaskEvent]:
    with database.read() as session:
        wanted = select(Event).where(Event.id > number, Event.type != TEXT_DELTA).order_by(Event.id)
        return [
            TaskEvent(row.id, row.at.replace(tzinfo=row.at.tzinfo or UTC).timestamp(), row.topic.removeprefix(_TOPIC))
            for row in session.scalars(wanted)
            if row.topic is not None and row.topic.startswith(_TOPIC)
        ]
