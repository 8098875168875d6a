"""`cairn reindex`."""

from __future__ import annotations

from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.awaiting import await_ended
from cli.intake import Crew
from cli.output import Json, counted, print_json, remark, remarks, say
from cli.session import HomeOption, JsonOption, Session, opened
from ingest.datasets.types import ChangeState
from ingest.files.types import ShownStatus
from ingest.model_changes.types import SwitchPolicy
from kit.errors import Conflict, Invalid

if TYPE_CHECKING:
    from ingest.datasets.types import DatasetView
    from ingest.model_changes.types import ModelChangeView

INTERRUPTED = 130
_LOOK_SECONDS = 0.3


def reindex(
    dataset: Annotated[str, typer.Argument(help="Name or id")],
    *,
    model: Annotated[
        str | None, typer.Option(help="Embed stored chunks by another model, one of CAIRN_EMBEDDING_MODEL(S)")
    ] = None,
    switch: Annotated[
        SwitchPolicy, typer.Option(help="When searches go over to the new vectors")
    ] = SwitchPolicy.UNLESS_WORSE,
    rollback: Annotated[bool, typer.Option("--rollback", help="Go back to the model before")] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Call the change under way off")] = False,
    now: Annotated[bool, typer.Option("--switch-now", help="Switch to vectors that wait for it")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build a dataset's files anew with its settings of now, or change its embedding model; wait until that is done.
    Searches find what they found before until the new is complete."""
    if sum([model is not None, rollback, cancel, now]) > 1:
        raise Invalid("--model, --rollback, --cancel and --switch-now exclude each other: give one")
    with opened(home) as session:
        target = session.dataset(dataset)
        try:
            if model is None and not (rollback or cancel or now):
                _rebuild(session, target, as_json=as_json)
                return
            change = _asked(session, target, model, switch, rollback=rollback, cancel=cancel)
            if change.state is not ChangeState.CANCELLED:
                change = _followed(session, target, change)
        except KeyboardInterrupt:
            remark("Interrupted. The work stays, and the running server goes on with it, or the next `cairn serve`.")
            raise typer.Exit(INTERRUPTED) from None
    if as_json:
        print_json(_json(change))
    else:
        _show(target, change)
    if change.state is ChangeState.FAILED or (change.state is ChangeState.CANCELLED and not cancel):
        raise typer.Exit(1)


def _rebuild(session: Session, target: DatasetView, *, as_json: bool) -> None:
    crew = Crew(session)
    with session.runtime.database.write() as transaction:
        session.runtime.datasets.reindex(transaction, session.principal, target.id)
    crew.ensure()
    crew.nudge()
    files = await_ended(session, crew, target.id, {file.id for file in session.files(target.id)})
    failed = [file for file in files if file.status is ShownStatus.ERROR]
    if as_json:
        print_json(
            {"files": len(files), "failed": [{"file": file.name, "error": file.error_message} for file in failed]}
        )
    else:
        say(f"Built {counted(len(files) - len(failed), 'file')} of {target.name!r} anew.")
        for file in failed:
            say(f"{file.name}: {file.error_message}", style="red")
    if failed:
        raise typer.Exit(1)


def _asked(
    session: Session, target: DatasetView, model: str | None, policy: SwitchPolicy, *, rollback: bool, cancel: bool
) -> ModelChangeView:
    changes, principal = session.runtime.model_changes, session.principal
    with session.runtime.database.write() as transaction:
        if model is not None:
            return changes.begin(transaction, principal, target.id, model=model, policy=policy)
        known = changes.list(transaction, principal, target.id)
        wanted = {ChangeState.SWITCHED} if rollback else {ChangeState.READY, *([ChangeState.FILLING] if cancel else [])}
        found = next((one for one in known if one.state in wanted), None)
        if found is None:
            raise Conflict(f"dataset {target.name!r} has no model change of which that could be done")
        act = changes.roll_back if rollback else (changes.cancel if cancel else changes.switch)
        return act(transaction, principal, target.id, found.id)


def _followed(session: Session, target: DatasetView, change: ModelChangeView) -> ModelChangeView:
    """Until it has come to an end, or waits for a person."""
    console, crew = remarks(), Crew(session)
    crew.ensure()
    crew.nudge()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("Embedding", total=change.chunks_total)
        while change.state is ChangeState.FILLING:
            progress.update(bar, completed=change.chunks_done, total=change.chunks_total)
            crew.ensure()
            sleep(_LOOK_SECONDS)
            with session.runtime.database.read() as transaction:
                change = session.runtime.model_changes.get(transaction, session.principal, target.id, change.id)
    return change


def _show(target: DatasetView, change: ModelChangeView) -> None:
    said = {
        ChangeState.SWITCHED: f"{target.name!r} is searched by {change.new_model!r} now "
        f"({counted(change.chunks_total, 'chunk')}).",
        ChangeState.READY: f"The vectors of {change.new_model!r} are complete and wait: `cairn reindex "
        f"{target.name!r} --switch-now`, or `--cancel`.",
        ChangeState.CANCELLED: f"Called off; {target.name!r} is searched by {change.old_model!r} as before.",
        ChangeState.FAILED: f"Failed: {change.error}",
    }
    say(said[change.state])
    if change.kept_until is not None:
        until = f"{change.kept_until:%Y-%m-%d %H:%M} UTC"
        say(
            f"Those of {change.old_model!r} are kept until {until}; `cairn reindex {target.name!r} --rollback` returns."
        )
    if change.comparison is not None:
        questions = counted(int(str(change.comparison["questions"])), "golden question")
        say(f"By {questions}: {str(change.comparison['verdict']).replace('_', ' ')}.")


def _json(change: ModelChangeView) -> Json:
    return {
        "id": change.id,
        "state": change.state.value,
        "oldModel": change.old_model,
        "newModel": change.new_model,
        "chunks": change.chunks_total,
        "keptUntil": change.kept_until,
        "verdict": None if change.comparison is None else str(change.comparison["verdict"]),
        "error": change.error,
    }
