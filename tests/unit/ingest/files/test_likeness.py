"""Chunks of a dataset that say nearly the same: marked in lists of chunks, counted in reports."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from ingest.files.likeness import nearly_the_same
from ingest.files.models import ChunkGist
from ingest.files.types import ChunkView
from ingest.reports.service import Reports
from ingest.review.service import Review
from ingest.review.types import ChunkChange, NewChunk
from kit.pagination import PageRequest
from tests.unit.ingest.workshop import Workshop, pages

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def words(seed: int, count: int = 120) -> list[str]:
    """Without digits: which numbers a text names is another matter."""
    chosen = random.Random(seed)  # noqa: S311 - made-up text, no secret
    return ["".join(chosen.choices(_LETTERS, k=6)) for _ in range(count)]


def text(seed: int, *, other: str = "") -> str:
    """`other` stands for a word in the middle."""
    made = words(seed)
    if other:
        made[60] = other
    return " ".join(made)


class Desk:
    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self.dataset = shop.dataset()
        self.review = Review(gate=shop.gate, queue=shop.queue, clock=shop.clock, tokens=shop.embedder.tokens)

    def file(self, name: str, *texts: str, dataset: str | None = None) -> str:
        return self.shop.indexed(dataset or self.dataset, name, pages(*texts))

    def chunks(self, file: str, dataset: str | None = None) -> list[ChunkView]:
        with self.shop.database.read() as session:
            page = PageRequest(limit=100)
            found = self.shop.file_service.chunks(session, self.shop.caller, dataset or self.dataset, file, page)
        return list(found.items)

    def marks(self, file: str) -> list[str | None]:
        return [chunk.near_duplicate_of for chunk in self.chunks(file)]

    def counted(self, file: str) -> int | None:
        with self.shop.database.read() as session:
            report = Reports(gate=self.shop.gate).get(session, self.shop.caller, self.dataset, file)
        return report.near_duplicates


@pytest.fixture
def desk(any_workshop: Workshop) -> Desk:
    return Desk(any_workshop)


@contextmanager
def statements(shop: Workshop) -> Iterator[list[str]]:
    told: list[str] = []

    def tell(*arguments: object) -> None:
        told.append(str(arguments[2]))

    engine = shop.database.engine
    event.listen(engine, "before_cursor_execute", tell)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", tell)


class TestMarks:
    def test_name_the_other_chunk_in_both(self, desk: Desk) -> None:
        one = desk.file("one.txt", text(1), text(2))
        two = desk.file("two.txt", text(3), text(1, other="heron"))
        first, second = desk.chunks(one)[0].id, desk.chunks(two)[1].id
        assert desk.marks(one) == [second, None]
        assert desk.marks(two) == [None, first]
        assert (desk.counted(one), desk.counted(two)) == (1, 1)

    def test_are_set_within_a_file_too(self, desk: Desk) -> None:
        file = desk.file("one.txt", text(1), text(1, other="heron"))
        first, second = (chunk.id for chunk in desk.chunks(file))
        assert desk.marks(file) == [second, first]
        assert desk.counted(file) == 2

    def test_what_differs_by_a_number_is_not_the_same(self, desk: Desk) -> None:
        file = desk.file("one.txt", text(1, other="40"), text(1, other="45"))
        assert desk.marks(file) == [None, None]

    def test_a_few_words_are_like_nothing(self, desk: Desk) -> None:
        file = desk.file("one.txt", "the very same words", "the very same words")
        assert desk.marks(file) == [None, None]
        assert desk.shop.count(ChunkGist) == 0

    def test_other_datasets_are_of_no_matter(self, desk: Desk) -> None:
        file = desk.file("one.txt", text(1))
        desk.file("one.txt", text(1), dataset=desk.shop.dataset("others"))
        assert desk.marks(file) == [None]
        assert desk.counted(file) == 0

    def test_follow_what_is_searched(self, desk: Desk) -> None:
        one, two = desk.file("one.txt", text(1)), desk.file("two.txt", text(1, other="heron"))
        desk.file("two.txt", text(4))
        assert desk.marks(one) == [None]
        desk.file("two.txt", text(1, other="egret"))
        assert desk.marks(one) == [desk.chunks(two)[0].id]
        desk.shop.delete(desk.dataset, two)
        assert desk.marks(one) == [None]
        desk.shop.work()
        assert desk.shop.count(ChunkGist) == 1

    def test_follow_what_people_change(self, desk: Desk) -> None:
        shop = desk.shop
        one, two = desk.file("one.txt", text(1)), desk.file("two.txt", text(1, other="heron"))
        (chunk,) = desk.chunks(two)
        with shop.database.write() as session:
            desk.review.change(
                session, shop.caller, desk.dataset, two, chunk_id=chunk.id, change=ChunkChange(content=text(5))
            )
        assert desk.marks(one) == [None]
        with shop.database.write() as session:
            desk.review.add(session, shop.caller, desk.dataset, two, NewChunk(text(1, other="egret")))
        shop.work()
        added = desk.chunks(two)[1].id
        assert desk.marks(one) == [added]
        shop.change(desk.dataset, two, re_ingest=True)
        shop.work()
        assert desk.marks(one) == [desk.chunks(two)[1].id]


class TestCost:
    def test_does_not_grow_with_how_many_say_the_same(self, workshop: Workshop) -> None:
        desk = Desk(workshop)
        files = [desk.file(f"{number}.txt", *(text(1, other=name) for name in words(number, 8))) for number in range(6)]
        asked = []
        for count in (1, 6):
            ids = [chunk.id for file in files[:count] for chunk in desk.chunks(file)]
            with statements(workshop) as told, workshop.database.read() as session:
                found = nearly_the_same(session, desk.dataset, ids)
            assert len(ids) / 2 < len(found) <= len(ids)  # gists estimate: a pair may seem to be less alike than it is
            asked.append(len([one for one in told if one.lstrip().upper().startswith("SELECT")]))
        assert asked[0] == asked[1] == 6
