"""A room to talk in: people with keys, knowledge in memory, and a mind that answers as it is told to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.audit.reads import ReadLog
from identity.audit.trail import Trail
from identity.clients import Clients
from identity.keys import AccessKeys
from identity.types import Principal, Role
from ingest.files.errors import CitedFileIsGone
from kit.db.database import Database
from kit.jobs.handler import Signals
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from orchestration.agents.directory import AgentDirectory
from orchestration.chat.asking import Asking
from orchestration.chat.context import Contexts
from orchestration.chat.handler import AnswerHandler
from orchestration.chat.jobs import QUEUE
from orchestration.chat.memories import Memories
from orchestration.chat.models import ChatMessage
from orchestration.chat.progress import AnswerProgress
from orchestration.chat.readers import Readers
from orchestration.chat.service import Conversations
from orchestration.chat.types import Asked, Context, ConversationDetail, MessageView, NewMessage
from orchestration.chat.work import AnswerWatch, AnswerWork
from orchestration.runs.adapters.choosing import Adapters
from orchestration.runs.extractive import ExtractiveAdapter
from orchestration.runs.turns import Turns
from orchestration.runs.types import Bounds, Message, ReplyPart, TokensUsed, ToolCall, ToolSpec
from orchestration.tasks.projects import Projects
from retrieval.search.citing import Cited
from retrieval.search.types import Passage
from tests.clock import FrozenClock
from tests.unit.identity.people import People
from tests.unit.orchestration.office import Office
from tests.unit.orchestration.runs.floor import Bureau
from tests.unit.orchestration.runs.knowledge import ANALYSER, Knowledge
from tests.unit.orchestration.runs.thinking import adapters_of

MADE = "The bread oven was made by Ferrante in Turin."
HEAT = "The bread oven reaches 300 degrees when it is hot."
SALARY = "The salary of the baker is 3000 euros a month."
SECRET = "The bread oven secret recipe needs Ferrante flour."
CALM: Signals = Signals(stopping=lambda: False)
BOUNDS = Bounds(turns=6, seconds=60)


@dataclass
class Library(Knowledge):
    """Datasets for people too: those of the tenant, as far as a key is not held to some. `gone` files are deleted."""

    tenant: str = ""
    gone: set[str] = field(default_factory=set)

    def readable_names(self, _session: Session | None, principal: Principal) -> Mapping[str, str]:
        return {one: f"{one} papers" for one in self.files if self._sees(principal, one)}

    def readable(self, session: Session, principal: Principal, chunk_ids: Collection[str]) -> frozenset[str]:
        files = {one.rpartition("-")[0] for one in chunk_ids}
        kept = self.readable_files(session, principal, files)
        return frozenset(one for one in chunk_ids if one.rpartition("-")[0] in kept)

    def readable_files(self, session: Session, principal: Principal, file_ids: Collection[str]) -> frozenset[str]:
        names = self.readable_names(session, principal)
        there = {file for dataset in names for file in self.files[dataset]} - self.gone
        return frozenset(there & set(file_ids))

    def resolve(self, principal: Principal, key: str) -> Cited:
        cited = super().resolve(principal, key)
        if not self._sees(principal, cited.dataset_id):
            raise CitedFileIsGone(key)
        return cited

    def _passages(self) -> Sequence[Passage]:
        return [one for one in super()._passages() if one.file_id not in self.gone]

    def _sees(self, principal: Principal, dataset: str) -> bool:
        is_held = principal.dataset_ids is not None and dataset not in principal.dataset_ids
        roles = self.roles[dataset]
        return (
            principal.tenant_id == self.tenant
            and not is_held
            and (principal.agent_role is None or principal.agent_role in roles)
        )


@dataclass
class Mind:
    """Thinks as the built-in adapter does, or says what `says` has for each turn, as a model would. `meanwhile` happens
    while a turn of that number is thought about."""

    says: Sequence[Sequence[ReplyPart]] | None = None
    meanwhile: dict[int, Callable[[], object]] = field(default_factory=dict)
    heard: list[Sequence[Message]] = field(default_factory=list)
    asked: list[Sequence[ToolSpec]] = field(default_factory=list)

    model = "mind"

    @property
    def writes_freely(self) -> bool:
        return self.says is not None

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
        self.heard.append(messages)
        self.asked.append(tools)
        number = 1 + sum(bool(message.calls) for message in messages)
        happens = self.meanwhile.pop(number, None)
        if happens is not None:
            happens()
        if self.says is None:
            yield from ExtractiveAdapter(ANALYSER).reply(messages, tools)
        else:
            yield from self.says[min(number, len(self.says)) - 1]
            yield TokensUsed(10, 2)


def search(query: str) -> ToolCall:
    return ToolCall("c1", "search", {"query": query})


@dataclass
class Room:
    database: Database
    clock: FrozenClock
    office: Office
    keys: AccessKeys
    library: Library
    mind: Mind
    queue: JobQueue
    asking: Asking
    conversations: Conversations
    memories: Memories
    handler: AnswerHandler
    watch: AnswerWatch
    work: AnswerWork
    reads: ReadLog

    @property
    def people(self) -> People:
        return self.office.people

    def person(self, user: str | None = None, role: Role = Role.MEMBER, **rules: object) -> Principal:
        """With a new key: the member's, unless said otherwise."""
        owner = {"tenant_id": self.people.tenant, "user_id": user or self.people.member, "name": "laptop"}
        with self.database.write() as session:
            issued = self.keys.create(session, role=role, **owner | rules)  # type: ignore[arg-type]  # fields
            return self.keys.authenticate(session, issued.token)

    def ask(self, who: Principal, text: str, conversation: str | None = None, about: Context | None = None) -> Asked:
        with self.database.write() as session:
            return self.asking.ask(session, who, NewMessage(text, conversation, about))

    def claim(self, owner: str = "w1") -> Claim:
        with self.database.write() as session:
            (claim,) = self.queue.claim(session, queue=QUEUE, owner=owner, limit=1)
        return claim

    def works(self, claim: Claim | None = None, signals: Signals = CALM) -> Claim:
        claim = claim or self.claim()
        self.handler.run([claim], signals)
        return claim

    def answer(self, who: Principal, asked: Asked) -> MessageView:
        with self.database.read() as session:
            return self.conversations.message(session, who, asked.conversation_id, asked.answer_id)

    def told(self, who: Principal, text: str, conversation: str | None = None) -> MessageView:
        """The answer, made at once."""
        asked = self.ask(who, text, conversation)
        self.works()
        return self.answer(who, asked)

    def history(self, who: Principal, conversation: str) -> ConversationDetail:
        with self.database.read() as session:
            return self.conversations.get(session, who, conversation)

    def row(self, asked: Asked) -> ChatMessage:
        with self.database.read() as session:
            return session.get_one(ChatMessage, asked.answer_id)

    def job(self, claim: Claim) -> Job:
        with self.database.read() as session:
            return session.get_one(Job, claim.id)

    def messages(self) -> int:
        with self.database.read() as session:
            return len(session.scalars(select(ChatMessage.id)).all())


