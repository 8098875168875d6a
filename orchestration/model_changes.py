"""Changes of embedding models, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ingest.datasets.service import ModelBinding
from ingest.model_changes.clearing import ClearShelvesHandler
from ingest.model_changes.filling import Filling
from ingest.model_changes.handler import ModelChangeHandler
from ingest.model_changes.rules import ModelChangeRules
from ingest.model_changes.service import ModelChanges
from ingest.pipeline.switching import Switch
from kit.clock import Clock
from kit.jobs.queue import JobQueue
from kit.settings import Settings
from orchestration.engines import Engines, collection_of
from retrieval.embedding.models import Models
from retrieval.golden.comparing import PlaceComparison


@dataclass(frozen=True, slots=True)
class Remodelling:
    """What callers use, and what the worker runs."""

    changes: ModelChanges
    rules: ModelChangeRules
    handlers: tuple[ModelChangeHandler, ClearShelvesHandler]


def make_remodelling(
    settings: Settings,
    clock: Clock,
    engines: Engines,
    *,
    queue: JobQueue,
    switch: Switch,
    comparison: PlaceComparison,
) -> Remodelling:
    database, store = engines.database, engines.store
    changes = ModelChanges(
        queue=queue,
        clock=clock,
        models=bindings_of(engines.models),
        keep=timedelta(days=settings.reindex_keep_days),
    )
    filling = Filling(database=database, jobs=queue, store=store, models=engines.models, switch=switch)
    handler = ModelChangeHandler(
        database=database, jobs=queue, store=store, clock=clock, changes=changes, filling=filling, comparison=comparison
    )
    clearing = ClearShelvesHandler(database=database, jobs=queue, store=store, clock=clock)
    return Remodelling(changes, ModelChangeRules(changes), (handler, clearing))


def bindings_of(models: Models) -> Mapping[str, ModelBinding]:
    """Each model's own collection, by the model's name."""
    infos = [models.of(name).info for name in models.names]
    return {one.name: ModelBinding(one.provider, one.name, one.vector_size, collection_of(one)) for one in infos}
