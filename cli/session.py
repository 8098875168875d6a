"""What every command needs: the settings, a runtime that is closed again, and who is asking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli.output import remark
from identity.types import Principal
from ingest.datasets.types import DatasetView
from ingest.files.types import FileView
from kit.errors import NotFound
from kit.logging import configure_logging
from kit.settings import Settings, load_settings

if TYPE_CHECKING:
    from orchestration.runtime import Runtime

HomeOption: TypeAlias = Annotated[
    Path | None, typer.Option("--home", help="Folder that holds everything (CAIRN_HOME)", show_default=False)
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs")]
YesOption: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do not ask")]


@dataclass(frozen=True, slots=True)
class Session:
    """The command line acts as the first administrator."""

    runtime: Runtime
    principal: Principal

    def of_tenant(self, wanted: str | None) -> Principal:
        """The same person at the machine, for another tenant, by name or id: all of them are the operator's."""
        if wanted is None:
            return self.principal
        with self.runtime.database.read() as session:
            return replace(self.principal, tenant_id=self.runtime.tenants.find(session, wanted).id)

    def datasets(self) -> list[DatasetView]:
        with self.runtime.database.read() as session:
            return list(self.runtime.datasets.list(session, self.principal))

    def dataset(self, wanted: str) -> DatasetView:
        """By id or name. NotFound names what there is."""
        return self._picked(wanted, self.datasets())

    def chosen(self, wanted: Sequence[str] | None) -> list[DatasetView]:
        """Those named, each once, or all."""
        known = self.datasets()
        if not wanted:
            return known
        picked = [self._picked(one, known) for one in wanted]
        return list({view.id: view for view in picked}.values())

    def files(self, dataset_id: str) -> list[FileView]:
        with self.runtime.database.read() as session:
            return list(self.runtime.files.list(session, self.principal, dataset_id))

    @staticmethod
    def _picked(wanted: str, known: Sequence[DatasetView]) -> DatasetView:
        for view in known:
            if wanted in {view.id, view.name}:
                return view
        names = ", ".join(repr(view.name) for view in known) or "none yet"
        raise NotFound(f"there is no dataset {wanted!r}; there are: {names}")


def hand_down(context: typer.Context, *, home: Path | None, as_json: bool) -> bool:
    """Whether a subcommand follows; what was said before its name then holds for it, unless it says otherwise."""
    if context.invoked_subcommand is None:
        return False
    context.default_map = {context.invoked_subcommand: {"home": home, "as_json": as_json}}
    return True


@contextmanager
def opened(home: Path | None, *, repairing: bool = False) -> Iterator[Session]:
    """Opens the home as a server would, without working off its jobs."""
    # Local: all that Cairn consists of, which `--help` and a mistyped option have no use for.
    from identity.audit.acts import Act, acting  # noqa: PLC0415 - as above
    from identity.bootstrap import operator  # noqa: PLC0415 - as above
    from orchestration.runtime import build_runtime  # noqa: PLC0415 - as above

    runtime = build_runtime(quiet_settings(home), repairing=repairing)
    try:
        if runtime.made_key is not None:
            remark(f"The administrator's key, shown this once: {runtime.made_key}")
        with runtime.database.read() as session:
            principal = operator(session)
        with acting(Act.of(principal)):
            yield Session(runtime, principal)
    finally:
        runtime.close()


def quiet_settings(home: Path | None) -> Settings:
    """Warnings only, unless somebody asks for more: what a command has to say is its output."""
    settings = load_settings(home=home)
    level = settings.log_level if "log_level" in settings.model_fields_set else "warning"
    configure_logging(level, settings.log_format)
    return settings
