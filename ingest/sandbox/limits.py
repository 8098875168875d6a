"""What one task in the sandbox may take."""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """`memory_bytes` is address space on top of what the zygote itself takes, `seconds` wall-clock time,
    `file_bytes` the largest file that the task may write, `result_bytes` the largest result it may send.

    A task that tells of its steps has `step_seconds` more, of CPU and of the clock, for each of up to `steps` of them.

    `memory_setting` and `step_setting` say in refusals what raises `memory_bytes` and `step_seconds`; `is_fixed`: no
    setting raises any of them.
    """

    seconds: float = 120
    cpu_seconds: int = 90
    memory_bytes: int = 1024 * MEBIBYTE
    file_bytes: int = 64 * MEBIBYTE
    result_bytes: int = 1024 * MEBIBYTE
    steps: int = 0
    step_seconds: int = 0
    memory_setting: str = "CAIRN_PARSE_MEMORY"
    step_setting: str = ""
    is_fixed: bool = False
