"""The models that agents think with, from settings."""

from __future__ import annotations

from pydantic import SecretStr

from kit.egress.policy import AddressPolicy
from kit.secrets.store import Secrets
from kit.settings import Settings
from orchestration.agents.types import AdapterType
from orchestration.runs.adapters.choosing import Adapters, Server
from orchestration.runs.adapters.prices import prices
from orchestration.runs.extractive import ExtractiveAdapter
from retrieval.keywords.analysis import Analyser
from retrieval.stores.bm25 import DEFAULT_LANGUAGE


def make_adapters(settings: Settings, secrets: Secrets) -> Adapters:
    """ConfigurationError."""
    others = AddressPolicy.parsed(settings.egress_allow)
    openai = Server(
        setting="CAIRN_OPENAI",
        official="https://api.openai.com/v1",
        url=settings.openai_url,
        key=_plain(settings.openai_key),
        model=settings.openai_model,
    )
    anthropic = Server(
        setting="CAIRN_ANTHROPIC",
        official="https://api.anthropic.com",
        url=settings.anthropic_url,
        key=_plain(settings.anthropic_key),
        model=settings.anthropic_model,
    )
    return Adapters(
        extractive=ExtractiveAdapter(Analyser(DEFAULT_LANGUAGE)),
        servers={AdapterType.OPENAI: openai, AdapterType.ANTHROPIC: anthropic},
        secrets=secrets,
        prices=prices(settings.model_prices),
        own=others.beside(AddressPolicy.parsed(settings.model_allow, setting="CAIRN_MODEL_ALLOW")),
        others=others,
        silence=settings.model_silence,
        most_tokens=settings.model_reply_tokens,
    )


def _plain(key: SecretStr | None) -> str:
    return "" if key is None else key.get_secret_value()
