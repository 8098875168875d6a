"""Kill -9 at random moments of ingestion: `python -m tests.faults.kills [--kills 200] [--files 200] [--seed 1]`.

The same files are ingested twice: by a server that nobody disturbs, and by one that is killed over and over and
started again. In the end both must have made the same of them, with nothing lost, doubled or left over. Exits with 1
and a sentence for each violation if not.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.server import Server, Upload, serving, throwaway_home
from ingest.files.types import ShownStatus
from tests.faults.campaign import Campaign
from tests.faults.inspection import REFUSED, Outcomes, read_remains, violations
from tests.faults.made_up import MOST_CHUNKS, is_readable, make_files

SHOWN = 25


@dataclass(frozen=True, slots=True)
class Report:
    files: int
    chunks: int
    refused: int
    seconds: float
    undisturbed_seconds: float
    tally: Mapping[str, int]
    violations: Sequence[str]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    report = run(kills=arguments.kills, files=arguments.files, seed=arguments.seed)
    sys.stdout.write("\n".join(lines(report)) + "\n")
    return 1 if report.violations else 0


def run(*, kills: int, files: int, seed: int, most_chunks: int = MOST_CHUNKS) -> Report:
    """Raises ServerFailed when a server does not come up any more."""
    chosen = random.Random(seed)  # noqa: S311 - made-up files and moments, not secrets
    uploads = make_files(chosen, files, most_chunks=most_chunks)
    started = time.perf_counter()
    expected = undisturbed(uploads)
    between = time.perf_counter()
    with throwaway_home() as home:
        campaign = Campaign(Server(home), chosen, uploads)
        try:
            campaign.run(kills)
            found = campaign.found_by_searching(expected)
        finally:
            campaign.server.stop(linger=True)
        ended = time.perf_counter()
        found += [*campaign.complaints, *violations(read_remains(home, campaign.dataset_id), expected)]
        found += campaign.left_processes()
    found += (f"{name} is {expected[name]}, undisturbed" for name in wrongly_judged(uploads, expected))
    counts = [outcome for outcome in expected.values() if isinstance(outcome, int)]
    return Report(
        files=files,
        chunks=sum(counts),
        refused=files - len(counts),
        seconds=ended - between,
        undisturbed_seconds=between - started,
        tally=campaign.tally,
        violations=found,
    )


def undisturbed(uploads: Sequence[Upload]) -> Outcomes:
    outcomes: dict[str, int | str] = {upload.file_name: REFUSED for upload in uploads}
    with throwaway_home() as home, serving(home) as server, server.knowledge_base() as base:
        dataset_id = base.create_dataset("undisturbed")
        base.upload_all(dataset_id, uploads)
        for file in base.wait_until_settled(dataset_id).files:
            if file.status is ShownStatus.INDEXED:
                outcomes[file.file_name] = file.chunks_count
    return outcomes


def wrongly_judged(uploads: Sequence[Upload], outcomes: Outcomes) -> Sequence[str]:
    """Names of files that should not have been refused, or should have been."""
    return [one.file_name for one in uploads if is_readable(one) is (outcomes[one.file_name] == REFUSED)]


def lines(report: Report) -> Sequence[str]:
    more = len(report.violations) > SHOWN
    seconds = f"{report.undisturbed_seconds:.1f} s undisturbed, {report.seconds:.1f} s with kills"
    return [
        f"{report.files} files, {report.chunks} chunks, {report.refused} refused; {seconds}",
        *(f"{count:6}  {what}" for what, count in sorted(report.tally.items())),
        *(f"VIOLATION: {violation}" for violation in report.violations[:SHOWN]),
        f"{len(report.violations)} violations" + (f", the first {SHOWN} of them above" if more else ""),
    ]


if __name__ == "__main__":
    sys.exit(main())
