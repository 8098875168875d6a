"""Where the key of an agent's model is kept."""

from __future__ import annotations

from kit.secrets.store import Place

KIND = "agent"


def key_place(tenant_id: str, role: str) -> Place:
    return Place(tenant_id, KIND, role, "model-key")
