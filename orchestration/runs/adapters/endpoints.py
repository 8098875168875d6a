"""Which server does an agent's thinking."""

from __future__ import annotations

from dataclasses import dataclass, field

from kit.egress.client import checked_url
from kit.egress.policy import AddressPolicy
from orchestration.runs.types import Price


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`key` is empty where the server needs none; `key_setting` says where another would be set. `silence` in seconds,
    `most_tokens` of one reply. `price` None: not known."""

    url: str
    key: str = field(repr=False)
    key_setting: str
    model: str
    policy: AddressPolicy
    price: Price | None
    silence: float
    most_tokens: int

    @property
    def host(self) -> str:
        return checked_url(self.url).host
