"""A child's end, read: its result, or the error that says how it went."""

from __future__ import annotations

import os
import signal

import msgspec

from ingest.sandbox.errors import OutOfCpuTime, OutOfMemory, SandboxTaskFailed, TaskCrashed, TaskHasBug
from ingest.sandbox.frames import Answer, Bug, NoMemory, Refusal, Result, error_of
from ingest.sandbox.limits import Limits
from kit.zygote.process import Ended

_OUT_OF_MEMORY_SIGNALS = {signal.SIGABRT, signal.SIGTRAP, signal.SIGILL, signal.SIGSEGV, signal.SIGBUS}
_NEAR_LIMIT = 0.5
"""Of the memory limit, as peak resident size: a native library that dies above it has most likely been refused memory.
pdfium asks for large blocks, so the refused one is never resident; it aborted at 0.6 to 0.9 of the limit."""


def result_of(answer: Answer, limits: Limits) -> bytes:
    """The result's payload. Raises the CairnError that the task raised, or SandboxTaskFailed."""
    match answer:
        case Result(payload):
            return payload
        case Refusal() as refusal:
            raise error_of(refusal)
        case NoMemory():
            raise OutOfMemory(limits)
        case Bug(summary, trace):
            raise TaskHasBug(summary, trace)


def death_of(report: bytes, limits: Limits) -> SandboxTaskFailed:
    """Why a child ended that owed an answer."""
    return _death(msgspec.msgpack.decode(report, type=Ended), limits)


def _death(ended: Ended, limits: Limits) -> SandboxTaskFailed:
    if not os.WIFSIGNALED(ended.status):
        return TaskCrashed(exit_status=os.waitstatus_to_exitcode(ended.status))
    number = os.WTERMSIG(ended.status)
    if number == signal.SIGXCPU:
        return OutOfCpuTime(limits)
    if number in _OUT_OF_MEMORY_SIGNALS and ended.max_rss > limits.memory_bytes * _NEAR_LIMIT:
        return OutOfMemory(limits)
    return TaskCrashed(signal_number=number)
