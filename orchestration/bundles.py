"""Bundles in and out, put together."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.bundles.importing import BundleReader
from ingest.bundles.reading import BundleLimits
from ingest.bundles.writing import BundleWriter
from ingest.datasets.gate import Gate
from ingest.files.builds import Builds
from kit.clock import Clock
from kit.jobs.queue import JobQueue
from kit.settings import Settings
from orchestration.engines import Engines
from orchestration.model_changes import bindings_of

_BYTES_A_CHARACTER = 8
"""Of chunks: four in the worst case, and chunks overlap."""


@dataclass(frozen=True, slots=True)
class Bundles:
    writer: BundleWriter
    reader: BundleReader


def make_bundles(
    settings: Settings, clock: Clock, engines: Engines, *, gate: Gate, builds: Builds, queue: JobQueue
) -> Bundles:
    database, store, files = engines.database, engines.store, engines.files
    limits = BundleLimits(
        original=settings.upload_max_file, inflated=_BYTES_A_CHARACTER * settings.parse_max_characters
    )
    return Bundles(
        BundleWriter(database=database, gate=gate, store=store, files=files, clock=clock),
        BundleReader(
            database=database,
            queue=queue,
            gate=gate,
            builds=builds,
            store=store,
            files=files,
            embedders=engines.models,
            models=bindings_of(engines.models),
            clock=clock,
            limits=limits,
        ),
    )
