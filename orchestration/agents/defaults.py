"""The agents that every tenant has. Their roles are ids that other systems name, so they never change."""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.agents.types import AdapterType, AgentDefault

_ALL = (
    AgentDefault("adros_ceo", "Adros CEO", "Takes requests in and routes work into tasks"),
    AgentDefault("adros_research", "Adros Research", "Researches markets, competitors, audiences and words"),
    AgentDefault("adros_cmo", "Adros CMO", "Audits, and puts strategy and structure together"),
    AgentDefault("adros_cd", "Adros CD", "Copy and creative direction"),
    AgentDefault("adros_deployer", "Adros Deployer", "Launches, and carries out changes of accounts"),
    AgentDefault(
        "researcher",
        "Researcher",
        "Answers questions with cited passages of the knowledge base",
        AdapterType.EXTRACTIVE,
    ),
)

DEFAULTS: Mapping[str, AgentDefault] = {one.role: one for one in _ALL}
"""By role."""
