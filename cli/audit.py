"""`cairn audit`: the trail of who did what, looked at, taken out, and checked."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli.output import Json, print_json, print_table, say
from cli.session import HomeOption, JsonOption, opened
from kit.errors import Conflict
from kit.pagination import PageRequest

if TYPE_CHECKING:
    from identity.audit.types import AuditEntry, Verdict

TenantOption: TypeAlias = Annotated[
    str | None, typer.Option("--tenant", help="Name or id of the tenant whose trail it is; left out: the first one's")
]

app = typer.Typer(help="Who did what, and whether the record of it is whole", no_args_is_help=True)


class TrailIsBroken(Conflict):
    """The command ends with status 1, for whoever runs it by a timer."""


@app.command("show")
def show(
    *,
    entity: Annotated[str | None, typer.Option(help="Only about this kind of thing, such as dataset")] = None,
    action: Annotated[str | None, typer.Option(help="Only this, such as deleted")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Entries at most")] = 50,
    tenant: TenantOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The newest entries, newest first."""
    from identity.audit.types import AuditFilter  # noqa: PLC0415 - not needed for --help

    with opened(home) as session, session.runtime.database.read() as rows:
        wanted = AuditFilter(entity_type=entity, action=action)
        asker = session.of_tenant(tenant)
        entries = session.runtime.audit_log.list(rows, asker, wanted, PageRequest(limit)).items
    if as_json:
        print_json([_json(entry) for entry in entries])
        return
    print_table(
        ("When", "Who", "Did", "To", "Id", "From"),
        [(e.at, e.actor_name, e.action, e.entity_type, e.entity_id or None, e.ip) for e in entries],
    )


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="Where it is written to, one entry a line (JSON)")],
    tenant: TenantOption = None,
    home: HomeOption = None,
) -> None:
    """Write the whole trail to a file, oldest entry first."""
    from identity.audit.types import AuditFilter  # noqa: PLC0415 - not needed for --help

    with opened(home) as session, session.runtime.database.read() as rows, file.open("w", encoding="utf-8") as target:
        count = 0
        for entry in session.runtime.audit_log.all(rows, session.of_tenant(tenant), AuditFilter()):
            target.write(_line(entry))
            count += 1
    say(f"Wrote {count:,} entries to {file}.")


@app.command("verify")
def verify(
    head: Annotated[
        str | None, typer.Option(help="A head that `verify` printed earlier: it must still be in its place")
    ] = None,
    tenant: TenantOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check that no entry was changed, removed or put in. Keep the head that it prints in another place."""
    with opened(home) as session, session.runtime.database.read() as rows:
        verdict = session.runtime.trail.verify(rows, session.of_tenant(tenant).tenant_id, known_head=head)
    if as_json:
        print_json({"entries": verdict.entries, "head": verdict.head, "faults": list(verdict.faults)})
    elif verdict.is_whole:
        say(f"{verdict.entries:,} entries, all whole. Head: {verdict.head}")
    if not verdict.is_whole:
        raise TrailIsBroken(f"the audit trail was tampered with: {_told(verdict)}")


@app.command("prune")
def prune(
    days: Annotated[int, typer.Option(min=1, help="Entries older than this are removed")],
    tenant: TenantOption = None,
    home: HomeOption = None,
) -> None:
    """Let old entries go. What stays can still be checked."""
    with opened(home) as session:
        whose, before = session.of_tenant(tenant).tenant_id, session.runtime.clock.now() - timedelta(days=days)
        with session.runtime.database.write() as rows:
            gone = session.runtime.trail.let_go(rows, whose, before=before)
    say(f"Removed {gone:,} entries older than {days} days.")


def _told(verdict: Verdict) -> str:
    return "; ".join(verdict.faults)


def _line(entry: AuditEntry) -> str:
    return json.dumps(_json(entry), ensure_ascii=False, default=str) + "\n"


def _json(entry: AuditEntry) -> Json:
    shown: dict[str, Json] = asdict(entry)
    return shown
