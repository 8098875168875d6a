"""In whose name a crawl writes: its tenant's, as the site's owner allowed by making it."""

from __future__ import annotations

from identity.types import Principal, Role, Scope


def crawler_of(tenant_id: str) -> Principal:
    return Principal(
        tenant_id, key_id="crawler", user_id=None, name="crawler", role=Role.ADMIN, scopes=frozenset(Scope)
    )
