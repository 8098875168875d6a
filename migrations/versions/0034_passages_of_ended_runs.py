"""texts of passages in the turns of runs that have ended"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels = None
depends_on = None

_ENDED = ("completed", "failed", "timeout", "cancelled")

turns = sa.table(
    "run_turns", sa.column("run_id", sa.String), sa.column("number", sa.Integer), sa.column("calls", sa.JSON)
)
runs = sa.table("task_runs", sa.column("id", sa.String), sa.column("state", sa.String))


def upgrade() -> None:
    connection = op.get_bind()
    ended = sa.select(runs.c.id).where(runs.c.state.in_(_ENDED))
    for run_id, number, calls in connection.execute(sa.select(turns).where(turns.c.run_id.in_(ended))).all():
        trimmed = [_trimmed(call) for call in calls] if isinstance(calls, list) else calls
        if trimmed != calls:
            this = (turns.c.run_id == run_id) & (turns.c.number == number)
            connection.execute(sa.update(turns).where(this).values(calls=trimmed))


def downgrade() -> None:
    """What was taken away is not kept elsewhere."""


def _trimmed(call: dict[str, Any]) -> dict[str, Any]:
    """Passages by citation and chunk alone."""
    result = json.loads(call["result"] or "null")
    if not isinstance(result, dict) or "passages" not in result:
        return call
    passages = [{"citation": one["citation"], "chunk_id": one["chunk_id"]} for one in result["passages"]]
    return {**call, "result": json.dumps({**result, "passages": passages}, ensure_ascii=False)}
