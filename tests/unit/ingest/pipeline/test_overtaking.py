"""What happens to a build while it is built: replaced, deleted, taken over, killed."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO

import pytest

from ingest.files.jobs import EMBED_QUEUE, PARSE_QUEUE
from ingest.files.models import Chunk
from ingest.files.types import ShownStatus
from ingest.pipeline.embedding import SLICE, TURN
from ingest.storage.protocol import StagedBlob
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import Signals
from kit.jobs.types import JobState
from retrieval.filters import SearchFilter
from tests.unit.ingest.workshop import GO_ON, Workshop, numbered, pages


class TestANewVersionThatIsOvertaken:
    def test_after_the_engine_has_switched_to_it_leaves_the_old_one_serving(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "old words")
        workshop.upload(dataset, "a.txt", "newer words")
        workshop.work(PARSE_QUEUE)
        workshop.store.after["activate"] = lambda: workshop.upload(dataset, "a.txt", "newest words")
        workshop.turn(EMBED_QUEUE)

        assert workshop.found("words", dataset) == {"old words"}
        workshop.work()
        assert workshop.found("words", dataset) == {"newest words"}
        assert workshop.vectors() == {(file, 3): 1}

    def test_after_a_kill_at_the_switch_leaves_the_old_one_serving_once_it_is_swept(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "old words")
        workshop.upload(dataset, "a.txt", "newer words")
        workshop.work(PARSE_QUEUE)
        (claim,) = workshop.claim(EMBED_QUEUE)
        shares = workshop.embedding._next([claim])
        workshop.embedding._write(workshop.shelf, shares)  # and the process is killed before it says so in rows
        workshop.upload(dataset, "a.txt", "---")
        workshop.work()

        assert workshop.view(dataset, file).status is ShownStatus.ERROR
        assert workshop.found("words", dataset) == {"old words"}
        assert workshop.vectors() == {(file, 1): 1}

    def test_that_dies_at_the_switch_leaves_the_old_one_serving(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "old words")
        workshop.upload(dataset, "a.txt", "newer words")
        workshop.work(PARSE_QUEUE)

        def fail() -> None:
            raise OSError("the disk is full")

        for _ in range(5):
            workshop.store.after["activate"] = fail
            workshop.turn(EMBED_QUEUE)
            workshop.clock.advance(minutes=10)
        workshop.store.after.clear()
        workshop.work()

        view = workshop.view(dataset, file)
        assert (view.status, view.error_code) == (ShownStatus.ERROR, "INGESTION_FAILED")
        assert workshop.found("words", dataset) == {"old words"}

    def test_while_it_is_parsed_leaves_no_blocks(self, workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
        dataset = workshop.dataset()
        file = workshop.upload(dataset, "a.txt", "first words").id
        (claim,) = workshop.claim(PARSE_QUEUE)
        put = workshop.files.put

        def put_and_be_deleted(key: str, data: bytes) -> None:
            put(key, data)
            workshop.delete(dataset, file)

        monkeypatch.setattr(workshop.files, "put", put_and_be_deleted)
        workshop.parsing.run([claim], GO_ON)
        workshop.work()
        assert workshop.stored() == set()

    def test_never_has_a_number_that_was_used_before(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "one")
        for text in ("two", "---", "three"):
            workshop.upload(dataset, "a.txt", text)
            workshop.work()
        assert workshop.generations(file) == {4: "active"}


class TestLabelsChangedWhileEmbedding:
    def test_are_on_every_chunk_in_the_end(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        text = numbered(SLICE + 6)
        workshop.upload(dataset, "a.txt", text, labels={"team": "red"})
        workshop.work(PARSE_QUEUE)
        workshop.store.after["upsert"] = lambda: workshop.upload(dataset, "a.txt", text, labels={"team": "blue"})
        workshop.work()

        where = SearchFilter(labels={"team": ["blue"]})
        for number in (0, SLICE + 5):
            assert workshop.found(f'"number{number}"', dataset, where=where) == {f"page number{number}"}
        assert workshop.found("page", dataset, where=SearchFilter(labels={"team": ["red"]})) == set()


class TestAStepThatIsRepeated:
    def test_after_it_lost_its_lease_between_vectors_and_rows_makes_nothing_twice(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.upload(dataset, "a.txt", numbered(SLICE + 6)).id
        workshop.work(PARSE_QUEUE)
        workshop.store.after["upsert"] = workshop.lose_leases
        workshop.turn(EMBED_QUEUE)
        assert workshop.view(dataset, file).chunks_done == 0

        workshop.clock.advance(minutes=1)
        workshop.work()
        assert workshop.view(dataset, file).status is ShownStatus.INDEXED
        assert workshop.vectors() == {(file, 1): SLICE + 6}

    def test_when_all_was_done_already_changes_nothing(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.upload(dataset, "a.txt", numbered(3)).id
        for queue, handler in ((PARSE_QUEUE, workshop.parsing), (EMBED_QUEUE, workshop.embedding)):
            claims = workshop.claim(queue)
            handler.run(claims, GO_ON)
            calls = len(workshop.store.calls)
            with suppress(LeaseLost):
                handler.run(claims, GO_ON)
            assert len(workshop.store.calls) == calls
        assert workshop.count(Chunk) == 3
        assert workshop.vectors() == {(file, 1): 3}

    def test_of_parsing_after_a_kill_replaces_what_was_written(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.upload(dataset, "a.txt", numbered(3)).id
        (late,) = workshop.claim(PARSE_QUEUE)
        workshop.clock.advance(minutes=1)
        (present,) = workshop.claim(PARSE_QUEUE, "w2")
        workshop.parsing.run([present], GO_ON)
        workshop.parsing.run([late], GO_ON)
        workshop.work()
        assert workshop.count(Chunk) == 3
        assert workshop.view(dataset, file).status is ShownStatus.INDEXED


class TestSlices:
    def test_hold_several_small_files(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.upload_all(dataset, {f"{n}.txt": pages(f"first {n}", f"second {n}") for n in range(5)})
        workshop.work(PARSE_QUEUE)
        workshop.work()
        assert workshop.embedder.sizes == [10]

    def test_of_a_large_file_are_many(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", numbered(2 * SLICE + 1))
        assert workshop.embedder.sizes == [SLICE, SLICE, 1]
        assert workshop.vectors() == {(file, 1): 2 * SLICE + 1}

    def test_of_a_very_large_file_let_a_small_one_go_first(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        large = workshop.upload(dataset, "large.txt", numbered(SLICE * (TURN + 2))).id
        workshop.work(PARSE_QUEUE)
        workshop.clock.advance(seconds=1)
        workshop.turn(EMBED_QUEUE)
        small = workshop.upload(dataset, "small.txt", pages("short")).id
        workshop.work(PARSE_QUEUE)

        workshop.turn(EMBED_QUEUE)

        assert workshop.view(dataset, small).status is ShownStatus.INDEXED
        assert workshop.view(dataset, large).chunks_done >= SLICE * TURN
        workshop.work()
        assert workshop.view(dataset, large).status is ShownStatus.INDEXED

    def test_are_handed_back_by_a_worker_that_stops_and_not_begun_again(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.upload(dataset, "a.txt", numbered(2 * SLICE)).id
        workshop.work(PARSE_QUEUE)
        claims = workshop.claim(EMBED_QUEUE)
        workshop.embedding.run(claims, Signals(stopping=lambda: "upsert" in workshop.store.calls))

        view = workshop.view(dataset, file)
        assert (view.chunks_done, view.progress) == (SLICE, 55.0)
        (job,) = workshop.jobs(kind="file.embed")
        assert (job.state, job.attempt) == (JobState.QUEUED, 0)
        assert workshop.found("page", dataset) == set()
        workshop.work()
        assert workshop.embedder.sizes == [SLICE, SLICE]

    def test_that_fail_are_the_fault_of_one_file_alone(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.embedder.poison = "poison"
        texts = {"good.txt": "good words", "bad.txt": "poison", "fine.txt": "fine words"}
        receipt = workshop.upload_all(dataset, texts)
        workshop.work(PARSE_QUEUE)
        for _ in range(5):
            workshop.work()
            workshop.clock.advance(minutes=10)

        states = {file.file_name: workshop.view(dataset, file.id).status for file in receipt.uploaded}
        assert states == {
            "good.txt": ShownStatus.INDEXED,
            "bad.txt": ShownStatus.ERROR,
            "fine.txt": ShownStatus.INDEXED,
        }


class TestAnOriginalThatIsLost:
    def test_comes_back_with_the_same_upload(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.indexed(dataset, "a.txt", "some words")
        staged = discarded(workshop, b"some words")
        workshop.files.delete(f"{workshop.caller.tenant_id}/originals/{staged.sha256[:2]}/{staged.sha256}")
        assert not workshop.has_original(staged.sha256)
        assert workshop.upload(dataset, "a.txt", "some words").job_id is None
        assert workshop.has_original(staged.sha256)


def discarded(workshop: Workshop, data: bytes) -> StagedBlob:
    """What the store makes of these bytes, discarded again."""
    staged = workshop.files.stage(BytesIO(data), limit=1000)
    workshop.files.discard(staged)
    return staged
