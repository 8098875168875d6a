"""`cairn doctor`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.output import ANSWERS, REMARKS, Json, print_json, print_table
from cli.session import HomeOption, JsonOption, opened
from ingest.doctor.findings import Finding


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare rows, vectors and stored files, and say what is wrong. Exit status 1 while anything is."""
    with opened(home, repairing=repair) as session:
        patient = session.runtime.doctor
        found = patient.examine()
        mended = [finding for finding in found if repair and finding.repairable]
        for finding in mended:
            patient.repair(finding)
            REMARKS.print(f"mended: {finding.message}", markup=False)
        left = patient.examine() if mended else found
    if as_json:
        print_json({"findings": [_json(finding) for finding in left], "mended": [_json(one) for one in mended]})
    else:
        _show(left, repaired=bool(mended))
    if left:
        raise typer.Exit(1)


def _show(left: Sequence[Finding], *, repaired: bool) -> None:
    if not left:
        ANSWERS.print("All is as it should be now." if repaired else "All is as it should be.", markup=False)
        return
    rows = [(f.ailment.value, f.message, f.remedy, f.repairable) for f in left]
    print_table(("Finding", "What is wrong", "What to do", "--repair does it"), rows)


def _json(finding: Finding) -> Json:
    return {
        "finding": finding.ailment.value,
        "subject": finding.subject,
        "message": finding.message,
        "remedy": finding.remedy,
        "repairable": finding.repairable,
    }
