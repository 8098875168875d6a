"""Which adapter does an agent's thinking, with which server, key and model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from kit.egress.policy import AddressPolicy
from kit.errors import CairnError
from kit.secrets.store import Secrets
from orchestration.agents.keys import key_place
from orchestration.agents.types import AdapterType, AgentConfig
from orchestration.runs.adapters.endpoints import Endpoint
from orchestration.runs.adapters.errors import ModelNotConfigured
from orchestration.runs.types import Left, ModelAdapter, Price

FREE = Price(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Chosen:
    """`price` None: not known."""

    adapter: ModelAdapter
    price: Price | None


@dataclass(frozen=True, slots=True)
class Server:
    """What the operator has set for one kind of server; `official` is where it is unless a URL is set. `setting` is
    what the names of the settings begin with."""

    setting: str
    official: str
    url: str | None = None
    key: str = field(default="", repr=False)
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Adapters:
    """`own` are the addresses that the operator's servers may have, `others` those of tenants'. A tenant's server gets
    the tenant's key and never the operator's."""

    extractive: ModelAdapter
    servers: Mapping[AdapterType, Server]
    secrets: Secrets
    prices: Mapping[str, Price]
    own: AddressPolicy
    others: AddressPolicy
    silence: float
    most_tokens: int

    def choose(self, session: Session, tenant_id: str, config: AgentConfig, left: Left) -> Chosen:
        """ModelNotConfigured, SecretCannotBeRead."""
        if config.adapter is AdapterType.EXTRACTIVE:
            return Chosen(self.extractive, FREE)
        endpoint = self._endpoint(session, tenant_id, config)
        if left.usd is not None and endpoint.price is None:
            raise ModelNotConfigured(
                f"agent {config.role} has a limit in US dollars, and what {endpoint.model} costs is not known: set "
                "CAIRN_MODEL_PRICES, or take maxCostUsdPerActivity away"
            )
        return Chosen(_MAKERS[config.adapter](endpoint, left), endpoint.price)

    def model_of(self, config: AgentConfig) -> str:
        """As it is shown with a run. Empty where none is named."""
        if config.adapter is AdapterType.EXTRACTIVE:
            return self.extractive.model
        server = self.servers.get(config.adapter)
        return (config.model or (server.model if server else None) or "")[:100]

    def lacks(self, session: Session, tenant_id: str, config: AgentConfig) -> str | None:
        """What keeps the agent from being run, as far as can be told without asking a server. None: nothing."""
        try:
            self.choose(session, tenant_id, config, Left(1.0, config.max_cost_usd))
        except CairnError as error:
            return error.message
        return None

    def _endpoint(self, session: Session, tenant_id: str, config: AgentConfig) -> Endpoint:
        server = self.servers.get(config.adapter)
        if server is None:
            raise ModelNotConfigured(f"there is no adapter for adapterType {config.adapter.value!r} here")
        own_key = self.secrets.get(session, key_place(tenant_id, config.role)) or ""
        where = f"adapterConfig.apiKey of agent {config.role}"
        if config.base_url is not None:
            url, key, policy = config.base_url, own_key, self.others
        else:
            url, key, policy = server.url or server.official, own_key or server.key, self.own
            where = where if own_key else f"{server.setting}_KEY or {where}"
            if not key and server.url is None:
                raise ModelNotConfigured(
                    f"adapter {config.adapter.value} is not configured: set {server.setting}_KEY, "
                    f"{server.setting}_URL for a server that needs no key, or {where.rpartition(' or ')[2]}"
                )
        model = config.model or server.model
        if not model:
            raise ModelNotConfigured(
                f"no model is named for agent {config.role}: set its `model`, or {server.setting}_MODEL"
            )
        return Endpoint(url, key, where, model, policy, self.prices.get(model), self.silence, self.most_tokens)


def _openai(endpoint: Endpoint, left: Left) -> ModelAdapter:
    from orchestration.runs.adapters.openai_chat import OpenAiChat  # noqa: PLC0415 - only runs that need it load it

    return OpenAiChat(endpoint, left)


def _anthropic(endpoint: Endpoint, left: Left) -> ModelAdapter:
    from orchestration.runs.adapters.anthropic_messages import (  # noqa: PLC0415 - only runs that need it load it
        AnthropicMessages,
    )

    return AnthropicMessages(endpoint, left)


_MAKERS: Mapping[AdapterType, Callable[[Endpoint, Left], ModelAdapter]] = {
    AdapterType.OPENAI: _openai,
    AdapterType.ANTHROPIC: _anthropic,
}
