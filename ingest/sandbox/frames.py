"""What travels between the server and a child: length-prefixed msgpack. Never pickle: the child reads hostile files, so
its answers are not trusted with more than data."""

from __future__ import annotations

import msgspec

from kit import errors

PREFIX_BYTES = 8

_FAMILIES = {
    family.__name__: family
    for family in (
        *(errors.Invalid, errors.Unprocessable, errors.TooLarge, errors.NotFound, errors.Conflict),
        *(errors.Unavailable, errors.ConfigurationError, errors.CairnError),
    )
}


class Request(msgspec.Struct, frozen=True):
    """Limits of the child first, then what it runs, once for each of the payloads. `is_watched`: it tells of its
    steps."""

    cpu_seconds: int
    steps: int
    step_seconds: int
    is_watched: bool
    memory_bytes: int
    file_bytes: int
    function: str
    payloads: list[bytes]


class Step(msgspec.Struct, frozen=True):
    """`done` of `total` steps of the task are over."""

    done: int
    total: int


class Result(msgspec.Struct, frozen=True, tag="result"):
    payload: bytes


class Refusal(msgspec.Struct, frozen=True, tag="refusal"):
    """A CairnError: its nearest class in kit.errors, its code and words; `details` are (field, message)."""

    family: str
    code: str
    message: str
    details: list[tuple[str, str]]


class NoMemory(msgspec.Struct, frozen=True, tag="memory"):
    pass


class Bug(msgspec.Struct, frozen=True, tag="bug"):
    summary: str
    trace: str


Answer = Result | Refusal | NoMemory | Bug

_answers = msgspec.msgpack.Decoder(Answer)
_requests = msgspec.msgpack.Decoder(Request)
_steps = msgspec.msgpack.Decoder(Step)
_STEP_MARK = 1 << 63  # in the prefix
_STEP_BYTES = 64


def encode(frame: Request | Answer) -> bytes:
    body = msgspec.msgpack.encode(frame)
    return len(body).to_bytes(PREFIX_BYTES, "big") + body


def encode_step(step: Step) -> bytes:
    body = msgspec.msgpack.encode(step)
    return (_STEP_MARK | len(body)).to_bytes(PREFIX_BYTES, "big") + body


def take_step(data: bytearray) -> Step | None:
    """Cuts a step off the beginning of what a child has sent so far. None where no whole one stands there."""
    if len(data) < PREFIX_BYTES:
        return None
    length = int.from_bytes(data[:PREFIX_BYTES], "big") ^ _STEP_MARK
    if length > _STEP_BYTES or len(data) < PREFIX_BYTES + length:
        return None
    body = bytes(data[PREFIX_BYTES : PREFIX_BYTES + length])
    try:
        step: Step = _steps.decode(body)
    except msgspec.MsgspecError:
        return None
    del data[: PREFIX_BYTES + length]
    return step


def decode_request(body: bytes) -> Request:
    return _requests.decode(body)


def take_answer(data: bytearray) -> Answer | None:
    """Cuts an answer off the beginning of what a child has sent so far. None where no whole one stands there.
    ValueError for what is none: the child was taken over."""
    length = int.from_bytes(data[:PREFIX_BYTES], "big")
    if len(data) < PREFIX_BYTES or len(data) < PREFIX_BYTES + length:
        return None
    with memoryview(data) as view:
        answer: Answer = _answers.decode(view[PREFIX_BYTES : PREFIX_BYTES + length])
    del data[: PREFIX_BYTES + length]
    return answer


def refusal_of(error: errors.CairnError) -> Refusal:
    family = next(base.__name__ for base in type(error).__mro__ if base.__name__ in _FAMILIES)
    return Refusal(family, error.code, error.message, [(detail.field, detail.message) for detail in error.details])


def error_of(refusal: Refusal) -> errors.CairnError:
    """Of the same family and with the same code; callers that know finer classes map them by code."""
    details = [errors.Detail(field, message) for field, message in refusal.details]
    return _FAMILIES.get(refusal.family, errors.Invalid)(refusal.message, code=refusal.code, details=details)
