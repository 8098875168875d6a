"""Everything about searching, put together: the search, its records, golden questions and evaluations."""

from __future__ import annotations

from dataclasses import dataclass

from identity.quotas import Quotas
from ingest.datasets.directory import Directory
from ingest.datasets.gate import Gate
from ingest.datasets.library import DatasetLibrary
from ingest.files.citations import FileCitations
from ingest.files.passages import Passages
from ingest.files.registry import FileRegistry
from ingest.files.surroundings import ChunkSurroundings
from kit.clock import Clock
from kit.jobs.queue import JobQueue
from kit.settings import Settings
from orchestration.engines import Engines, make_scorer
from retrieval.golden.calibrations import Calibrations
from retrieval.golden.comparing import PlaceComparison
from retrieval.golden.evaluating import EvaluateHandler
from retrieval.golden.evaluations import Evaluations
from retrieval.golden.exchange import Exchange
from retrieval.golden.service import QuestionSets
from retrieval.keywords.analysis import Analyser
from retrieval.records.activity import SearchActivity
from retrieval.records.recorder import SearchRecorder
from retrieval.records.saved import SavedSearches
from retrieval.records.service import SearchRecords
from retrieval.search.citing import Citations
from retrieval.search.dressing import Dressing
from retrieval.search.highlighting import Highlighter
from retrieval.search.query_vectors import QueryVectors
from retrieval.search.service import Search
from retrieval.search.why_not import WhyNot
from retrieval.stores.bm25 import DEFAULT_LANGUAGE


@dataclass(frozen=True, slots=True)
class Searching:
    search: Search
    why_not: WhyNot
    citations: Citations
    recorder: SearchRecorder
    records: SearchRecords
    activity: SearchActivity
    saved: SavedSearches
    question_sets: QuestionSets
    exchange: Exchange
    evaluations: Evaluations
    calibrations: Calibrations
    evaluate: EvaluateHandler
    comparison: PlaceComparison


def make_searching(
    settings: Settings, clock: Clock, engines: Engines, *, gate: Gate, queue: JobQueue, quotas: Quotas
) -> Searching:
    database, library = engines.database, DatasetLibrary(clock)
    search = _search(settings, engines, quotas)
    sets = QuestionSets(library, search.passages, clock)
    return Searching(
        search=search,
        why_not=WhyNot(search, FileRegistry(database, gate)),
        citations=FileCitations(database, gate),
        recorder=SearchRecorder(database, clock=clock, days=settings.search_records_days),
        records=SearchRecords(library, clock),
        activity=SearchActivity(library, clock),
        saved=SavedSearches(library, clock),
        question_sets=sets,
        exchange=Exchange(sets),
        evaluations=Evaluations(sets, queue, clock),
        calibrations=Calibrations(library),
        evaluate=EvaluateHandler(database=database, jobs=queue, search=search, library=library, clock=clock),
        comparison=PlaceComparison(database, search),
    )


def _search(settings: Settings, engines: Engines, quotas: Quotas) -> Search:
    return Search(
        directory=Directory(engines.database),
        passages=Passages(engines.database),
        store=engines.store,
        models=engines.models,
        scorer=make_scorer(settings, engines.embedder),
        pool=settings.search_pool,
        rerank_seconds=settings.rerank_seconds,
        vectors=QueryVectors(engines.models),
        quotas=quotas,
        dressing=Dressing(
            engines.store,
            ChunkSurroundings(engines.database),
            Highlighter(Analyser(DEFAULT_LANGUAGE), engines.models),
        ),
    )
