"""Bytes come in, are looked at, and become rows with a job each: all of a batch or none."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from ingest.datasets.errors import DatasetNotFound
from ingest.documents import ParseType
from ingest.files.errors import TooMuchWaiting
from ingest.files.models import File, FileGeneration
from ingest.files.types import FileSource, IncomingFile, IngestOverrides, ShownStatus, UploadOutcome
from kit.errors import Invalid, Unavailable
from kit.jobs.models import Job
from tests.unit.ingest.workshop import Workshop, pages


class TestStage:
    def test_rejects_a_file_with_the_reason_and_keeps_the_good_ones(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        shop.limits = replace(shop.limits, file_bytes=100)
        picture = b"8BPS\x00\x01" + bytes(40)
        files: dict[str, str | bytes] = {"a.txt": "good", "b.png": picture, "c.txt": "x" * 101, "../..": "d"}
        receipt = shop.upload_all(shop.dataset(), files)
        assert [file.file_name for file in receipt.uploaded] == ["a.txt"]
        assert [(file.file_name, file.code) for file in receipt.rejected] == [
            ("b.png", "UNSUPPORTED_FILE_TYPE"),
            ("c.txt", "PAYLOAD_TOO_LARGE"),
            ("../..", "VALIDATION_ERROR"),
        ]
        assert all(file.message for file in receipt.rejected)
        assert shop.staging() == []

    def test_leaves_nothing_in_staging_when_a_stream_breaks(self, workshop: Workshop) -> None:
        class Broken(BytesIO):
            def read(self, size: int | None = -1, /) -> bytes:
                raise ConnectionError("the caller hung up")

        incoming = [IncomingFile("a.txt", BytesIO(b"good")), IncomingFile("b.txt", Broken())]
        with pytest.raises(ConnectionError), workshop.uploads.stage(incoming):
            pass
        assert workshop.staging() == []

    def test_leaves_nothing_in_staging_when_the_kind_cannot_be_told_now(self, workshop: Workshop) -> None:
        def away(path: Path, file_name: str) -> str:
            raise Unavailable("the sandbox does not start")

        uploads = replace(workshop.uploads, sniff=away)
        with pytest.raises(Unavailable), uploads.stage([IncomingFile("a.txt", BytesIO(b"good"))]):
            pass
        assert workshop.staging() == []


class TestRegister:
    def test_of_a_dataset_that_is_not_there_is_refused(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        with workshop.acting_as(workshop.settle("other")), pytest.raises(DatasetNotFound):
            workshop.upload(dataset, "a.txt", "words")
        assert (workshop.count(File), workshop.staging(), workshop.stored()) == (0, [], set())

    def test_with_settings_that_do_not_go_together_is_refused(self, workshop: Workshop) -> None:
        with pytest.raises(Invalid, match="chunkOverlap"):
            workshop.upload(workshop.dataset(), "a.txt", "words", chunk_size=128, chunk_overlap=128)
        assert (workshop.count(File), workshop.staging(), workshop.stored()) == (0, [], set())

    def test_while_too_much_is_waiting_is_put_off(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        shop.limits = replace(shop.limits, waiting=2)
        dataset = shop.dataset()
        shop.upload_all(dataset, {"a.txt": "one", "b.txt": "two"})
        with pytest.raises(TooMuchWaiting, match="2 files are waiting"):
            shop.upload(dataset, "c.txt", "three")
        shop.work("parse")
        with pytest.raises(TooMuchWaiting, match="2 files are waiting"):
            shop.upload(dataset, "c.txt", "three")
        shop.work()
        assert shop.upload(dataset, "c.txt", "three").outcome is UploadOutcome.CREATED

    def test_that_is_rolled_back_leaves_no_row(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()

        def fail_after_registering() -> None:
            incoming = [IncomingFile(f"{n}.txt", BytesIO(b"words %d" % n)) for n in range(3)]
            with shop.uploads.stage(incoming) as staged, shop.database.write() as session:
                shop.uploads.register(session, shop.caller, dataset, staged, IngestOverrides())
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail_after_registering()
        assert (shop.count(File), shop.count(FileGeneration), shop.count(Job)) == (0, 0, 0)
        assert shop.staging() == []
        assert shop.doctor.examine() != []  # originals that no row names: the doctor's to remove

    def test_makes_a_file_with_a_job(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        uploaded = shop.upload(
            dataset, "folder/a.txt", "words", labels={"team": "red"}, source=FileSource.WEBSITE_CRAWL
        )
        assert (uploaded.outcome, uploaded.status) == (UploadOutcome.CREATED, ShownStatus.PENDING)
        assert [job.id for job in shop.jobs(kind="file.parse")] == [uploaded.job_id]
        view = shop.view(dataset, uploaded.id)
        assert (view.name, view.size_bytes, view.mime_type) == ("folder/a.txt", 5, "text/plain")
        assert (view.labels, view.source, view.generation) == ({"team": "red"}, FileSource.WEBSITE_CRAWL, 1)
        assert shop.staging() == []

    def test_of_one_name_twice_in_a_batch_keeps_the_last(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        receipt = shop.upload_all(dataset, {"a.txt": "first words", "./a.txt": "last words"})
        assert [file.outcome for file in receipt.uploaded] == [UploadOutcome.CREATED, UploadOutcome.REPLACED]
        shop.work()
        assert shop.found("words", dataset) == {"last words"}

    def test_of_the_same_bytes_twice_in_a_batch_makes_one_file(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        receipt = shop.upload_all(shop.dataset(), {"a.txt": "words", "b.txt": "words"})
        assert [file.outcome for file in receipt.uploaded] == [UploadOutcome.CREATED, UploadOutcome.IDENTICAL]
        assert len({file.id for file in receipt.uploaded}) == 1
        assert shop.count(File) == 1


class TestTheSameFileAgain:
    def test_in_another_dataset_is_another_file(self, workshop: Workshop) -> None:
        workshop.upload(workshop.dataset(), "a.txt", "words")
        assert workshop.upload(workshop.dataset("other"), "a.txt", "words").outcome is UploadOutcome.CREATED

    def test_while_its_build_is_under_way_is_identical(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        first = workshop.upload(dataset, "a.txt", "words")
        again = workshop.upload(dataset, "a.txt", "words")
        assert (again.id, again.outcome, again.status) == (first.id, UploadOutcome.IDENTICAL, ShownStatus.PENDING)

    @pytest.mark.parametrize(
        "changed",
        [
            {"labels": {"team": "red"}},
            {"source": FileSource.PUBLISHED_CONTENT},
            {"chunk_size": 256},
            {"chunk_size": 256, "chunk_overlap": 0},
            {"parse_type": ParseType.NAIVE},
        ],
    )
    def test_with_other_facts_or_settings_is_built_anew(self, workshop: Workshop, changed: dict[str, object]) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", pages("one", "two"))
        again = workshop.upload(dataset, "a.txt", pages("one", "two"), **changed)
        assert (again.id, again.outcome) == (file, UploadOutcome.REPLACED)
        workshop.work()
        assert workshop.generations(file) == {2: "active"}
        assert workshop.upload(dataset, "a.txt", pages("one", "two"), **changed).outcome is UploadOutcome.IDENTICAL

    def test_that_was_deleted_is_a_new_one(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        file = shop.indexed(dataset, "a.txt", "words")
        shop.delete(dataset, file)
        again = shop.upload(dataset, "a.txt", "words")
        assert (again.outcome, again.id != file) == (UploadOutcome.CREATED, True)
        shop.work()
        assert shop.found("words", dataset) == {"words"}
        assert shop.doctor.examine() == []
