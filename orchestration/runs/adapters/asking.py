"""What adapters of models on other machines have in common: whom they ask, within what, and how that goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic

import httpx2

from kit.egress.bounded import BoundedTransport
from kit.errors import CairnError
from kit.redaction import redact_text
from orchestration.runs.adapters.endpoints import Endpoint
from orchestration.runs.adapters.errors import ModelFailed, ModelIsBusy, ModelRefused, OutOfMoney, OutOfTime
from orchestration.runs.types import Left, Message, ToolSpec

LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes on the wire: each token comes as an event of some hundred."""

UNUSED_KEY = "in-the-transport"
"""What the client libraries are told, so that no key is in their hands, logs and errors."""

_CONNECT_SECONDS = 10.0
_FIRST_WAIT = 5.0
_LONGEST_WAIT = 3600.0
_LEAST_TOKENS = 16
_CHARACTERS_PER_TOKEN = 4  # about, of English; it only says beforehand what the server counts afterwards
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
        characters = sum(len(one.text) + sum(len(str(call.arguments)) for call in one.calls) for one in messages)
        characters += sum(len(one.about) + len(str(one.parameters)) for one in tools)
        reading = characters / _CHARACTERS_PER_TOKEN * price.input / 1_000_000
        affordable = (usd - reading) / price.output * 1_000_000
        if affordable < _LEAST_TOKENS:
            raise OutOfMoney(
                f"{usd:.4f} US dollars are left of what the activity may cost, which pays for no further reply of "
                f"{self.endpoint.model}"
            )
        return min(most, int(affordable))

    def cut(self, tokens: int) -> CairnError:
        """For a reply that ended because it had as many tokens as it might."""
        if tokens < self.endpoint.most_tokens:
            return OutOfMoney(f"the reply was cut after {tokens} tokens, all that was left to pay for of the activity")
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
            return ModelIsBusy(f"{name} is asked too much: {said}", retry_after=_wait(headers))
        if status in {503, 529} and "retry-after" in headers:
            return ModelIsBusy(f"{name} is busy: {said}", retry_after=_wait(headers))
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


def _wait(headers: Mapping[str, str]) -> float:
    """Seconds. A date, which the header may be too, is not worth reading: asking again tells."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return _FIRST_WAIT
    return min(max(seconds, 1.0), _LONGEST_WAIT) if seconds == seconds else _FIRST_WAIT  # noqa: PLR0124 - NaN is not
