"""A build that is called off: the file says so, nothing of it stays, and what served before goes on serving."""

from __future__ import annotations

from ingest.files.builds import CANCELLED
from ingest.files.jobs import EMBED_QUEUE, PARSE_QUEUE
from ingest.files.models import File
from kit.jobs.handler import Signals
from kit.jobs.types import Claim
from tests.unit.ingest.workshop import GO_ON, Workshop, numbered, pages


def call_off(workshop: Workshop, file_id: str) -> None:
    with workshop.database.write() as session:
        workshop.builds.call_off(session, session.get_one(File, file_id))


class TestCallingOff:
    def test_a_first_build_leaves_an_error_that_says_how_to_go_on(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        file = any_workshop.upload(dataset, "a.txt", pages("one", "two"))

        call_off(any_workshop, file.id)
        any_workshop.work()

        view = any_workshop.view(dataset, file.id)
        assert (view.status, view.error_code, view.chunks_count) == ("error", CANCELLED, 0)
        assert any_workshop.vectors() == {}
        any_workshop.change(dataset, file.id, re_ingest=True)
        any_workshop.work()
        assert any_workshop.view(dataset, file.id).status == "indexed"

    def test_a_later_build_leaves_the_version_before_it_serving(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        file_id = any_workshop.indexed(dataset, "a.txt", pages("old words"))
        any_workshop.upload(dataset, "a.txt", pages("new words", "and more"))
        any_workshop.turn(PARSE_QUEUE)

        call_off(any_workshop, file_id)
        any_workshop.work()

        view = any_workshop.view(dataset, file_id)
        assert (view.status, view.error_code, view.chunks_count, view.chunks_total) == ("indexed", None, 1, 1)
        assert any_workshop.found("words", dataset) == {"old words"}
        assert any_workshop.vectors() == {(file_id, 1): 1}

    def test_in_the_middle_of_embedding_takes_back_what_was_written(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        file = any_workshop.upload(dataset, "a.txt", numbered(100))
        any_workshop.turn(PARSE_QUEUE)
        claims = any_workshop.claim(EMBED_QUEUE)
        any_workshop.store.after["upsert"] = lambda: call_off(any_workshop, file.id)

        any_workshop.embedding.run(claims, GO_ON)
        any_workshop.work()

        assert any_workshop.vectors() == {}
        assert any_workshop.view(dataset, file.id).error_code == CANCELLED

    def test_while_it_is_parsed_ends_the_child_that_reads_it(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        file = any_workshop.upload(dataset, "a.txt", numbered(100))
        claims = any_workshop.claim(PARSE_QUEUE)

        def is_lost(_claim: Claim) -> bool:
            if any_workshop.view(dataset, file.id).status == "parsing":
                call_off(any_workshop, file.id)
            return True

        any_workshop.parsing.run(claims, Signals(stopping=lambda: False, is_lost=is_lost))

        any_workshop.work()
        assert any_workshop.view(dataset, file.id).error_code == CANCELLED
        assert any_workshop.stored() == {"originals"}

    def test_what_is_complete_changes_nothing(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        file_id = any_workshop.indexed(dataset, "a.txt", pages("old words"))

        call_off(any_workshop, file_id)

        assert any_workshop.view(dataset, file_id).status == "indexed"


class TestDeletingADataset:
    def test_calls_off_the_builds_of_its_files(self, any_workshop: Workshop) -> None:
        dataset = any_workshop.dataset()
        any_workshop.upload(dataset, "a.txt", pages("one"))

        any_workshop.delete_dataset(dataset)

        assert [job.state for job in any_workshop.jobs(kind="file.parse")] == ["cancelled"]
