"""How a task in the sandbox can end other than with its result."""

from __future__ import annotations

import signal

from ingest.sandbox.limits import MEBIBYTE, Limits
from kit.errors import CairnError, Unavailable, Unprocessable


class SandboxTaskFailed(Unprocessable):
    """The task itself did not finish. Final: the same file would end in the same way."""

    code = "PARSE_FAILED"


class OutOfMemory(SandboxTaskFailed):
    code = "PARSE_OUT_OF_MEMORY"

    def __init__(self, limits: Limits) -> None:
        limit = limits.memory_bytes // MEBIBYTE
        super().__init__(
            f"reading the file ran out of memory (limit {limit} MB); {_remedy(limits, limits.memory_setting)}"
        )


class OutOfCpuTime(SandboxTaskFailed):
    code = "PARSE_OUT_OF_TIME"

    def __init__(self, limits: Limits) -> None:
        super().__init__(
            f"reading the file exceeded {limits.cpu_seconds} s of CPU{_a_step(limits)}; "
            f"{_remedy(limits, f'CAIRN_PARSE_CPU_SECONDS{_or_step(limits)}')}"
        )


class OutOfTime(SandboxTaskFailed):
    code = "PARSE_OUT_OF_TIME"

    def __init__(self, limits: Limits) -> None:
        super().__init__(
            f"reading the file took more than {limits.seconds:g} s{_a_step(limits)}; "
            f"{_remedy(limits, f'CAIRN_PARSE_TIMEOUT{_or_step(limits)}')}"
        )


class TaskCrashed(SandboxTaskFailed):
    """A native library failed on the content, or the process was killed from outside."""

    code = "PARSE_CRASHED"

    def __init__(self, *, signal_number: int = 0, exit_status: int = 0) -> None:
        if signal_number == signal.SIGKILL:
            super().__init__(
                "reading the file was ended from outside with signal 9 (SIGKILL), as systems do that run out of "
                "memory; re-ingest it when there is more, or parse fewer files at the same time (CAIRN_PARSE_WORKERS)"
            )
            return
        how = f"signal {signal_number} ({_name(signal_number)})" if signal_number else f"exit status {exit_status}"
        super().__init__(f"reading the file crashed with {how}; the file is damaged or of a rare kind: save it anew")


class ResultTooLarge(SandboxTaskFailed):
    code = "PARSE_RESULT_TOO_LARGE"


class TaskHasBug(SandboxTaskFailed):
    """The task raised something that is no CairnError; `trace` is for the log."""

    code = "PARSE_INTERNAL_ERROR"

    def __init__(self, summary: str, trace: str) -> None:
        super().__init__(f"reading the file failed inside Cairn ({summary}); the log of the server has the details")
        self.trace = trace


class TaskCancelled(CairnError):
    """The caller's own `cancel` said so; the child is gone."""

    code = "CANCELLED"


class SandboxUnavailable(Unavailable):
    """No child could be started, or the zygote died twice in a row under the task. Trying again later may help."""

    code = "SANDBOX_UNAVAILABLE"


def _remedy(limits: Limits, setting: str) -> str:
    if limits.is_fixed:
        return "no setting raises that: split the file or save it anew"
    return f"split the file or raise {setting}"


def _a_step(limits: Limits) -> str:
    return f" and {limits.step_seconds} s more for each step" if limits.step_seconds else ""


def _or_step(limits: Limits) -> str:
    return f" or {limits.step_setting}" if limits.step_setting else ""


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
