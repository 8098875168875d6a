"""Runs tasks on hostile content in child processes that are bounded in memory, CPU and time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import msgspec

from ingest.sandbox.child import Readiness
from ingest.sandbox.conversation import Conversation, ZygoteDied
from ingest.sandbox.endings import result_of
from ingest.sandbox.errors import SandboxTaskFailed, SandboxUnavailable, TaskCancelled
from ingest.sandbox.frames import Answer, Request, encode
from ingest.sandbox.limits import Limits
from ingest.sandbox.tasks import PARSE_TASKS, PARSER_LIBRARIES, SandboxTask, Watch
from kit.errors import CairnError
from kit.zygote.handle import ZygoteDidNotStart, ZygoteProcess
from kit.zygote.keeper import KeeperIsClosed, ZygoteKeeper, start_child
from kit.zygote.process import ZygoteConfig

_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
}


class Sandbox:
    """Thread-safe: each call has a child of its own. The zygote starts with the first call, and anew when it
    has died.

    `tasks` is the list of what may run, name to `package.module:function`; `preload` are modules imported beforehand;
    `prepare` are tasks that run once, before any file is there, so that each child starts with what they loaded.
    """

    def __init__(
        self,
        *,
        tasks: Mapping[str, str] = PARSE_TASKS,
        preload: Sequence[str] = PARSER_LIBRARIES,
        prepare: Sequence[SandboxTask] = (),
    ) -> None:
        self._tasks = dict(tasks)
        prepared = [(task.function, task.payload) for task in prepare]
        argument = msgspec.json.encode(Readiness(self._tasks, list(preload), prepared))
        config = ZygoteConfig("ingest.sandbox.child:make_ready", argument)
        self._keeper = ZygoteKeeper(config, environment=_ENVIRONMENT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts the zygote now instead of with the first task."""
        self._running_zygote()

    def close(self) -> None:
        """Kills what is running; their callers get SandboxUnavailable."""
        self._keeper.close()

    @property
    def zygote_pid(self) -> int | None:
        return self._keeper.pid

    def run(
        self,
        task: SandboxTask,
        *,
        limits: Limits,
        cancel: Callable[[], bool] | None = None,
        watch: Watch | None = None,
    ) -> bytes:
        """What the task's function returns.

        `cancel` is asked every 50 ms; `watch` is for functions that tell of their steps. Raises what the function
        raised if that is a CairnError (of the same family and code), SandboxTaskFailed for a task that ended in any
        other way, TaskCancelled, or SandboxUnavailable.
        """
        if task.function not in self._tasks:
            raise ValueError(f"{task.function!r} is not among the sandbox's tasks: {', '.join(self._tasks)}")
        for _ in range(2):
            zygote = self._running_zygote()
            try:
                with _conversation(zygote, limits=limits, cancel=cancel, watch=watch) as conversation:
                    return conversation.hold(
                        _request(task.function, [task.payload], limits, is_watched=watch is not None)
                    )
            except ZygoteDied:
                self._keeper.discard(zygote)
        raise SandboxUnavailable("the process that parses files died twice while the file was read; try again later")

    def run_each(
        self,
        function: str,
        payloads: Sequence[bytes],
        *,
        limits: Limits,
        cancel: Callable[[], bool] | None = None,
    ) -> Generator[bytes | CairnError, None, None]:
        """What `run` would return or raise for each, in their order, as it comes. For small payloads from one source,
        for they share a child. One at which that fails has a child of its own after that, which decides: whether it was
        at fault, or those before it had left too little memory. Those behind it share the next.

        TaskCancelled and SandboxUnavailable are raised.
        """
        done = 0
        while done < len(payloads):
            for outcome in self._shared(function, payloads[done:], limits, cancel):
                if isinstance(outcome, SandboxTaskFailed):
                    break
                yield outcome
                done += 1
            if done < len(payloads):
                yield self._alone(SandboxTask(function, payloads[done]), limits, cancel)
                done += 1

    def _shared(
        self, function: str, payloads: Sequence[bytes], limits: Limits, cancel: Callable[[], bool] | None
    ) -> Iterator[bytes | CairnError]:
        """Ends early where the child or the zygote does."""
        if len(payloads) < 2:
            return
        zygote = self._running_zygote()
        try:
            with _conversation(zygote, limits=limits, cancel=cancel, watch=None) as conversation:
                for answer in conversation.answers(_request(function, payloads, limits), len(payloads)):
                    yield _outcome_of(answer, limits)
        except SandboxTaskFailed:
            return
        except ZygoteDied:
            self._keeper.discard(zygote)

    def _alone(self, task: SandboxTask, limits: Limits, cancel: Callable[[], bool] | None) -> bytes | CairnError:
        try:
            return self.run(task, limits=limits, cancel=cancel)
        except (TaskCancelled, SandboxUnavailable):
            raise
        except CairnError as error:
            return error

    def _running_zygote(self) -> ZygoteProcess:
        try:
            return self._keeper.running()
        except KeeperIsClosed:
            raise SandboxUnavailable("the process that parses files has been stopped") from None
        except ZygoteDidNotStart as error:
            raise SandboxUnavailable(f"the process that parses files did not start ({error})") from None


@contextmanager
def _conversation(
    zygote: ZygoteProcess, *, limits: Limits, cancel: Callable[[], bool] | None, watch: Watch | None
) -> Iterator[Conversation]:
    """With a new child, which is gone as the block ends."""
    try:
        channel, report = start_child(zygote)
    except OSError:
        raise ZygoteDied from None
    with channel, report:
        yield Conversation(channel, report, limits=limits, cancel=cancel, watch=watch)


def _request(function: str, payloads: Sequence[bytes], limits: Limits, *, is_watched: bool = False) -> bytes:
    request = Request(
        cpu_seconds=limits.cpu_seconds,
        steps=limits.steps,
        step_seconds=limits.step_seconds,
        is_watched=is_watched,
        memory_bytes=limits.memory_bytes,
        file_bytes=limits.file_bytes,
        function=function,
        payloads=list(payloads),
    )
    return encode(request)


def _outcome_of(answer: Answer, limits: Limits) -> bytes | CairnError:
    try:
        return result_of(answer, limits)
    except CairnError as error:
        return error
