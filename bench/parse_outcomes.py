"""Every third-party sample file through the sandbox: what was indexed, what was refused and why, how long it took.

    python -m bench.parse_outcomes [--data FOLDER] [--refusals]

Reads CAIRN_DATA/docs (default ../shared/data/docs). Exits with 1 when a file hangs, when the sandbox fails instead of
reading or refusing a file, or when a document counts as a success with nothing in it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ingest.documents import Document
from ingest.parsers.errors import ParseRefused
from ingest.parsers.options import ParseOptions
from ingest.sandbox.limits import Limits
from ingest.sandbox.parse_task import parse_file
from ingest.sandbox.sandbox import Sandbox
from kit.errors import CairnError

_FOLDERS = ("docling", "markitdown", "pypdf-samples")
_LIMITS = Limits(seconds=60, cpu_seconds=45)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`code` is None for an indexed file; `is_failure` marks what must never happen."""

    path: Path
    kind: str
    seconds: float
    blocks: int = 0
    warnings: int = 0
    code: str | None = None
    message: str = ""
    is_failure: bool = False


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("CAIRN_DATA", "../shared/data")))
    parser.add_argument("--refusals", action="store_true", help="print the message of every refusal")
    options = parser.parse_args(arguments)
    files = list(sample_files(options.data / "docs"))
    if not files:
        print(f"no sample files under {options.data / 'docs'}; set CAIRN_DATA", file=sys.stderr)
        return 1
    with Sandbox() as sandbox:
        sandbox.start()
        outcomes = [outcome_of(sandbox, path) for path in files]
    console = Console(width=110)
    console.print(_by_kind(outcomes))
    console.print(_reasons(outcomes))
    _print_refusals(console, outcomes, root=options.data / "docs", whole=options.refusals)
    return 1 if any(outcome.is_failure for outcome in outcomes) else 0


def sample_files(root: Path) -> Iterator[Path]:
    for folder in _FOLDERS:
        found = sorted((root / folder).rglob("*")) if (root / folder).is_dir() else []
        yield from (path for path in found if path.is_file() and "groundtruth" not in path.parts)


def outcome_of(sandbox: Sandbox, path: Path) -> Outcome:
    kind = path.suffix.lower().lstrip(".") or "(none)"
    started = time.perf_counter()
    try:
        document = parse_file(sandbox, path, path.name, ParseOptions(), _LIMITS)
    except ParseRefused as refusal:
        return Outcome(path, kind, time.perf_counter() - started, code=refusal.code, message=refusal.message)
    except CairnError as error:
        seconds = time.perf_counter() - started
        return Outcome(path, kind, seconds, code=error.code, message=error.message, is_failure=True)
    return Outcome(
        path,
        kind,
        time.perf_counter() - started,
        blocks=len(document.blocks),
        warnings=len(document.warnings),
        is_failure=not _has_text(document),
    )


def _has_text(document: Document) -> bool:
    return any(character.isalnum() for block in document.blocks for character in block.text)


def _by_kind(outcomes: Sequence[Outcome]) -> Table:
    table = Table(
        "kind", "files", "indexed", "refused", "failed", "blocks", "warnings", "seconds", title="By file name"
    )
    for kind, _ in Counter(outcome.kind for outcome in outcomes).most_common():
        _add_row(table, kind, [outcome for outcome in outcomes if outcome.kind == kind])
    table.add_section()
    _add_row(table, "all", outcomes)
    return table


def _add_row(table: Table, name: str, outcomes: Sequence[Outcome]) -> None:
    failed = sum(outcome.is_failure for outcome in outcomes)
    refused = sum(outcome.code is not None and not outcome.is_failure for outcome in outcomes)
    counts = (len(outcomes), len(outcomes) - refused - failed, refused, failed)
    totals = (sum(outcome.blocks for outcome in outcomes), sum(outcome.warnings for outcome in outcomes))
    table.add_row(name, *map(str, counts + totals), f"{sum(outcome.seconds for outcome in outcomes):.2f}")


def _reasons(outcomes: Sequence[Outcome]) -> Table:
    table = Table("reason", "files", title="Refusals")
    for code, count in Counter(outcome.code for outcome in outcomes if outcome.code).most_common():
        table.add_row(code, str(count))
    return table


def _print_refusals(console: Console, outcomes: Sequence[Outcome], *, root: Path, whole: bool) -> None:
    for outcome in outcomes:
        name = outcome.path.relative_to(root)
        if outcome.is_failure:
            console.print(f"FAILED {name}: {outcome.message or 'indexed with no text in it'}", markup=False)
        elif outcome.code is not None:
            text = f"{outcome.code}: {outcome.message}" if whole else outcome.code
            console.print(f"{name}  {text}", markup=False, highlight=False)


if __name__ == "__main__":
    sys.exit(main())
