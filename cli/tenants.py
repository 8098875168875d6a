"""`cairn tenants`: the tenants of an installation, and what each may take up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli.output import Json, print_json, print_table, remark, say
from cli.session import HomeOption, JsonOption, Session, hand_down, opened
from identity.quota_limits import Quota, QuotaLimits
from identity.types import Role
from kit.errors import Invalid

if TYPE_CHECKING:
    from identity.quota_book import TenantQuotas

app = typer.Typer(help="List tenants; with a command: create one, set its quotas.", invoke_without_command=True)

_NONE, _DEFAULT = "none", "default"
_HOW = "a number, `none` for no limit, or `default` for what settings say"

NumberOption: TypeAlias = Annotated[str | None, typer.Option(help=_HOW, metavar="NUMBER|none|default")]


@app.callback()
def list_tenants(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List tenants with the quotas that hold for them."""
    if hand_down(context, home=home, as_json=as_json):
        return
    with opened(home) as session, session.runtime.database.read() as rows:
        book = session.runtime.quotas.book
        found = [(tenant, book.get(rows, tenant.id)) for tenant in session.runtime.tenants.list(rows)]
    if as_json:
        shown = [{"id": tenant.id, "name": tenant.name, "quotas": _json(quotas)} for tenant, quotas in found]
        print_json({"data": shown})
        return
    print_table(
        ("Name", "Bytes", "Chunks", "Searches a day", "Requests a minute", "Id"),
        [(tenant.name, *_cells(quotas.limits), tenant.id) for tenant, quotas in found],
    )


@app.command("create")
def create_tenant(
    name: Annotated[str, typer.Argument(help="What it is called")],
    email: Annotated[str, typer.Option("--admin", help="E-mail address of its first administrator")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a tenant with an administrator, whose key is shown this once."""
    from identity.team import checked_email  # noqa: PLC0415 - not needed for --help

    with opened(home) as session:
        runtime, address = session.runtime, checked_email(email)
        with runtime.database.write() as rows:
            made = runtime.tenants.create(rows, name=name, email=address, person=address.partition("@")[0])
            issued = runtime.keys.create(
                rows, tenant_id=made.tenant.id, user_id=made.administrator_id, name="first administrator",
                role=Role.ADMIN,
            )  # fmt: skip
    if as_json:
        print_json({"id": made.tenant.id, "name": made.tenant.name, "token": issued.token})
        return
    remark(f"Tenant {made.tenant.name!r} ({made.tenant.id}). The key of {address}, shown this once:")
    print(issued.token)


@app.command("quotas")
def set_quotas(
    tenant: Annotated[str, typer.Argument(help="Name or id")],
    *,
    storage: NumberOption = None,
    chunks: NumberOption = None,
    searches: NumberOption = None,
    requests: NumberOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what a tenant may take up, or give it more or less: bytes, chunks, searches a day, requests a minute.

    Its own administrators may ask for less than that, never for more. Servers follow within a second.
    """
    given = {Quota.STORAGE: storage, Quota.CHUNKS: chunks, Quota.SEARCHES: searches, Quota.REQUESTS: requests}
    change = {quota: _number(quota, text) for quota, text in given.items() if text is not None}
    with opened(home) as session:
        runtime = session.runtime
        with runtime.database.read() as rows:
            found = runtime.tenants.find(rows, tenant)
            quotas = runtime.quotas.book.get(rows, found.id)
        if change:
            with _in_its_trail(session, found.id), runtime.database.write() as rows:
                quotas = runtime.quotas.book.give(rows, found.id, change)
    if as_json:
        print_json({"id": found.id, "name": found.name, "quotas": _json(quotas)})
        return
    say(f"Tenant {found.name!r} ({found.id}):")
    print_table(
        ("", "Given", "Narrowed to", "Holds"),
        [
            (
                quota.value,
                _shown(quotas.ceiling.of(quota)),
                quotas.own.of(quota) or None,
                _shown(quotas.limits.of(quota)),
            )
            for quota in Quota
        ],
    )


@contextmanager
def _in_its_trail(session: Session, tenant_id: str) -> Iterator[None]:
    """What the operator changes about a tenant is recorded where that tenant sees it, and not as one of its people."""
    from identity.audit.acts import Act, acting  # noqa: PLC0415 - not needed for --help
    from identity.audit.types import ActorType  # noqa: PLC0415 - as above

    act = replace(Act.of(session.principal), tenant_id=tenant_id, actor_type=ActorType.SYSTEM, actor_id="operator")
    with acting(act):
        yield


def _number(quota: Quota, text: str) -> int | None:
    if text == _DEFAULT:
        return None
    if text == _NONE:
        return 0
    if not text.isdecimal() or len(text) > 16 or int(text) == 0:
        raise Invalid(f"--{quota.value} {text!r}: give {_HOW}")
    return int(text)


def _cells(limits: QuotaLimits) -> tuple[int | str, ...]:
    return tuple(_shown(limits.of(quota)) for quota in Quota)


def _shown(limit: int) -> int | str:
    return limit or "no limit"


def _json(quotas: TenantQuotas) -> Json:
    return {
        quota.value: {
            "ceiling": quotas.ceiling.of(quota) or None,
            "own": quotas.own.of(quota) or None,
            "limit": quotas.limits.of(quota) or None,
        }
        for quota in Quota
    }
