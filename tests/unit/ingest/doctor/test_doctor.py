"""Each ailment is found and mended, and a healthy home has none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from ingest.datasets.models import Dataset
from ingest.doctor.findings import Ailment, Finding
from ingest.documents import ParserEngine
from ingest.files.jobs import EMBED_QUEUE, PARSE_QUEUE
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.types import ShownStatus
from ingest.sandbox.docling_task import DoclingState
from ingest.sandbox.limits import Limits
from ingest.storage.protocol import original_key
from kit.jobs.models import Job
from kit.jobs.types import JobState
from tests.unit.ingest.workshop import COLLECTION, Workshop, numbered, pages


def cure(shop: Workshop, ailment: Ailment) -> Finding:
    """Of the one ailment that there is, to perfect health."""
    (finding,) = shop.doctor.examine()
    assert finding.ailment is ailment
    assert finding.repairable
    shop.doctor.repair(finding)
    shop.work()
    assert shop.doctor.examine() == []
    return finding


class TestHealth:
    def test_is_what_a_home_has_whatever_was_done_in_it(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset, gone = shop.dataset(), shop.dataset("gone")
        shop.indexed(dataset, "a.txt", pages("one", "two"))
        shop.indexed(dataset, "a.txt", pages("one", "three"))
        shop.indexed(dataset, "failed.txt", "---")
        shop.change(dataset, shop.indexed(dataset, "off.txt", "four"), enabled=False)
        shop.delete(dataset, shop.indexed(dataset, "deleted.txt", "five"))
        shop.indexed(gone, "b.txt", "six")
        shop.delete_dataset(gone)
        shop.work()
        assert shop.doctor.examine() == []
        assert shop.doctor.tidy() == 0

    def test_is_what_a_home_has_at_every_step_of_a_build_and_of_a_removal(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", numbered(3, "old"))

        def assert_healthy() -> None:
            assert workshop.doctor.examine() == []

        workshop.upload(dataset, "a.txt", numbered(70, "new"))
        assert_healthy()
        workshop.turn(PARSE_QUEUE)
        assert_healthy()
        for method in ("upsert", "activate"):
            workshop.store.after[method] = assert_healthy
        workshop.turn(EMBED_QUEUE)
        assert_healthy()
        workshop.work()
        workshop.delete(dataset, file)
        assert_healthy()
        workshop.work()
        assert_healthy()

    def test_is_not_doubted_because_of_what_changes_between_two_looks(
        self, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dataset = workshop.dataset()
        old = workshop.indexed(dataset, "old.txt", "some words")
        keys, count = workshop.files.keys, workshop.store.count_by_file
        steps: Iterator[Callable[[], object]] = iter(
            [
                lambda: workshop.indexed(dataset, "new.txt", "other words"),
                lambda: workshop.delete(dataset, old),
                workshop.work,
                lambda: workshop.indexed(dataset, "new.txt", "quite other words"),
            ]
        )

        def and_then() -> None:
            next(steps, dict)()

        def keys_then() -> Iterator[str]:
            found = list(keys())
            and_then()
            return iter(found)

        def count_then(collection: str) -> object:
            found = count(collection)
            and_then()
            return found

        monkeypatch.setattr(workshop.files, "keys", keys_then)
        monkeypatch.setattr(workshop.store, "count_by_file", count_then)
        for _ in range(4):
            assert workshop.doctor.examine() == []


class TestVectors:
    def test_of_nothing_are_removed(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "some words")
        with workshop.database.write() as session:
            for model in (Chunk, FileGeneration, File, Job):
                session.execute(delete(model))
        for key in list(workshop.files.keys()):
            workshop.files.delete(key)
        finding = cure(workshop, Ailment.ORPHAN_VECTORS)
        assert (finding.subject, finding.generation, finding.collection) == (file, 1, COLLECTION)
        assert workshop.vectors() == {}

    def test_that_are_missing_are_made_anew_from_the_chunks(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        file = shop.indexed(dataset, "a.txt", numbered(70))
        shop.store.delete_file(COLLECTION, file)
        cure(shop, Ailment.MISSING_VECTORS)
        assert shop.vectors() == {(file, 1): 70}
        assert shop.found('"number69"', dataset) == {"page number69"}

    def test_of_a_file_that_was_built_anew_since_are_not_restored(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "old words")
        workshop.store.delete_file(COLLECTION, file)
        (finding,) = workshop.doctor.examine()
        workshop.indexed(dataset, "a.txt", "new words")
        workshop.doctor.repair(finding)
        assert workshop.vectors() == {(file, 2): 1}


class TestChunks:
    def test_that_are_missing_are_cut_anew(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        file = shop.indexed(dataset, "a.txt", numbered(3))
        with shop.database.write() as session:
            session.execute(delete(Chunk).where(Chunk.position == 1))
        cure(shop, Ailment.MISSING_CHUNKS)
        assert shop.found('"number1"', dataset) == {"page number1"}
        assert shop.generations(file) == {2: "active"}


class TestStoredFiles:
    def test_that_no_row_names_are_removed(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        shop.indexed(shop.dataset(), "a.txt", "some words")
        key = original_key(tenant_id=shop.caller.tenant_id, sha256="0" * 64)
        shop.files.put(key, b"left behind")
        assert cure(shop, Ailment.ORPHAN_FILE).subject == key
        assert shop.stored() == {"originals", "blocks"}

    def test_that_are_named_by_now_are_kept(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "some words")
        row = workshop.row(file)
        assert row is not None
        key = original_key(tenant_id=row.tenant_id, sha256=row.sha256)
        workshop.doctor.repair(Finding(Ailment.ORPHAN_FILE, key, "", "", repairable=True))
        assert workshop.has_original(row.sha256)

    def test_that_are_missing_are_for_a_person_to_bring_back(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "some words")
        row = workshop.row(file)
        assert row is not None
        workshop.files.delete(original_key(tenant_id=row.tenant_id, sha256=row.sha256))
        (finding,) = workshop.doctor.examine()
        assert (finding.ailment, finding.subject, finding.repairable) == (Ailment.MISSING_ORIGINAL, file, False)
        with pytest.raises(ValueError, match="not for a program"):
            workshop.doctor.repair(finding)
        workshop.upload(dataset, "a.txt", "some words")
        assert workshop.doctor.examine() == []


class TestWork:
    @pytest.fixture(params=["examined", "tidied"])
    def by_itself(self, request: pytest.FixtureRequest) -> bool:
        return bool(request.param == "tidied")

    def mend(self, shop: Workshop, ailment: Ailment, *, by_itself: bool) -> None:
        """As a person asks for it, or as each start does."""
        if not by_itself:
            cure(shop, ailment)
            return
        shop.doctor.ask_for_tidying()
        shop.doctor.ask_for_tidying()
        shop.work()
        assert len(shop.jobs(kind="doctor.tidy")) == 1
        assert shop.doctor.examine() == []

    def test_on_a_build_that_got_lost_is_begun_again(self, any_workshop: Workshop, by_itself: bool) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        file = shop.upload(dataset, "a.txt", "some words").id
        with shop.database.write() as session:
            session.execute(delete(Job))
        self.mend(shop, Ailment.STALLED_BUILD, by_itself=by_itself)
        assert shop.view(dataset, file).status is ShownStatus.INDEXED

    def test_on_removing_a_file_that_got_lost_is_begun_again(self, any_workshop: Workshop, by_itself: bool) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        file = shop.indexed(dataset, "a.txt", "some words")
        shop.delete(dataset, file)
        shop.store.delete_file(COLLECTION, file)  # vectors would be a finding of their own
        with shop.database.write() as session:
            session.execute(delete(Job))
        self.mend(shop, Ailment.UNREMOVED_FILE, by_itself=by_itself)
        assert (shop.count(File), shop.stored()) == (0, set())

    def test_on_removing_a_dataset_that_got_lost_is_begun_again(self, any_workshop: Workshop, by_itself: bool) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        shop.delete_dataset(dataset)
        with shop.database.write() as session:
            session.execute(delete(Job))
        self.mend(shop, Ailment.UNREMOVED_DATASET, by_itself=by_itself)
        with shop.database.read() as session:
            assert session.get(Dataset, dataset) is None

    def test_that_was_given_up_is_for_a_person(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "some words")
        with workshop.database.write() as session:
            session.execute(update(Job).where(Job.kind == "file.embed").values(state=JobState.DEAD, error="no room"))
        (finding,) = workshop.doctor.examine()
        assert (finding.ailment, finding.subject, finding.repairable) == (Ailment.DEAD_JOB, file, False)
        assert "no room" in finding.message
        assert "re-ingest" in finding.remedy
        workshop.change(dataset, file, re_ingest=True)
        workshop.work()
        assert workshop.doctor.examine() == []


class TestUnavailableEngine:
    def test_datasets_that_ask_for_docling_are_named_with_what_is_missing(self, workshop: Workshop) -> None:
        wanting = workshop.dataset("scans", parser_engine=ParserEngine.DOCLING)
        workshop.dataset("others", parser_engine=ParserEngine.AUTO)
        (finding,) = workshop.doctor.examine()
        assert (finding.ailment, finding.subject) == (Ailment.ENGINE_UNAVAILABLE, wanting)
        assert finding.tenant_id == workshop.caller.tenant_id
        assert "'scans'" in finding.message
        assert "CAIRN_DOCLING_MODELS is not set" in finding.message
        assert "AUTO or NODE_NATIVE" in finding.remedy
        assert not finding.repairable

    def test_what_is_set_up_and_incomplete_is_told_of_without_anybody_wanting_it(
        self, workshop: Workshop, tmp_path: Path
    ) -> None:
        state = DoclingState(workshop.sandbox, tmp_path / "no", limits=Limits())
        (finding,) = replace(workshop.doctor, docling=state).examine()
        assert (finding.ailment, finding.subject) == (Ailment.ENGINE_UNAVAILABLE, "CAIRN_DOCLING_MODELS")
        assert f"{tmp_path}/no" in finding.message
        assert "docling-tools" in finding.remedy
