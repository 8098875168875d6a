"""How a task in the sandbox can end other than with its result."""

from __future__ import annotations

import signal

from kit.errors import CairnError, Unavailable, Unprocessable

MEBIBYTE = 1024 * 1024


class SandboxTaskFailed(Unprocessable):
    """The task itself did not finish. Final: the same file would end in the same way."""

    code = "PARSE_FAILED"


class OutOfMemory(SandboxTaskFailed):
    code = "PARSE_OUT_OF_MEMORY"

    def __init__(self, limit_bytes: int) -> None:
        limit = limit_bytes // MEBIBYTE
        super().__init__(
            f"reading the file ran out of memory (limit {limit} MB); split the file or raise CAIRN_PARSE_MEMORY "
            "(CAIRN_OCR_MEMORY where text recognition is on)"
        )


class OutOfCpuTime(SandboxTaskFailed):
    code = "PARSE_OUT_OF_TIME"

    def __init__(self, seconds: int, *, step_seconds: int = 0) -> None:
        super().__init__(
            f"reading the file exceeded {seconds} s of CPU{_a_page(step_seconds)}; split the file or raise "
            f"CAIRN_PARSE_CPU_SECONDS{_or_page(step_seconds)}"
        )


class OutOfTime(SandboxTaskFailed):
    code = "PARSE_OUT_OF_TIME"

    def __init__(self, seconds: float, *, step_seconds: int = 0) -> None:
        super().__init__(
            f"reading the file took more than {seconds:g} s{_a_page(step_seconds)}; split the file or raise "
            f"CAIRN_PARSE_TIMEOUT{_or_page(step_seconds)}"
        )


class TaskCrashed(SandboxTaskFailed):
    """A native library failed on the content, or the process was killed from outside."""

    code = "PARSE_CRASHED"

    def __init__(self, *, signal_number: int = 0, exit_status: int = 0) -> None:
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


def _a_page(seconds: int) -> str:
    return f" and {seconds} s more for each page read by text recognition" if seconds else ""


def _or_page(seconds: int) -> str:
    return " or CAIRN_OCR_PAGE_SECONDS" if seconds else ""


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"
