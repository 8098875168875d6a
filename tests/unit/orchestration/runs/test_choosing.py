"""What is set for models, and what keeps an agent from being run."""

from __future__ import annotations

import pytest

from kit.db.database import Database
from kit.errors import ConfigurationError
from orchestration.agents.types import AdapterType, AgentConfig
from orchestration.runs.adapters.prices import prices
from orchestration.runs.types import Price
from tests.unit.orchestration.runs.thinking import adapters


class TestPrices:
    def test_are_by_model(self) -> None:
        assert prices(" small=0.25/2, hf.co/a=b=1/1 ,") == {"small": Price(0.25, 2), "hf.co/a=b": Price(1, 1)}
        assert prices(None) == {}

    @pytest.mark.parametrize("text", ["small", "small=1", "=1/2", "small=1/x", "small=-1/2", "small=nan/2", "a=1/2/3"])
    def test_that_are_none_are_refused_by_name(self, text: str) -> None:
        with pytest.raises(ConfigurationError, match="CAIRN_MODEL_PRICES"):
            prices(text)


class TestNetworksForModels:
    def test_that_are_none_are_refused_by_name(self) -> None:
        with pytest.raises(ConfigurationError, match="CAIRN_MODEL_ALLOW"):
            adapters(model_allow="intranet")


class TestLacks:
    @pytest.mark.parametrize(
        ("settings", "lack"),
        [
            ({}, "CAIRN_OPENAI_KEY"),
            ({"openai_key": "k"}, "CAIRN_OPENAI_MODEL"),
            ({"openai_url": "http://127.0.0.1:11434/v1"}, "CAIRN_OPENAI_MODEL"),
            ({"openai_key": "k", "openai_model": "m"}, None),
            ({"openai_url": "http://127.0.0.1:11434/v1", "openai_model": "m"}, None),
        ],
    )
    def test_names_the_setting(self, database: Database, settings: dict[str, object], lack: str | None) -> None:
        config = AgentConfig("i", "researcher", "R", "", AdapterType.OPENAI, is_default=False)
        with database.read() as session:
            found = adapters(**settings).lacks(session, "t", config)
        assert found is None if lack is None else lack in (found or "")

    def test_a_price_where_there_is_a_limit(self, database: Database) -> None:
        config = AgentConfig("i", "researcher", "R", "", AdapterType.OPENAI, is_default=False, max_cost_usd=1.0)
        with database.read() as session:
            lack = adapters(openai_key="k", openai_model="m").lacks(session, "t", config)
            priced = adapters(openai_key="k", openai_model="m", model_prices="m=1/1").lacks(session, "t", config)
        assert ("CAIRN_MODEL_PRICES" in (lack or ""), priced) == (True, None)
