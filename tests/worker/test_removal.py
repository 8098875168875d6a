"""What is deleted is hidden at once, and in the end nothing of it is left."""

from __future__ import annotations

from ingest.datasets.models import Dataset
from ingest.datasets.types import NewDataset
from ingest.files.types import FileChange
from tests.worker.conftest import Bench

TEXT = "# Zeppelin\n\nThe zeppelin lands at dawn."


class TestDeletingAFile:
    def test_hides_it_before_any_job_has_run(self, bench: Bench) -> None:
        file_id = bench.indexed("z.md", TEXT)
        assert bench.delete(file_id) == 1
        assert bench.found("zeppelin") == []

    def test_leaves_nothing_of_it(self, bench: Bench) -> None:
        bench.drain()  # what tests before this one have deleted
        before = bench.stored()
        file_id = bench.indexed("z.md", TEXT)
        assert bench.stored() > before
        bench.delete(file_id)
        bench.drain()
        assert bench.points(file_id) == {}
        assert bench.rows(file_id) == (0, 0, 0)
        assert bench.stored() == before

    def test_keeps_an_original_that_another_dataset_has_too(self, bench: Bench) -> None:
        file_id = bench.indexed("z.md", TEXT)
        other = bench.runtime
        with other.database.write() as session:
            second = other.datasets.create(session, bench.principal, NewDataset(name=f"second {file_id}"))
        twin = Bench(other, bench.clock, bench.principal, second.id, second.collection)
        kept = twin.indexed("z.md", TEXT)
        bench.delete(file_id)
        bench.drain()
        with other.database.read() as session:
            original = other.files.original(session, twin.principal, twin.dataset, kept)
        assert original.path.read_text() == TEXT
        with other.database.write() as session:
            other.datasets.delete(session, bench.principal, second.id)


class TestDeletingADataset:
    def test_leaves_nothing_of_it(self, bench: Bench) -> None:
        bench.drain()
        before = bench.stored()
        ids = [bench.indexed(f"{n}.md", f"{TEXT} Number {n}.") for n in range(3)]
        with bench.runtime.database.write() as session:
            bench.runtime.datasets.delete(session, bench.principal, bench.dataset)
        bench.drain()
        assert [bench.points(file_id) for file_id in ids] == [{}, {}, {}]
        assert [bench.rows(file_id) for file_id in ids] == [(0, 0, 0)] * 3
        assert bench.stored() == before
        with bench.runtime.database.read() as session:
            assert session.get(Dataset, bench.dataset) is None


class TestSwitching:
    def change(self, bench: Bench, file_id: str, *, enabled: bool) -> None:
        with bench.runtime.database.write() as session:
            change = FileChange(enabled=enabled)
            bench.runtime.files.change(session, bench.principal, bench.dataset, file_id, change)

    def test_off_hides_at_once_and_on_brings_back(self, bench: Bench) -> None:
        file_id = bench.indexed("z.md", TEXT)
        self.change(bench, file_id, enabled=False)
        assert bench.found("zeppelin") == []
        bench.drain()
        self.change(bench, file_id, enabled=True)
        bench.runtime.switch.apply(file_id)
        assert len(bench.found("zeppelin")) == 1

    def test_off_while_the_file_is_embedded_counts(self, bench: Bench) -> None:
        file = bench.put("z.md", TEXT)
        bench.drain("parse")
        claims = bench.runtime.worker._claim("embed")
        handler = bench.runtime.worker._handlers["file.embed"]
        shares = handler._next(claims)  # type: ignore[attr-defined]  # the embedding handler's
        self.change(bench, file.id, enabled=False)
        bench.drain("default")
        efforts = handler._write(bench.shelf, shares)  # type: ignore[attr-defined]  # still as if it were on
        handler._record(bench.shelf, list(claims), shares, efforts)  # type: ignore[attr-defined]  # finds out
        assert bench.view(file.id).status == "disabled"
        assert bench.found("zeppelin") == []
        self.change(bench, file.id, enabled=True)
        bench.drain()
        assert len(bench.found("zeppelin")) == 1
