"""What adapters of models on other machines have in common: whom they ask, within what, and how that goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil, isnan, nan
from time import monotonic
from typing import Protocol

import httpx2

from kit.egress.bounded import BoundedTransport
from kit.errors import CairnError
from kit.redaction import redact_text
from orchestration.runs.adapters.calls import numbered, storable
from orchestration.runs.adapters.endpoints import Endpoint
from orchestration.runs.adapters.errors import ModelFailed, ModelIsBusy, ModelRefused, OutOfMoney, OutOfTime
from orchestration.runs.types import Left, Message, ReplyPart, TextDelta, TokensUsed, ToolSpec

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes on the wire: each token comes as an event of some hundred."""

UNUSED_KEY = "in-the-transport"
"""What the client libraries are told, so that no key is in their hands, logs and errors."""

_CONNECT_SECONDS = 10.0
_FIRST_WAIT = 5.0
_LONGEST_WAIT = 3600.0
_LEAST_TOKENS = 16
_BYTES_PER_TOKEN = 3  # 4 or more of English, 3 a letter of Chinese: rather too many tokens than too few
_NEVER = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
"""What some servers answer 429 with although no waiting helps."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One reply to be asked for; `until` is on the clock of `monotonic`."""

    endpoint: Endpoint
    left: Left
    until: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "until", monotonic() + self.left.seconds)

    def timeout(self) -> httpx2.Timeout:
        silence = max(0.001, min(self.endpoint.silence, self.until - monotonic()))
        return httpx2.Timeout(silence, connect=min(_CONNECT_SECONDS, silence))

    @contextmanager
    def client(self, credentials: Mapping[str, str]) -> Iterator[httpx2.Client]:
        transport = BoundedTransport(
            self.endpoint.policy,
            url=self.endpoint.url,
            credentials=credentials,
            until=self.until,
            limit=LARGEST_ANSWER,
        )
        with httpx2.Client(transport=transport, trust_env=False, follow_redirects=False) as client:
            yield client

    def tokens(self, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> int:
        """That the reply may have: what is left has to pay for it. OutOfMoney."""
        most, usd, price = self.endpoint.most_tokens, self.left.usd, self.endpoint.price
        if usd is None or price is None or not price.output:
            return most
        reading = _read(messages, tools) * price.input / 1_000_000
        affordable = (usd - reading) / price.output * 1_000_000
        if affordable < _LEAST_TOKENS:
            raise OutOfMoney(
                f"{usd:.4f} US dollars are left of what the task may cost, which pays for no further reply of "
                f"{self.endpoint.model}"
            )
        return min(most, int(affordable))

    def cut(self, tokens: int) -> CairnError:
        """For a reply that ended because it had as many tokens as it might."""
        if tokens < self.endpoint.most_tokens:
            return OutOfMoney(f"the reply was cut after {tokens} tokens, all that was left to pay for of the task")
        return ModelRefused(
            f"the reply of {self.endpoint.model} was cut after {tokens} tokens; CAIRN_MODEL_REPLY_TOKENS allows more"
        )

    def answered(self, status: int, headers: Mapping[str, str], body: object) -> CairnError:
        """For an answer that is none."""
        endpoint, said = self.endpoint, self._shown(_said(body))
        name = f"the server of model {endpoint.model} ({endpoint.host})"
        if status in {401, 403}:
            return ModelRefused(f"{name} refuses the key: set another, as {endpoint.key_setting}")
        if status == 429 and _code(body) not in _NEVER:
            return ModelIsBusy(f"{name} is asked too much: {said}", retry_after=wait_of(headers))
        if status in {503, 529} and "retry-after" in headers:
            return ModelIsBusy(f"{name} is busy: {said}", retry_after=wait_of(headers))
        if status >= 500 or status in {408, 409, 425}:
            return ModelFailed(f"{name} answers {status}: {said}")
        return ModelRefused(f"{name} answers {status}: {said}")

    def failed(self, error: BaseException) -> CairnError:
        """For whatever else kept the reply from coming whole; reasons lie under what the libraries make of them."""
        reason = _root(error)
        if isinstance(reason, CairnError):
            return reason
        name = f"the server of model {self.endpoint.model} ({self.endpoint.host})"
        if monotonic() >= self.until:
            return OutOfTime(f"no answer in the {self.left.seconds:.0f} seconds that the run had left")
        if isinstance(reason, httpx2.ConnectTimeout | httpx2.ConnectError):
            return ModelFailed(f"{name} is not there: {self._shown(str(reason))}")
        if isinstance(reason, httpx2.TimeoutException):
            return ModelFailed(f"{name} said nothing for {self.endpoint.silence:.0f} seconds (CAIRN_MODEL_SILENCE)")
        return ModelFailed(f"{name} gave no whole reply: {self._shown(str(reason) or type(reason).__name__)}")

    def _shown(self, text: str) -> str:
        """What a server says, without the key, which some repeat."""
        key = self.endpoint.key
        return redact_text(text.replace(key, "[redacted]") if key else text).replace("\x00", "\ufffd")[:300]


class Wire(Protocol):
    """One reply as a maker's client brings it; it remembers what has come. `failures` are the client's errors."""

    @property
    def failures(self) -> type[Exception]: ...

    def texts(self, ask: Ask, messages: Sequence[Message], tools: Sequence[ToolSpec], most: int) -> Iterator[str]:
        """What the reply says, piece by piece; empty pieces are none."""

    def refusal(self, error: Exception) -> tuple[int, Mapping[str, str], object] | None:
        """The status, headers and body of an answer that is no reply; None for another error."""

    def check(self, ask: Ask, most: int) -> None:
        """Raises where the reply did not come to its end, or is none."""

    @property
    def calls(self) -> Sequence[tuple[str, str]]:
        """Names and arguments as they came, in their order."""

    @property
    def tokens(self) -> TokensUsed | None:
        """None where the server told none."""


def replied(ask: Ask, wire: Wire, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Iterator[ReplyPart]:
    """The reply of a model, whoever's client brings it. One that goes wrong on the way tells its tokens before it
    raises: they are to be paid for as well."""
    most, said, wrong = ask.tokens(messages, tools), 0, None
    try:
        for text in wire.texts(ask, messages, tools, most):
            if text:
                said += _bytes(text)
                yield TextDelta(storable(text))
        wire.check(ask, most)
    except (wire.failures, httpx2.TransportError, CairnError, ValueError) as error:
        refusal = wire.refusal(error)
        wrong = ask.failed(error) if refusal is None else ask.answered(*refusal)
    said += sum(_bytes(name + raw) for name, raw in wire.calls)
    if wrong is None:
        yield from numbered(wire.calls, messages)
        yield _used(wire.tokens, said, messages, tools)
    else:
        if said or wire.tokens is not None:
            yield _used_until_then(wire.tokens, said, messages, tools)
        raise wrong


def _used(told: TokensUsed | None, said: int, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> TokensUsed:
    """Estimated where the server told none, so that a limit in dollars holds for it too; a server that read nothing
    told none. `said`: bytes."""
    if told is not None and told.input:
        return told
    return TokensUsed(_read(messages, tools), ceil(said / _BYTES_PER_TOKEN), is_estimated=True)


def _used_until_then(
    told: TokensUsed | None, said: int, messages: Sequence[Message], tools: Sequence[ToolSpec]
) -> TokensUsed:
    """Some servers tell at the beginning what they have read, and only at the end what they have written."""
    used = _used(told, said, messages, tools)
    written = max(used.output, ceil(said / _BYTES_PER_TOKEN))
    return TokensUsed(used.input, written, is_estimated=used.is_estimated or written > used.output)


def _read(messages: Sequence[Message], tools: Sequence[ToolSpec]) -> int:
    """Tokens of what the model is given, rather too many."""
    given = sum(_bytes(one.text) + sum(_bytes(str(call.arguments)) for call in one.calls) for one in messages)
    given += sum(_bytes(one.about + str(one.parameters)) for one in tools)
    return ceil(given / _BYTES_PER_TOKEN)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def _root(error: BaseException) -> BaseException:
    found = error
    while found.__cause__ is not None:
        if isinstance(found, CairnError | httpx2.TransportError):
            break
        found = found.__cause__
    return found


def _inner(body: object) -> Mapping[str, object]:
    """Servers answer `{"error": {"message": …}}`; a library may have taken the outer part off."""
    if not isinstance(body, Mapping):
        return {}
    inner = body.get("error", body)
    return inner if isinstance(inner, Mapping) else {"message": inner}


def _said(body: object) -> str:
    return str(_inner(body).get("message") or (body if isinstance(body, str) else "") or "it says no more")


def _code(body: object) -> str:
    return str(_inner(body).get("code") or "")


def wait_of(headers: Mapping[str, str]) -> float:
    """Seconds: as many as it says, or until the date that it says, by the server's own clock where it tells that."""
    said = headers.get("retry-after", "")
    try:
        seconds = float(said)
    except ValueError:
        until, now = _date(said), _date(headers.get("date", "")) or datetime.now(UTC)
        seconds = nan if until is None else (until - now).total_seconds()
    return _FIRST_WAIT if isnan(seconds) else min(max(seconds, 1.0), _LONGEST_WAIT)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
