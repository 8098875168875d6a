"""Whose a conversation is: the only place of that rule."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import InstrumentedAttribute

from identity.types import Principal


def owner_of(principal: Principal) -> str:
    """The person, whatever key they come with. A key that may see less than its person has conversations of its own:
    what the person was told is not for it. So has a key that is nobody's."""
    if principal.user_id is None or not principal.is_whole or principal.workspace_id is not None:
        return principal.key_id
    return principal.user_id


def owned_by(
    principal: Principal, tenant: InstrumentedAttribute[str], owner: InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    return and_(tenant == principal.tenant_id, owner == owner_of(principal))
