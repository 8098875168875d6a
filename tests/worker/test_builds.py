"""From an upload to what is found: each version beside the one before, switched in one step."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from typing import Any

import pytest

from ingest.files.types import FileChange, IngestOverrides, ShownStatus, UploadOutcome
from kit.errors import Invalid, Unavailable
from kit.jobs.models import Job
from kit.jobs.types import JobState
from tests.worker.conftest import Bench

OLD = "# Notice\n\nThe notice period is three months."
NEW = "# Notice\n\nThe notice period is six weeks."


def sections(count: int) -> str:
    return "\n\n".join(
        f"# Part {n}\n\n" + f"Sentence about topic {n} that says rather a lot. " * 8 for n in range(count)
    )


class TestAnUpload:
    def test_goes_from_pending_through_embedding_to_indexed_with_true_progress(self, bench: Bench) -> None:
        file = bench.put("parts.md", sections(70))
        assert (bench.view(file.id).status, bench.view(file.id).progress) == ("pending", 0)
        assert bench.turn("parse")
        parsed = bench.view(file.id)
        assert (parsed.status, parsed.progress, parsed.chunks_done) == ("embedding", 10, 0)
        assert parsed.chunks_total >= 70
        assert not bench.found("topic 3")
        bench.drain()
        done = bench.view(file.id)
        assert (done.status, done.progress, done.chunks_done) == ("indexed", 100, done.chunks_total)
        assert done.chunks_count == parsed.chunks_total
        assert "topic 3" in bench.found("Sentence about topic 3", alpha=0.0)[0].passage.content

    def test_of_several_small_files_shares_the_model(self, bench: Bench) -> None:
        receipt = bench.upload(*((f"{n}.md", f"# File {n}\n\nThis one tells of the number {n}.") for n in range(9)))
        bench.drain("parse")
        assert bench.turn("embed")
        assert {bench.view(file.id).status for file in receipt.uploaded} == {"indexed"}

    def test_refuses_what_it_cannot_read_and_takes_the_rest(self, bench: Bench) -> None:
        receipt = bench.upload(("good.md", OLD), ("../..", OLD), ("empty.txt", ""))
        assert [file.file_name for file in receipt.uploaded] == ["good.md"]
        assert [file.code for file in receipt.rejected] == ["VALIDATION_ERROR", "FILE_HAS_NO_TEXT"]

    def test_leaves_nothing_behind_when_its_transaction_fails(self, bench: Bench) -> None:
        with pytest.raises(Invalid):
            bench.put("a.md", OLD, overrides=IngestOverrides(chunk_size=5000))
        assert [key for key in bench.stored() if key.startswith(".staging/")] == []
        with bench.runtime.database.read() as session:
            assert bench.runtime.files.list(session, bench.principal, bench.dataset) == []

    def test_keeps_folders_in_names_and_never_leaves_them(self, bench: Bench) -> None:
        receipt = bench.upload(("a/x.md", OLD), ("../b\\x.md", NEW), ("c\x00d.md", OLD + " More."))
        assert [file.file_name for file in receipt.uploaded] == ["a/x.md", "b/x.md", "c d.md"]


class TestTheSameFileAgain:
    def test_is_identical_whatever_its_name(self, bench: Bench) -> None:
        file_id = bench.indexed("a.md", OLD)
        for name in ("a.md", "copy.md"):
            again = bench.put(name, OLD)
            assert (again.id, again.outcome, again.job_id) == (file_id, UploadOutcome.IDENTICAL, None)

    def test_with_other_labels_is_built_anew(self, bench: Bench) -> None:
        file_id = bench.indexed("a.md", OLD)
        again = bench.put("a.md", OLD, labels={"team": "legal"})
        assert (again.id, again.outcome) == (file_id, UploadOutcome.REPLACED)

    def test_is_tried_again_where_it_had_failed(self, bench: Bench) -> None:
        file = bench.put("dash.md", "---\n\n***\n")
        bench.drain()
        assert bench.view(file.id).status == "error"
        assert bench.put("dash.md", "---\n\n***\n").job_id is not None


class TestANewVersion:
    def test_is_built_beside_the_old_and_takes_its_place(self, bench: Bench) -> None:
        file_id = bench.indexed("a.md", OLD)
        assert bench.put("a.md", NEW).outcome is UploadOutcome.REPLACED
        assert bench.turn("parse")
        assert "three months" in bench.found("notice period")[0].passage.content
        bench.drain()
        (hit,) = bench.found("notice period")
        assert "six weeks" in hit.passage.content
        assert set(bench.points(file_id)) == {2}
        assert bench.rows(file_id)[:2] == (1, 1)

    def test_that_fails_leaves_the_old_one_serving(self, bench: Bench) -> None:
        file_id = bench.indexed("a.md", OLD)
        bench.put("a.md", "***\n\n---\n")
        bench.drain()
        assert bench.view(file_id).status == "error"
        assert bench.view(file_id).error_message
        assert "three months" in bench.found("notice period")[0].passage.content

    def test_gives_up_the_build_that_it_overtakes(self, bench: Bench) -> None:
        file = bench.put("a.md", OLD)
        bench.turn("parse")
        bench.put("a.md", NEW)
        bench.drain()
        (hit,) = bench.found("notice period")
        assert "six weeks" in hit.passage.content
        assert set(bench.points(file.id)) == {2}

    def test_of_what_is_being_built_already_is_the_same_job(self, bench: Bench) -> None:
        file = bench.put("a.md", OLD)
        with bench.runtime.database.write() as session:
            change = FileChange(re_ingest=True)
            bench.runtime.files.change(session, bench.principal, bench.dataset, file.id, change)
        with bench.runtime.database.read() as session:
            jobs = session.query(Job).filter_by(subject=file.id, state=JobState.QUEUED).all()
        assert [job.id for job in jobs] == [file.job_id]


class TestWhatGoesWrong:
    def test_a_step_that_is_repeated_does_no_harm(self, bench: Bench) -> None:
        file = bench.put("parts.md", sections(70))
        bench.drain("parse")
        claims = bench.runtime.worker._claim("embed")
        handler = bench.runtime.worker._handlers["file.embed"]
        shares = handler._next(claims)  # type: ignore[attr-defined]  # the embedding handler's
        handler._write(bench.shelf, shares)  # type: ignore[attr-defined]  # vectors without their rows: a kill in between
        with bench.runtime.database.write() as session:
            bench.runtime.queue.recover(session)
        bench.drain()
        assert bench.view(file.id).status == "indexed"
        assert sum(bench.points(file.id).values()) == bench.view(file.id).chunks_count
        assert bench.runtime.doctor.examine() == []

    def test_a_job_over_which_workers_died_is_worked_alone_and_the_others_go_free(self, bench: Bench) -> None:
        receipt = bench.upload(*((f"{n}.md", f"# File {n}\n\nThis one tells of the number {n}.") for n in range(4)))
        bench.drain("parse")
        for _ in range(2):  # two workers die with all four in hand
            assert len(bench.runtime.worker._claim("embed")) == 4
            with bench.runtime.database.write() as session:
                bench.runtime.queue.recover(session)
        assert bench.turn("embed")
        states = [bench.view(file.id).status for file in receipt.uploaded]
        assert states.count(ShownStatus.INDEXED) == 1
        with bench.runtime.database.read() as session:
            waiting = session.query(Job).filter_by(kind="file.embed", state=JobState.QUEUED).all()
        assert [job.attempt for job in waiting] == [0, 0, 0]
        bench.drain()
        assert {bench.view(file.id).status for file in receipt.uploaded} == {"indexed"}

    def test_lives_too_short_for_a_slice_still_get_the_job_further(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = bench.put("long.md", sections(12))
        bench.drain("parse")
        chunks = bench.view(file.id).chunks_total
        slices: list[int] = []
        handler = bench.runtime.worker._handlers["file.embed"]
        write = type(handler)._write  # type: ignore[attr-defined]  # the embedding handler's

        def killed_over_more_than_one(self: object, collection: str, shares: Sequence[Any]) -> object:
            slices.append(sum(len(share.chunks) for share in shares))
            if slices[-1] > 1:
                raise KeyboardInterrupt  # as sudden as a kill: nothing in the worker answers it
            return write(self, collection, shares)

        monkeypatch.setattr(type(handler), "_write", killed_over_more_than_one)
        for _ in range(7):
            with pytest.raises(KeyboardInterrupt):
                bench.turn("embed")
            with bench.runtime.database.write() as session:
                bench.runtime.queue.recover(session)
        assert slices == [chunks, chunks, 8, 4, 2, 1, 2, chunks - 1]
        assert bench.view(file.id).chunks_done == 1

    def test_a_file_deleted_while_it_is_embedded_leaves_no_vectors(self, bench: Bench) -> None:
        file = bench.put("a.md", OLD)
        bench.drain("parse")
        claims = bench.runtime.worker._claim("embed")
        handler = bench.runtime.worker._handlers["file.embed"]
        shares = handler._next(claims)  # type: ignore[attr-defined]  # the embedding handler's
        bench.delete(file.id)
        bench.drain("default")
        efforts = handler._write(bench.shelf, shares)  # type: ignore[attr-defined]  # late, after the removal
        handler._record(bench.shelf, list(claims), shares, efforts)  # type: ignore[attr-defined]  # finds out
        assert bench.points(file.id) == {}
        assert bench.rows(file.id) == (0, 0, 0)

    @pytest.mark.parametrize("lacking", [Unavailable("the engine is away"), OSError(errno.ENOSPC, "No space left")])
    def test_an_engine_that_is_away_or_a_full_disk_costs_no_attempt(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch, lacking: Exception
    ) -> None:
        file = bench.put("a.md", OLD)
        bench.drain("parse")

        def away(*_: object) -> None:
            raise lacking

        with monkeypatch.context() as patch:
            patch.setattr(type(bench.runtime.store), "upsert", away)
            for _ in range(8):
                assert bench.turn("embed")
                bench.clock.advance(minutes=1)
        assert bench.job(file.id, "file.embed").attempt == 0
        bench.drain()
        assert bench.view(file.id).status == "indexed"

    def test_a_step_that_fails_again_and_again_shows_on_its_file(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = bench.put("a.md", OLD)
        bench.drain("parse")

        def broken(*_: object) -> None:
            raise RuntimeError("a bug")

        monkeypatch.setattr(type(bench.runtime.store), "upsert", broken)
        while bench.turn("embed"):
            bench.clock.advance(minutes=10)
        assert bench.job(file.id, "file.embed").state == JobState.DEAD
        view = bench.view(file.id)
        assert (view.status, view.error_code) == ("error", "INGESTION_FAILED")
        assert "a bug" in str(view.error_message)

    def test_an_original_that_is_gone_is_an_error_with_a_remedy(self, bench: Bench) -> None:
        before = bench.stored()
        file = bench.put("a.md", "An original that nobody else has.")
        (key,) = bench.stored() - before
        bench.runtime.engines.files.delete(key)
        bench.drain()
        assert bench.view(file.id).status == "error"
        assert "upload the file again" in str(bench.view(file.id).error_message)
