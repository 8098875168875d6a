"""`cairn keys` on a server elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from cli.output import print_json, print_table, remark, say
from cli.remote import as_plain, connected, picked


def list_keys(server: str, *, as_json: bool) -> None:
    with connected(server) as cairn:
        found = cairn.list_keys()
    if as_json:
        print_json(as_plain(found))
        return
    rows = [(k.name, f"{k.hint}…", k.role, k.agent_role, k.state, k.last_used_at, k.id) for k in found.data]
    print_table(("Name", "Key", "Role", "Agent role", "State", "Last used", "Id"), rows)


def create_key(
    server: str, name: str, *, role: str, scopes: Sequence[str] | None, agent_role: str | None,
    datasets: Sequence[str] | None, expires_days: int | None, as_json: bool,
) -> None:  # fmt: skip
    """By the clock of here: a day more or less of difference shows in the key that is printed."""
    with connected(server) as cairn:
        known = cairn.list_datasets().data if datasets else []
        ids = [picked(one, known).id for one in datasets] if datasets else None
        ends = None if expires_days is None else datetime.now(UTC) + timedelta(days=expires_days)
        issued = cairn.create_key(
            name, role=role, scopes=scopes, agent_role=agent_role, dataset_ids=ids, expires_at=ends
        )
    if as_json:
        print_json(as_plain(issued))
    else:
        remark(f"Key {issued.key.name!r} ({issued.key.id}), shown this once:")
        print(issued.token)


def revoke_key(server: str, key_id: str, *, as_json: bool) -> None:
    with connected(server) as cairn:
        key = cairn.revoke_key(key_id)
    if as_json:
        print_json(as_plain(key))
    else:
        say(f"Revoked key {key.name!r} ({key.id}).")
