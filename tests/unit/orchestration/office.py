"""Tasks and approvals on a database of the test's own, with people of every role."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from identity.types import ROLE_SCOPES, Principal, Role, Scope
from ingest.datasets.gate import Gate
from ingest.datasets.models import Dataset
from kit.db.database import Database
from kit.ids import new_id
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from orchestration.agents.models import Agent
from orchestration.agents.types import AdapterType
from orchestration.approvals.resolving import Resolver
from orchestration.approvals.subjects import SubjectActs
from orchestration.approvals.types import ApprovalType, Request, RiskLevel
from orchestration.tasks import repository
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.types import ActorKind, NewTask, TaskStatus
from orchestration.teamwork import Desk, make_desk
from tests.clock import FrozenClock
from tests.unit.identity.people import People, settle


@dataclass
class Lever:
    """A subject that remembers what was decided about it."""

    kind: str = "lever"
    pulled: list[tuple[str, bool]] = field(default_factory=list)
    refusal: Exception | None = None

    def hold(self, session: Session, subject_id: str) -> bool:
        return True

    def decide(self, session: Session, principal: Principal | None, subject_id: str, *, approved: bool) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.pulled.append((subject_id, approved))


class Office:
    def __init__(self, database: Database, clock: FrozenClock, subject: SubjectActs | None = None) -> None:
        self.database, self.clock = database, clock
        with database.write() as session:
            self.people: People = settle(session, clock)
            self.others: People = settle(session, clock, "elsewhere")
        gate, queue = Gate(), JobQueue(clock=clock, lease=timedelta(seconds=30))
        self.desk: Desk = make_desk(clock, gate=gate, queue=queue)
        subjects = {} if subject is None else {subject.kind: subject}
        self.resolver = Resolver(
            names=gate, closer=self.desk.closer, moves=self.desk.moves, clock=clock, subjects=subjects
        )

    def person(self, role: Role, people: People | None = None) -> Principal:
        people = people or self.people
        user = {Role.ADMIN: people.admin, Role.MEMBER: people.member, Role.REVIEWER: people.reviewer}[role]
        return Principal(people.tenant, f"key-of-{role}", user, f"key of {role}", role, ROLE_SCOPES[role])

    @property
    def admin(self) -> Principal:
        return self.person(Role.ADMIN)

    def agent(self, role: str) -> Principal:
        return replace(self.person(Role.MEMBER), user_id=None, agent_role=role, scopes=frozenset(Scope))

    def spend(self, task_id: str, usd: float) -> None:
        with self.database.write() as session:
            repository.hold(session, task_id).cost_usd += usd

    def configure(self, role: str, adapter: AdapterType, **fields: object) -> None:
        """Has the agent's tasks done by that adapter from now on."""
        with self.database.write() as session:
            session.merge(
                Agent(
                    tenant_id=self.people.tenant, role=role, id=new_id(), adapter=adapter,
                    updated_at=self.clock.now(), **{"adapter_config": {}} | fields,
                )
            )  # fmt: skip

    def dataset(self, *roles: str) -> str:
        """An empty one, for agents of these roles."""
        now, dataset_id = self.clock.now(), new_id()
        row = Dataset(
            id=dataset_id, tenant_id=self.people.tenant, name=dataset_id, embedding_provider="none",
            embedding_model="none", vector_size=1, collection="none", chunk_size=512, chunk_overlap=0,
            parse_type="NAIVE", parser_engine="AUTO", separators=[], allowed_agent_roles=[*roles], created_at=now,
            updated_at=now,
        )  # fmt: skip
        with self.database.write() as session:
            session.add(row)
        return dataset_id

    def task(self, **fields: object) -> str:
        """For the agent `researcher`, unless said otherwise."""
        new = NewTask(
            title="Brief", kind="briefing", prompt="What is new?", assignee_kind=ActorKind.AGENT,
            assignee_id="researcher",
        )  # fmt: skip
        with self.database.write() as session:
            return self.desk.tasks.create(session, self.admin, replace(new, **fields)).id  # type: ignore[arg-type]  # fields

    def move(self, task_id: str, *statuses: TaskStatus) -> None:
        for status in statuses:
            with self.database.write() as session:
                task = repository.hold(session, task_id)
                self.desk.moves.move(session, task, status, SYSTEM)

    def working(self, **fields: object) -> str:
        """A task in progress."""
        task_id = self.task(**fields)
        self.move(task_id, TaskStatus.IN_PROGRESS)
        return task_id

    def request(self, **fields: object) -> str:
        request = Request(self.people.tenant, "Publish?", ApprovalType.CONTENT_REVIEW, RiskLevel.HIGH)
        with self.database.write() as session:
            return self.desk.approvals.request(session, replace(request, **fields), SYSTEM)  # type: ignore[arg-type]  # fields

    def jobs(self, task_id: str) -> int:
        """Runs of the task that wait in the queue."""
        with self.database.read() as session:
            wanted = select(func.count()).select_from(Job).where(Job.subject == task_id, Job.state == "queued")
            return session.scalar(wanted) or 0
