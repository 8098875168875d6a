"""Two hundred cases of something that a search does not bring, planted one by one: each is told by its own cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from ingest.datasets.library import DatasetLibrary
from ingest.files import repository
from ingest.files.jobs import EMBED_QUEUE, PARSE_QUEUE
from ingest.files.models import Chunk, File
from ingest.files.registry import FileRegistry
from ingest.files.surroundings import ChunkSurroundings
from ingest.files.types import FileSource
from retrieval.conditions import Within
from retrieval.embedding.protocol import Passage as Text
from retrieval.filters import SearchFilter
from retrieval.keywords.analysis import Analyser
from retrieval.search.dressing import Dressing
from retrieval.search.highlighting import Highlighter
from retrieval.search.service import Search
from retrieval.search.types import SearchRequest
from retrieval.search.whereabouts import Subject
from retrieval.search.why_not import Cause, Leg, WhyNot
from retrieval.types import DateRange, Without
from tests.unit.ingest.workshop import Workshop

FILES = 20
"""Of the library that the cases are planted in: `fileN` says "harbour" more often the smaller N is."""


class Reversed:
    """A second look that likes best what says the word least."""

    name = "reversed"

    def score(self, _query: str, passages: Sequence[Text], *, seconds: float) -> list[float]:
        assert seconds > 0
        return [1.0 / (1 + one.content.count("harbour")) for one in passages]


@dataclass
class Planted:
    shop: Workshop
    dataset: str
    files: list[str]

    def why_not(self, **changed: object) -> WhyNot:
        shop = self.shop
        dressing = Dressing(shop.store, ChunkSurroundings(shop.database), Highlighter(Analyser("english"), shop.models))
        search: Search = replace(shop.search_service, dressing=dressing, **changed)  # type: ignore[arg-type]  # by name
        return WhyNot(search, FileRegistry(shop.database, DatasetLibrary(shop.clock)))

    def request(self, **asked: object) -> SearchRequest:
        wanted = {"query": "harbour", "dataset_ids": [self.dataset], "alpha": 0.0, "top_k": 3, **asked}
        return SearchRequest(**wanted)  # type: ignore[arg-type]  # by name

    def cause(self, subject: Subject, *, changed: Mapping[str, object] | None = None, **asked: object) -> Cause:
        return self.why_not(**(changed or {})).verdict(self.shop.caller, self.request(**asked), subject).cause

    def chunk_of(self, file_id: str) -> str:
        with self.shop.database.read() as session:
            file = session.get(File, file_id)
            assert file is not None
            assert file.active_generation is not None
            return repository.chunks(session, file_id, file.active_generation, first=0, limit=1)[0].id


@pytest.fixture
def planted(workshop: Workshop) -> Planted:
    dataset = workshop.dataset("library")
    files = [
        workshop.indexed(dataset, f"file{n}.txt", f"{'harbour ' * (FILES - n)}lies number{n} by the sea {'calm ' * n}")
        for n in range(FILES)
    ]
    return Planted(workshop, dataset, files)


def both(planted: Planted, file_id: str) -> Iterator[Subject]:
    """The same thing asked about as a file and as a passage."""
    yield Subject(file_id=file_id)
    yield Subject(chunk_id=planted.chunk_of(file_id))


@dataclass(frozen=True)
class Case:
    """`changed` are parts of the search, `asked` of the question."""

    cause: Cause
    subject: Subject
    asked: Mapping[str, object] = field(default_factory=dict)
    changed: Mapping[str, object] = field(default_factory=dict)


def test_two_hundred_planted_cases_are_told_by_their_causes(planted: Planted) -> None:
    """Each is asked about right after it was planted: the next may take its place."""
    groups = (ranked, lost_in_the_ranking, filtered, elsewhere, switched_off, silent, deleted, replaced, lost, unread)
    cases = [
        (case.cause, planted.cause(case.subject, changed=case.changed, **case.asked))
        for group in groups
        for case in group(planted)
    ]
    assert [(number, *case) for number, case in enumerate(cases) if case[0] is not case[1]] == []
    assert len(cases) >= 200
    assert {cause for cause, _ in cases} == set(Cause) - {Cause.TOO_SIMILAR}


def ranked(planted: Planted) -> Iterator[Case]:
    for n, file_id in enumerate(planted.files[:3]):
        for subject in both(planted, file_id):
            yield Case(Cause.RETURNED, subject)
            yield Case(Cause.RETURNED, subject, {"query": f"number{n}"})
            yield Case(Cause.OUTRANKED_IN_RERANKING, subject, {"rerank": True}, {"scorer": Reversed()})
    for file_id in planted.files[4:10]:
        for subject in both(planted, file_id):
            yield Case(Cause.OUTRANKED, subject)


def lost_in_the_ranking(planted: Planted) -> Iterator[Case]:
    unheard = {"min_score": 1.0, "query": "harbour unheard of words", "top_k": 20}
    for file_id in planted.files[10:16]:
        for subject in both(planted, file_id):
            yield Case(Cause.CUT_BY_POOL, subject, changed={"pool": 5})
            yield Case(Cause.BELOW_MIN_SCORE, subject, unheard)
    for file_id in planted.files[:8]:
        yield Case(Cause.PHRASE_MISSING, Subject(file_id=file_id), {"query": '"sea the by"'})
        yield Case(Cause.NO_MATCH, Subject(file_id=file_id), {"query": "zebra"})


def filtered(planted: Planted) -> Iterator[Case]:
    wanted = (
        SearchFilter(file_ids=[planted.files[-1]]),
        SearchFilter(sources=[FileSource.WEBSITE_CRAWL]),
        SearchFilter(labels={"topic": ["ships"]}),
        SearchFilter(without=Without(sources=[FileSource.UPLOAD])),
        SearchFilter(published=DateRange(since=datetime(2020, 1, 1, tzinfo=UTC))),
        SearchFilter(condition=Within("price", dates=False, gte=10)),
    )
    for where in wanted:
        for file_id in planted.files[:3]:
            for subject in both(planted, file_id):
                yield Case(Cause.FILTERED, subject, {"where": where})


def elsewhere(planted: Planted) -> Iterator[Case]:
    other = planted.shop.dataset("elsewhere")
    for n in range(6):
        file_id = planted.shop.indexed(other, f"other{n}.txt", f"harbour elsewhere{n}")
        for subject in both(planted, file_id):
            yield Case(Cause.OTHER_DATASET, subject)
    for n in range(14):
        yield Case(Cause.NEVER_INGESTED, Subject(url=f"https://example.org/{n}"))


def switched_off(planted: Planted) -> Iterator[Case]:
    for n in range(6):
        file_id = planted.shop.indexed(planted.dataset, f"switched{n}.txt", f"harbour switched{n}")
        subjects = list(both(planted, file_id))
        planted.shop.change(planted.dataset, file_id, enabled=False)
        for subject in subjects:
            yield Case(Cause.DISABLED, subject)


def silent(planted: Planted) -> Iterator[Case]:
    """Files whose passages are all switched off."""
    for n in range(6):
        file_id = planted.shop.indexed(planted.dataset, f"silent{n}.txt", f"harbour silent{n}")
        with planted.shop.database.write() as session:
            session.execute(update(Chunk).where(Chunk.file_id == file_id).values(enabled=False))
        for subject in both(planted, file_id):
            yield Case(Cause.DISABLED, subject)


def deleted(planted: Planted) -> Iterator[Case]:
    for n in range(6):
        file_id = planted.shop.indexed(planted.dataset, f"gone{n}.txt", f"harbour gone{n}")
        subjects = list(both(planted, file_id))
        planted.shop.delete(planted.dataset, file_id)
        for subject in subjects:
            yield Case(Cause.DELETED, subject)


def replaced(planted: Planted) -> Iterator[Case]:
    shop, dataset = planted.shop, planted.dataset
    for n in range(8):
        file_id = shop.indexed(dataset, f"anew{n}.txt", f"harbour before{n}")
        former = Subject(chunk_id=planted.chunk_of(file_id))
        shop.upload(dataset, f"anew{n}.txt", f"harbour after{n}")
        shop.work(PARSE_QUEUE, EMBED_QUEUE)  # and nothing is swept yet
        yield Case(Cause.REPLACED, former)


def lost(planted: Planted) -> Iterator[Case]:
    """Files whose vectors are gone."""
    for n in range(6):
        file_id = planted.shop.indexed(planted.dataset, f"lost{n}.txt", f"harbour lost{n}")
        planted.shop.store.delete_file(planted.shop.shelf.collection, file_id)
        for subject in both(planted, file_id):
            yield Case(Cause.NOT_INDEXED, subject)


def unread(planted: Planted) -> Iterator[Case]:
    shop, dataset = planted.shop, planted.dataset
    for n in range(8):
        page = f"<html><body><!-- {n} --></body></html>"
        yield Case(Cause.EMPTY, Subject(file_id=shop.indexed(dataset, f"empty{n}.html", page)))
        yield Case(Cause.INGESTION_FAILED, Subject(file_id=shop.indexed(dataset, f"bad{n}.pdf", f"%PDF-1.7 bad {n}")))
    for n in range(8):
        uploaded = shop.upload(dataset, f"coming{n}.txt", f"harbour coming{n}")
        yield Case(Cause.BEING_INGESTED, Subject(file_id=uploaded.id))


def test_what_is_too_much_like_another_result_is_told_so(workshop: Workshop) -> None:
    dataset = workshop.dataset("twins")
    workshop.indexed(dataset, "first.txt", "harbour harbour light at night")
    second = workshop.indexed(dataset, "second.txt", "harbour harbour light at night again")
    workshop.indexed(dataset, "third.txt", "harbour of quite another kind with other words")
    planted = Planted(workshop, dataset, [])

    def cause(diversity: float) -> Cause:
        subject = Subject(file_id=second)
        return planted.cause(subject, top_k=2, alpha=0.5, query="harbour light", diversity=diversity)

    assert cause(0.0) is Cause.RETURNED
    assert cause(0.9) is Cause.TOO_SIMILAR


def test_names_the_leg_in_which_most_was_lost(workshop: Workshop) -> None:
    dataset = workshop.dataset("legs")
    workshop.indexed(dataset, "words.txt", "harbour harbour harbour")
    second = workshop.indexed(dataset, "fewer.txt", "harbour among many other words of the sea and the land and so on")
    planted = Planted(workshop, dataset, [])
    verdict = planted.why_not().verdict(workshop.caller, planted.request(top_k=1), Subject(file_id=second))
    assert (verdict.cause, verdict.leg, verdict.rank) == (Cause.OUTRANKED, Leg.KEYWORD, 2)
    assert verdict.keyword is not None
    assert verdict.keyword.rank == 2
