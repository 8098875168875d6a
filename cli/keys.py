"""`cairn keys`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from cli import remote_keys
from cli.output import Json, print_json, print_table, remark, say
from cli.remote import ServerOption
from cli.session import HomeOption, JsonOption, hand_down, opened
from identity.credentials import KeyView
from identity.types import Role, Scope

app = typer.Typer(help="List access keys; with a command: create, revoke.", invoke_without_command=True)


@app.callback()
def list_keys(
    context: typer.Context, home: HomeOption = None, server: ServerOption = None, as_json: JsonOption = False
) -> None:
    """List keys, or with a command create or revoke one."""
    if hand_down(context, home=home, as_json=as_json):
        return
    if server is not None:
        remote_keys.list_keys(server, as_json=as_json)
        return
    with opened(home) as session, session.runtime.database.read() as transaction:
        keys = session.runtime.keys.list(transaction, session.principal)
    if as_json:
        print_json({"data": [_json(key) for key in keys]})
        return
    now = session.runtime.clock.now()
    rows = [(k.name, f"{k.hint}…", k.role.value, k.agent_role, _state(k, now), k.last_used_at, k.id) for k in keys]
    print_table(("Name", "Key", "Role", "Agent role", "State", "Last used", "Id"), rows)


@app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What it is for")],
    *,
    role: Annotated[Role, typer.Option(help="What it may do at most")] = Role.MEMBER,
    scope: Annotated[list[Scope] | None, typer.Option(help="Narrower than the role; may be repeated")] = None,
    agent_role: Annotated[str | None, typer.Option(help="For an agent: it sees datasets that allow the role")] = None,
    dataset: Annotated[list[str] | None, typer.Option(help="Only these datasets, by name or id")] = None,
    expires_days: Annotated[int | None, typer.Option(min=1, help="Days until it ends by itself")] = None,
    home: HomeOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a key. It is shown this once."""
    if server is not None:
        remote_keys.create_key(
            server, name, role=role.value, scopes=None if scope is None else [one.value for one in scope],
            agent_role=agent_role, datasets=dataset, expires_days=expires_days, as_json=as_json,
        )  # fmt: skip
        return
    with opened(home) as session:
        runtime = session.runtime
        ids = None if not dataset else [session.dataset(one).id for one in dataset]
        ends = None if expires_days is None else runtime.clock.now() + timedelta(days=expires_days)
        with runtime.database.write() as transaction:
            issued = runtime.keys.create(
                transaction,
                tenant_id=session.principal.tenant_id,
                user_id=None,
                name=name,
                role=role,
                scopes=scope,
                agent_role=agent_role,
                dataset_ids=ids,
                expires_at=ends,
            )
    if as_json:
        print_json({"token": issued.token, "key": _json(issued.key)})
    else:
        remark(f"Key {issued.key.name!r} ({issued.key.id}), shown this once:")
        print(issued.token)


@app.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(help="Id, as `cairn keys` lists it")],
    home: HomeOption = None,
    server: ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a key for good."""
    if server is not None:
        remote_keys.revoke_key(server, key_id, as_json=as_json)
        return
    with opened(home) as session, session.runtime.database.write() as transaction:
        key = session.runtime.keys.revoke(transaction, session.principal, key_id)
    if as_json:
        print_json(_json(key))
    else:
        say(f"Revoked key {key.name!r} ({key.id}).")


def _state(key: KeyView, now: datetime) -> str:
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is None:
        return "valid"
    return "expired" if key.expires_at <= now else f"valid until {key.expires_at.astimezone():%Y-%m-%d}"


def _json(key: KeyView) -> Json:
    return {
        "id": key.id,
        "name": key.name,
        "kind": key.kind.value,
        "hint": key.hint,
        "role": key.role.value,
        "scopes": sorted(scope.value for scope in key.scopes),
        "agentRole": key.agent_role,
        "datasetIds": None if key.dataset_ids is None else list(key.dataset_ids),
        "createdOn": key.created_at,
        "expiresAt": key.expires_at,
        "revokedAt": key.revoked_at,
        "lastUsedAt": key.last_used_at,
    }