@dataclass(frozen=True)
class Talk:
    """The services of conversations, and who answers in them."""

    asking: Asking
    conversations: Conversations
    handler: AnswerHandler
    watch: AnswerWatch
    work: AnswerWork
    reads: ReadLog


@contextmanager
def talking(bureau: Bureau, library: Library, adapters: Adapters, bounds: Bounds = BOUNDS) -> Iterator[Talk]:
    """Conversations of that bureau, answered from that library."""
    database, clock, desk = bureau.database, bureau.clock, bureau.desk
    agents, queue = AgentDirectory(), desk.moves.queue
    contexts = Contexts(desk.tasks, Projects(desk.tasks.gate, clock), Clients(clock))
    reads = ReadLog(database=database, trail=Trail(clock=clock))
    progress = AnswerProgress(
        jobs=queue, agents=agents, readers=Readers(AccessKeys(clock=clock), library), contexts=contexts,
        readable=library, adapters=adapters, bounds=bounds, clock=clock,
    )  # fmt: skip
    yield Talk(
        asking=Asking(agents, contexts, queue, clock, "researcher"),
        conversations=Conversations(library, queue),
        handler=AnswerHandler(database, queue, progress, Turns(library.toolbox(database), library, reads, clock)),
        watch=AnswerWatch(database, clock),
        work=AnswerWork(queue, clock),
        reads=reads,
    )
    reads.close()


@contextmanager
def opened(database: Database, clock: FrozenClock) -> Iterator[Room]:
    office, mind = Office(database, clock), Mind()
    library = Library(
        files={
            "kitchen": {"ovens": [MADE, HEAT]}, "staff": {"wages": [SALARY]}, "vault": {"recipes": [SECRET]},
        },
        roles={"kitchen": ["researcher"], "staff": ["researcher"], "vault": ["adros_cd"]},
        tenant=office.people.tenant,
    )  # fmt: skip
    with talking(office, library, adapters_of(mind)) as talk:
        yield Room(
            database=database, clock=clock, office=office, keys=AccessKeys(clock=clock), library=library, mind=mind,
            queue=office.desk.moves.queue, asking=talk.asking, conversations=talk.conversations,
            memories=Memories(clock), handler=talk.handler, watch=talk.watch, work=talk.work,
            reads=talk.reads,
        )  # fmt: skip
