"""The parts of conversations, from settings."""

from __future__ import annotations

from dataclasses import dataclass

from identity.clients import Clients
from identity.keys import AccessKeys
from ingest.datasets.gate import Gate
from ingest.files.reading import Reading
from kit.clock import Clock
from kit.jobs.queue import JobQueue
from kit.settings import Settings
from orchestration.agents.directory import AgentDirectory
from orchestration.chat.asking import Asking
from orchestration.chat.context import Contexts
from orchestration.chat.handler import AnswerHandler
from orchestration.chat.memories import Memories
from orchestration.chat.progress import AnswerProgress
from orchestration.chat.readers import Readers
from orchestration.chat.service import Conversations
from orchestration.chat.work import AnswerWatch, AnswerWork
from orchestration.engines import Engines
from orchestration.runs.turns import Turns
from orchestration.runs.types import Bounds
from orchestration.teamwork import Teamwork
from orchestration.thinking import make_adapters


@dataclass(frozen=True, slots=True)
class Chat:
    conversations: Conversations
    asking: Asking
    memories: Memories
    handler: AnswerHandler
    work: AnswerWork
    watch: AnswerWatch


def make_chat(
    settings: Settings,
    clock: Clock,
    engines: Engines,
    teamwork: Teamwork,
    *,
    gate: Gate,
    queue: JobQueue,
    turns: Turns,
) -> Chat:
    """`turns` are those of agents that only read."""
    reading, agents = Reading(gate=gate), AgentDirectory()
    contexts = Contexts(teamwork.tasks, teamwork.projects, Clients(clock))
    progress = AnswerProgress(
        jobs=queue,
        agents=agents,
        readers=Readers(AccessKeys(clock=clock), gate),
        contexts=contexts,
        readable=reading,
        adapters=make_adapters(settings, engines.secrets),
        bounds=Bounds(settings.agent_run_turns, settings.agent_run_seconds),
        clock=clock,
    )
    return Chat(
        conversations=Conversations(reading, queue),
        asking=Asking(agents, contexts, queue, clock, settings.chat_agent),
        memories=Memories(clock),
        handler=AnswerHandler(engines.database, queue, progress, turns),
        work=AnswerWork(queue, clock),
        watch=AnswerWatch(engines.database, clock),
    )
