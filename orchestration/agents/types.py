"""The vocabulary of agents."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgentDefault:
    """An agent as every tenant has it. `role` is its id."""

    role: str
    name: str
    about: str
