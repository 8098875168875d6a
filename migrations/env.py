"""What Alembic runs for every command: it works on the connection that `migrations.runner` opened."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from kit.db.base import UtcDateTime
from migrations.tables import all_tables


def render_item(kind: str, item: object, _autogen: AutogenContext) -> str | Literal[False]:
    """Revisions must go on meaning the same, so they name SQLAlchemy's types and none of ours."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    connection = context.config.attributes.get("connection")
    if not isinstance(connection, Connection):
        raise TypeError("migrations run on an open connection: use migrations.runner, not the alembic command")
    context.configure(
        connection=connection,
        target_metadata=all_tables(),
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
