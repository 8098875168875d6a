"""`cairn doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import Json, counted, print_json, print_table, remark, say
from cli.session import HomeOption, JsonOption, opened
from ingest.doctor.findings import Ailment, Finding
from kit.errors import CairnError

if TYPE_CHECKING:
    from ingest.doctor.doctor import Doctor

_BY_A_JOB = frozenset(
    {Ailment.MISSING_CHUNKS, Ailment.STALLED_BUILD, Ailment.UNREMOVED_FILE, Ailment.UNREMOVED_DATASET}
)


@dataclass(slots=True)
class Treatment:
    """`left` is what another look finds after it; `resisting` what could not be mended, with the reason."""

    mended: list[Finding] = field(default_factory=list)
    resisting: list[tuple[Finding, str]] = field(default_factory=list)
    left: Sequence[Finding] = ()


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare rows, vectors and stored files, and say what is wrong. Exit status 1 while anything is."""
    with opened(home, repairing=repair) as session:
        treatment = _treated(session.runtime.doctor, repair=repair)
    if as_json:
        print_json(_json(treatment))
    else:
        _show(treatment)
    if treatment.left:
        raise typer.Exit(1)


def _treated(patient: Doctor, *, repair: bool) -> Treatment:
    treatment = Treatment(left=patient.examine())
    if not repair:
        return treatment
    for finding in treatment.left:
        if finding.repairable:
            _mend(patient, finding, treatment)
    if treatment.mended:
        treatment.left = patient.examine()
    return treatment


def _mend(patient: Doctor, finding: Finding, treatment: Treatment) -> None:
    try:
        patient.repair(finding)
    except CairnError as error:
        treatment.resisting.append((finding, error.message))
        remark(f"not mended: {finding.message}: {error.message}")
    else:
        treatment.mended.append(finding)
        remark(f"mended: {finding.message} ({finding.remedy})")


def _show(treatment: Treatment) -> None:
    left = treatment.left
    if any(finding.ailment in _BY_A_JOB for finding in treatment.mended):
        say("Builds and removals are left to the running server, or to the next `cairn serve`.")
    if not left:
        say("All is as it should be now." if treatment.mended else "All is as it should be.")
        return
    rows = [(f.ailment.value, f.message, f.remedy, "--repair" if f.repairable else "you") for f in left]
    print_table(("Finding", "What is wrong", "What to do", "Who does it"), rows)
    say("")
    say(f"{counted(len(left), 'finding')}; `cairn doctor --repair` mends {_repairable(left)}.")


def _repairable(left: Sequence[Finding]) -> str:
    number = sum(finding.repairable for finding in left)
    return "none of them" if number == 0 else f"{number:,}"


def _json(treatment: Treatment) -> Json:
    return {
        "findings": [_finding(one) for one in treatment.left],
        "mended": [_finding(one) for one in treatment.mended],
        "notMended": [{**_finding(one), "reason": reason} for one, reason in treatment.resisting],
    }


def _finding(finding: Finding) -> dict[str, Json]:
    return {
        "finding": finding.ailment.value,
        "subject": finding.subject,
        "message": finding.message,
        "remedy": finding.remedy,
        "repairable": finding.repairable,
    }
