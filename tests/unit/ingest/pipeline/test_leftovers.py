"""What serves no more goes everywhere: vectors, chunk rows, blocks and originals; what others need stays."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import select

from ingest.files.jobs import DEFAULT_QUEUE, EMBED_QUEUE, PARSE_QUEUE
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.types import ShownStatus
from kit.jobs.handler import Signals
from kit.jobs.models import Job
from kit.jobs.types import JobState
from tests.unit.ingest.workshop import GO_ON, Workshop, numbered


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


class TestSweep:
    def test_removes_the_version_that_was_replaced(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        file = shop.indexed(dataset, "a.txt", numbered(3, "old"))
        shop.indexed(dataset, "a.txt", numbered(2, "new"))
        assert shop.generations(file) == {2: "active"}
        assert shop.vectors() == {(file, 2): 2}
        assert shop.count(Chunk) == 2
        assert not shop.has_original(digest(numbered(3, "old")))
        assert shop.has_original(digest(numbered(2, "new")))
        kept = shop.files.keys()
        assert len([key for key in kept if "/blocks/" in key]) == 1

    def test_removes_a_version_that_failed_but_not_the_bytes_that_were_uploaded_last(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "old words")
        workshop.indexed(dataset, "a.txt", "---")
        assert workshop.generations(file) == {1: "active"}
        assert workshop.has_original(digest("old words"))
        assert workshop.has_original(digest("---"))

    def test_removes_a_build_that_was_given_up_half_way(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.upload(dataset, "a.txt", numbered(100, "old")).id
        workshop.work(PARSE_QUEUE)
        workshop.embedding.run(workshop.claim(EMBED_QUEUE), Signals(stopping=lambda: "upsert" in workshop.store.calls))
        assert workshop.vectors() == {(file, 1): 64}
        workshop.indexed(dataset, "a.txt", "new words")
        assert workshop.vectors() == {(file, 2): 1}
        assert workshop.count(Chunk) == 1
        assert [job.state for job in workshop.jobs(kind="file.embed")] == [JobState.CANCELLED, JobState.DONE]

    def test_waits_for_an_engine_that_is_away(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "old words")
        workshop.upload(dataset, "a.txt", "new words")
        workshop.work(PARSE_QUEUE, EMBED_QUEUE)
        workshop.store.is_away = True
        workshop.turn(DEFAULT_QUEUE)
        assert [(job.state, job.attempt) for job in workshop.jobs(kind="file.sweep")] == [(JobState.QUEUED, 0)]
        assert workshop.generations(file) == {1: "retired", 2: "active"}
        workshop.store.is_away = False
        workshop.clock.advance(3)
        workshop.work()
        assert workshop.vectors() == {(file, 2): 1}

    def test_that_is_repeated_does_no_harm(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "old words")
        workshop.upload(dataset, "a.txt", "new words")
        workshop.work(PARSE_QUEUE, EMBED_QUEUE)
        workshop.store.before["delete_generation"] = workshop.lose_leases
        workshop.turn(DEFAULT_QUEUE)
        assert workshop.generations(file) == {1: "retired", 2: "active"}
        workshop.clock.advance(minutes=1)
        workshop.work()
        assert workshop.generations(file) == {2: "active"}
        assert workshop.found("words", dataset) == {"new words"}


class TestRemovingAFile:
    def test_leaves_an_original_that_another_file_was_made_of_until_that_goes_too(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        here, there = shop.dataset("here"), shop.dataset("there")
        first, second = shop.indexed(here, "a.txt", "same words"), shop.indexed(there, "b.txt", "same words")
        shop.delete(here, first)
        shop.work()
        assert shop.has_original(digest("same words"))
        assert shop.found("words", there) == {"same words"}
        shop.delete(there, second)
        shop.work()
        assert (shop.stored(), shop.vectors()) == (set(), {})
        assert (shop.count(File), shop.count(FileGeneration), shop.count(Chunk)) == (0, 0, 0)

    def test_leaves_the_same_bytes_of_another_tenant(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        mine = shop.dataset()
        file = shop.indexed(mine, "a.txt", "same words")
        other = shop.settle("other")
        with shop.acting_as(other):
            theirs = shop.dataset()
            shop.indexed(theirs, "a.txt", "same words")
        shop.delete(mine, file)
        shop.work()
        assert not shop.has_original(digest("same words"))
        with shop.acting_as(other):
            assert shop.has_original(digest("same words"))
            assert shop.found("words", theirs) == {"same words"}

    def test_ends_a_build_of_it(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.upload(dataset, "a.txt", "some words").id
        workshop.turn(PARSE_QUEUE)
        workshop.delete(dataset, file)
        workshop.work()
        assert [job.state for job in workshop.jobs(kind="file.embed")] == [JobState.CANCELLED]
        assert (workshop.stored(), workshop.vectors(), workshop.count(Chunk)) == (set(), {}, 0)


class TestRemovingADataset:
    def test_takes_files_on_their_way_along_and_leaves_other_datasets(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        gone, kept = shop.dataset("gone"), shop.dataset("kept")
        shop.indexed(kept, "k.txt", "kept words")
        shop.indexed(gone, "a.txt", "indexed words")
        shop.upload(gone, "b.txt", "parsed words")
        shop.work(PARSE_QUEUE)
        shop.upload(gone, "c.txt", "uploaded words")
        shop.delete_dataset(gone)
        shop.work(DEFAULT_QUEUE)
        shop.work()
        assert shop.names(kept) == ["k.txt"]
        assert shop.count(File) == shop.count(Chunk) == sum(shop.vectors().values()) == 1
        assert shop.found("words", kept) == {"kept words"}
        assert shop.doctor.examine() == []

    def test_while_a_file_of_it_is_embedded_leaves_no_vectors(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.upload(dataset, "a.txt", "some words")
        workshop.work(PARSE_QUEUE)

        def delete_and_remove() -> None:
            workshop.delete_dataset(dataset)
            workshop.work(DEFAULT_QUEUE)

        workshop.store.before["upsert"] = delete_and_remove
        workshop.turn(EMBED_QUEUE)
        assert workshop.vectors() == {}
        assert workshop.doctor.examine() == []

    def test_is_handed_back_by_a_worker_that_stops(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.indexed(dataset, "a.txt", "some words")
        workshop.delete_dataset(dataset)
        handler = workshop.worker._handlers["dataset.remove"]
        handler.run(workshop.claim(DEFAULT_QUEUE), Signals(stopping=lambda: True))
        assert [(job.state, job.attempt) for job in workshop.jobs(kind="dataset.remove")] == [(JobState.QUEUED, 0)]
        workshop.work()
        assert workshop.count(File) == 0


class TestSwitch:
    def test_flipped_again_while_it_is_written_ends_as_the_row_says(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "some words")
        workshop.change(dataset, file, enabled=False)
        workshop.store.before["set_enabled"] = lambda: workshop.change(dataset, file, enabled=True)
        workshop.work()
        assert workshop.view(dataset, file).status is ShownStatus.INDEXED
        assert workshop.found("words", dataset) == {"some words"}

    def test_of_a_file_that_is_gone_ends_quietly(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "some words")
        workshop.change(dataset, file, enabled=False)
        switching = workshop.claim(DEFAULT_QUEUE)
        workshop.delete(dataset, file)
        workshop.work()
        workshop.worker._handlers["file.switch"].run(switching, GO_ON)
        assert [job.state for job in workshop.jobs(kind="file.switch")] == [JobState.DONE]

    def test_to_the_same_position_makes_no_job(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "some words")
        workshop.change(dataset, file, enabled=True)
        with workshop.database.read() as session:
            assert not session.scalars(select(Job).where(Job.kind == "file.switch")).all()

    def test_stays_off_through_a_new_version(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "old words")
        workshop.change(dataset, file, enabled=False)
        workshop.indexed(dataset, "a.txt", "new words")
        assert workshop.view(dataset, file).status is ShownStatus.DISABLED
        assert workshop.found("words", dataset) == set()
        workshop.change(dataset, file, enabled=True)
        workshop.work()
        assert workshop.found("words", dataset) == {"new words"}
