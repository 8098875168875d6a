"""Chunks changed by people: at once in rows, soon in searches, and again after every new build."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from ingest.datasets.types import DatasetChange
from ingest.files.models import Chunk
from ingest.files.types import ChunkView
from ingest.redaction.types import PersonalKind, Redaction
from ingest.review.errors import ChunkNotFound, FileHasNoChunks, FileIsBeingBuilt, OverlayNotFound
from ingest.review.models import ChunkOverlay
from ingest.review.searching import ChunkSearch
from ingest.review.service import Review
from ingest.review.types import ChunkChange, NewChunk, OverlayView
from kit.errors import Invalid
from kit.pagination import PageRequest, decode_cursor
from tests.unit.ingest.workshop import COLLECTION, Workshop, pages

TEXT = pages("red apple", "green pear", "red apple", "blue plum")


@dataclass
class Desk:
    """A reviewer before one file."""

    shop: Workshop
    dataset: str
    file: str

    @property
    def review(self) -> Review:
        shop = self.shop
        return Review(gate=shop.gate, queue=shop.queue, clock=shop.clock, tokens=shop.embedder.tokens)

    def chunks(self) -> list[ChunkView]:
        with self.shop.database.read() as session:
            page = PageRequest(limit=100)
            return list(self.shop.file_service.chunks(session, self.shop.caller, self.dataset, self.file, page).items)

    def contents(self) -> list[str]:
        return [chunk.content for chunk in self.chunks()]

    def change(self, position: int, **change: object) -> ChunkView:
        chunk = self.chunks()[position]
        with self.shop.database.write() as session:
            return self.review.change(
                session, self.shop.caller, self.dataset, self.file, chunk_id=chunk.id,
                change=ChunkChange(**change),  # type: ignore[arg-type]  # fields of it
            )  # fmt: skip

    def add(self, content: str) -> ChunkView:
        with self.shop.database.write() as session:
            return self.review.add(session, self.shop.caller, self.dataset, self.file, NewChunk(content, page=3))

    def overlays(self) -> Sequence[OverlayView]:
        with self.shop.database.read() as session:
            return self.review.overlays(session, self.shop.caller, self.dataset, self.file)

    def revert(self, overlay_id: str) -> None:
        with self.shop.database.write() as session:
            self.review.revert(session, self.shop.caller, self.dataset, self.file, overlay_id)

    def build_anew(self) -> None:
        self.shop.change(self.dataset, self.file, re_ingest=True)
        self.shop.work()

    def replace(self, text: str) -> None:
        self.shop.upload(self.dataset, "a.txt", text)
        self.shop.work()

    def find(self, words: str, *, limit: int = 100, after: str | None = None) -> tuple[list[str], str | None]:
        search = ChunkSearch(gate=self.shop.gate)
        with self.shop.database.read() as session:
            page = search.find(
                session, self.shop.caller, self.dataset, self.file, words=words, page=PageRequest(limit, after)
            )
        return [chunk.content for chunk in page.items], page.next_cursor


@pytest.fixture
def desk(any_workshop: Workshop) -> Desk:
    dataset = any_workshop.dataset()
    return Desk(any_workshop, dataset, any_workshop.indexed(dataset, "a.txt", TEXT))


class TestEditing:
    def test_is_refused_for_a_chunk_of_another_build(self, desk: Desk) -> None:
        with desk.shop.database.write() as session, pytest.raises(ChunkNotFound):
            desk.review.change(
                session, desk.shop.caller, desk.dataset, desk.file, chunk_id="none", change=ChunkChange(enabled=False)
            )

    def test_is_refused_while_the_file_is_being_built(self, desk: Desk) -> None:
        desk.shop.change(desk.dataset, desk.file, re_ingest=True)
        with pytest.raises(FileIsBeingBuilt):
            desk.change(0, content="violet fig")

    def test_is_refused_for_a_text_without_letters(self, desk: Desk) -> None:
        with pytest.raises(Invalid, match="switch the chunk off"):
            desk.change(0, content=" -- ")

    def test_is_refused_for_a_text_that_is_longer_than_any_chunk_may_be(self, desk: Desk) -> None:
        with pytest.raises(Invalid, match="make it two chunks"):
            desk.change(0, content="fig " * 2049)

    def test_shows_at_once_and_is_found_once_its_job_is_done(self, desk: Desk) -> None:
        desk.change(1, content="violet fig")
        assert desk.contents() == ["red apple", "violet fig", "red apple", "blue plum"]
        desk.shop.work()
        assert desk.shop.found("fig", desk.dataset) == {"violet fig"}
        assert desk.shop.found("pear", desk.dataset) == set()

    def test_leaves_no_vectors_of_a_longer_text_behind(self, desk: Desk) -> None:
        desk.change(1, content="quince " * 900)
        desk.shop.work()
        assert desk.shop.vectors()[desk.file, 1] > 4
        desk.change(1, content="violet fig")
        desk.shop.work()
        assert desk.shop.vectors()[desk.file, 1] == 4

    def test_twice_before_the_job_has_run_leaves_the_later_text(self, desk: Desk) -> None:
        desk.change(1, content="violet fig")
        desk.change(1, content="black grape")
        desk.shop.work()
        assert desk.shop.found("fig grape", desk.dataset) == {"black grape"}

    def test_while_its_job_runs_is_seen_by_it(self, desk: Desk) -> None:
        desk.change(1, content="violet fig")
        desk.shop.store.after["upsert"] = lambda: desk.change(1, content="black grape")
        desk.shop.work()
        assert desk.shop.found("fig grape", desk.dataset) == {"black grape"}
        assert desk.shop.store.calls.count("upsert") == 3  # of the build, and two of the job

    def test_outlives_a_new_build(self, desk: Desk) -> None:
        desk.change(2, content="violet fig")
        desk.build_anew()
        assert desk.contents() == ["red apple", "green pear", "violet fig", "blue plum"]
        assert desk.shop.found("fig", desk.dataset) == {"violet fig"}
        assert [one.state for one in desk.overlays()] == ["applied"]

    def test_goes_with_its_text_to_another_place(self, desk: Desk) -> None:
        desk.change(1, content="violet fig")
        desk.replace(pages("white currant", "blue plum", "green pear"))
        assert desk.contents() == ["white currant", "blue plum", "violet fig"]

    def test_shows_as_a_conflict_when_its_text_is_gone_and_applies_again_when_it_is_back(self, desk: Desk) -> None:
        desk.change(1, content="violet fig")
        desk.replace(pages("white currant", "blue plum"))
        assert desk.contents() == ["white currant", "blue plum"]
        (conflict,) = desk.overlays()
        assert (conflict.state, conflict.chunk_id) == ("conflict", None)
        assert (conflict.original, conflict.content) == ("green pear", "violet fig")
        desk.replace(pages("green pear", "blue plum"))
        assert desk.contents() == ["violet fig", "blue plum"]

    def test_back_to_what_was_parsed_is_no_change_any_more(self, desk: Desk) -> None:
        desk.change(1, content="violet fig")
        desk.change(1, content="green pear")
        assert desk.overlays() == []
        assert desk.chunks()[1].overlay_id is None

    def test_taken_back_gives_the_parsed_text(self, desk: Desk) -> None:
        desk.change(1, content="violet fig")
        desk.shop.work()
        desk.revert(desk.overlays()[0].id)
        desk.shop.work()
        assert desk.shop.found("fig pear", desk.dataset) == {"green pear"}
        assert desk.overlays() == []

    def test_taking_back_what_is_not_there_is_refused(self, desk: Desk) -> None:
        with pytest.raises(OverlayNotFound):
            desk.revert("none")


class TestSwitching:
    def test_takes_a_chunk_out_of_searches_and_back_in(self, desk: Desk) -> None:
        assert desk.change(1, enabled=False).enabled is False
        assert desk.shop.found("pear plum", desk.dataset) == {"blue plum"}
        desk.change(1, enabled=True)
        assert desk.shop.found("pear plum", desk.dataset) == {"green pear", "blue plum"}
        assert desk.overlays() == []

    def test_outlives_a_new_build(self, desk: Desk) -> None:
        desk.change(1, enabled=False)
        desk.build_anew()
        assert desk.shop.found("pear plum", desk.dataset) == {"blue plum"}
        assert [chunk.enabled for chunk in desk.chunks()] == [True, False, True, True]


class TestAdding:
    def test_is_refused_where_nothing_is_indexed(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        file = any_workshop.indexed(dataset, "a.json", b'{"cut": [1')
        with pytest.raises(FileHasNoChunks):
            Desk(any_workshop, dataset, file).add("violet fig")

    def test_puts_a_chunk_behind_the_others_that_is_found(self, desk: Desk) -> None:
        added = desk.add("violet fig")
        assert (added.position, added.page) == (4, 3)
        desk.shop.work()
        assert desk.shop.found("fig", desk.dataset) == {"violet fig"}
        assert desk.shop.view(desk.dataset, desk.file).chunks_count == 5

    def test_outlives_a_new_build_and_is_healthy_for_the_doctor(self, desk: Desk) -> None:
        desk.add("violet fig")
        desk.replace(pages("white currant"))
        assert desk.contents() == ["white currant", "violet fig"]
        assert desk.shop.found("fig", desk.dataset) == {"violet fig"}
        assert desk.shop.doctor.examine() == []

    def test_taken_back_it_is_gone_from_rows_and_vectors(self, desk: Desk) -> None:
        desk.add("violet fig")
        desk.shop.work()
        desk.revert(desk.overlays()[0].id)
        desk.shop.work()
        assert desk.contents() == ["red apple", "green pear", "red apple", "blue plum"]
        assert desk.shop.vectors()[desk.file, 1] == 4
        assert desk.shop.doctor.examine() == []


class TestFinding:
    def test_needs_all_words_in_any_order_and_case(self, desk: Desk) -> None:
        assert desk.find("APPLE red") == (["red apple", "red apple"], None)
        assert desk.find("red pear") == ([], None)

    def test_folds_letters_of_every_script(self, desk: Desk) -> None:
        desk.change(0, content="ΣΩΚΡΆΤΗΣ Straße")
        assert desk.find("σωκράτης STRASSE")[0] == ["ΣΩΚΡΆΤΗΣ Straße"]

    def test_shows_switched_off_chunks_too(self, desk: Desk) -> None:
        desk.change(1, enabled=False)
        assert desk.find("pear")[0] == ["green pear"]

    def test_gives_pages_that_follow_each_other(self, desk: Desk) -> None:
        first, cursor = desk.find("red", limit=1)
        assert cursor is not None
        second, end = desk.find("red", limit=1, after=decode_cursor(cursor))
        assert (first, second, end) == (["red apple"], ["red apple"], None)


def test_a_deleted_file_takes_its_changes_along(desk: Desk) -> None:
    desk.change(1, content="violet fig")
    desk.shop.delete(desk.dataset, desk.file)
    desk.shop.work()
    assert desk.shop.vectors() == {}
    with desk.shop.database.read() as session:
        assert session.query(ChunkOverlay).count() == session.query(Chunk).count() == 0


def test_a_job_that_is_killed_before_it_ends_does_no_harm_when_it_is_repeated(desk: Desk) -> None:
    desk.change(1, content="violet fig")
    desk.shop.store.after["upsert"] = desk.shop.lose_leases
    desk.shop.work()
    desk.shop.clock.advance(3600)
    desk.shop.work()
    assert desk.shop.found("fig pear", desk.dataset) == {"violet fig"}
    assert COLLECTION in desk.shop.store.collections()


class TestInADatasetThatRedacts:
    KINDS = Redaction((PersonalKind.EMAIL,))

    def desk(self, shop: Workshop, **wanted: Redaction) -> Desk:
        dataset = shop.dataset("manuals", **wanted)
        return Desk(shop, dataset, shop.indexed(dataset, "a.txt", pages("ask jane@example.org", "green pear")))

    def test_what_people_write_is_redacted_too(self, workshop: Workshop) -> None:
        desk = self.desk(workshop, redaction=self.KINDS)
        desk.change(1, content="green pear of joe@example.org")
        desk.add("more from joe@example.org")
        workshop.work()
        assert desk.contents() == ["ask [EMAIL]", "green pear of [EMAIL]", "more from [EMAIL]"]
        assert "example.org" not in repr(desk.overlays())
        assert workshop.found('"example.org"', desk.dataset) == set()

    def test_what_they_wrote_before_is_redacted_with_the_next_build(self, workshop: Workshop) -> None:
        desk = self.desk(workshop)
        desk.change(0, content="ask joe@example.org")
        desk.add("more from joe@example.org")
        workshop.work()
        with workshop.database.write() as session:
            change = DatasetChange(redaction=self.KINDS)
            workshop.datasets.configure(session, workshop.caller, desk.dataset, change)
            workshop.datasets.reindex(session, workshop.caller, desk.dataset)
        workshop.work()
        assert desk.contents() == ["ask [EMAIL]", "green pear", "more from [EMAIL]"]
        assert "example.org" not in repr(desk.overlays())
