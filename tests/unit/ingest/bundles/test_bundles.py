"""A dataset out of one place and into another: the same, whole, or not at all."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import zstandard
from sqlalchemy import select

from identity.types import Principal
from ingest.bundles import format as bundle
from ingest.bundles.errors import BundleRefused
from ingest.bundles.importing import GRACE, BundleReader, ImportOvertaken, ImportReceipt
from ingest.datasets.errors import DatasetNameTaken, DatasetNotFound
from ingest.datasets.models import Dataset
from ingest.datasets.types import DatasetChange
from ingest.files.models import Chunk, File
from ingest.redaction.types import PersonalKind, Redaction
from ingest.review.models import ChunkOverlay
from ingest.review.service import Review
from ingest.review.types import ChunkChange
from ingest.settings import Ocr
from kit.pagination import PageRequest
from retrieval.golden.models import GoldenQuestion, QuestionSet
from retrieval.search.types import SearchRequest
from tests.unit.ingest.workshop import Workshop, numbered, pages


class Harbour:
    """A dataset with all that a bundle holds, and where it goes."""

    def __init__(self, shop: Workshop, folder: Path) -> None:
        self.shop = shop
        self.path = folder / "one.bundle"
        self.dataset = shop.dataset("harbour")
        self.apple = shop.indexed(self.dataset, "a.txt", pages("red apple", "green pear"), labels={"kind": "fruit"})
        shop.indexed(self.dataset, "b.txt", numbered(30))
        shop.indexed(self.dataset, "long.txt", " ".join(f"word{number}" for number in range(450)))
        off = shop.indexed(self.dataset, "off.txt", "switched off")
        shop.change(self.dataset, off, enabled=False)
        shop.upload(self.dataset, "empty.txt", "---")
        shop.work()
        self._correct()
        self._ask()

    def _correct(self) -> None:
        shop = self.shop
        review = Review(gate=shop.gate, queue=shop.queue, clock=shop.clock, tokens=shop.embedder.tokens)
        with shop.database.write() as session:
            page = shop.file_service.chunks(session, shop.caller, self.dataset, self.apple, PageRequest(limit=5))
            change = ChunkChange(content="red apple, corrected")
            review.change(session, shop.caller, self.dataset, self.apple, chunk_id=page.items[0].id, change=change)
        shop.work()

    def _ask(self) -> None:
        now, tenant = self.shop.clock.now(), self.shop.caller.tenant_id
        judged = {"file": self.apple, "grade": "relevant", "quote": "red", "marks": [1, 2]}
        with self.shop.database.write() as session:
            session.add(
                QuestionSet(
                    id="Q" * 26, tenant_id=tenant, dataset_id=self.dataset, name="golden", version=1, created_at=now,
                    updated_at=now,
                )
            )  # fmt: skip
            session.flush()
            session.add(GoldenQuestion(id="G" * 26, set_id="Q" * 26, query="which?", judgements=[judged], since=1))

    def export(self) -> Path:
        self.shop.bundle_writer.write(self.shop.caller, self.dataset, self.path)
        return self.path

    def take(self, name: str = "copy", caller: Principal | None = None) -> ImportReceipt:
        return self.shop.bundle_reader.take(caller or self.shop.caller, self.path, name=name)

    def answers(self, dataset: str) -> list[list[tuple[str, float]]]:
        """To some questions by both legs, with their scores."""
        asked = ["red apple", "page number17", "word5 word449", "switched off", "green", "number29 page"]
        found = []
        for text in asked:
            request = SearchRequest(text, [dataset], top_k=10)
            hits = self.shop.search_service.search(self.shop.caller, request).hits
            found.append([(hit.passage.content, round(hit.score, 5)) for hit in hits])
        return found

    def datasets(self) -> set[str]:
        with self.shop.database.read() as session:
            return {row.name for row in self.shop.datasets.list(session, self.shop.caller)}


@pytest.fixture
def harbour(workshop: Workshop, tmp_path: Path) -> Harbour:
    return Harbour(workshop, tmp_path)


class TestRoundTrip:
    def test_gives_the_same_answers_without_embedding(self, any_workshop: Workshop, tmp_path: Path) -> None:
        harbour = Harbour(any_workshop, tmp_path)
        before = harbour.answers(harbour.dataset)
        assert all(before[:3])
        harbour.export()
        any_workshop.embedder.sizes.clear()

        receipt = harbour.take()
        any_workshop.work()

        assert (receipt.files, receipt.embedding, receipt.building) == (5, 0, 1)
        assert sum(any_workshop.embedder.sizes) <= 3, "three passages are compared, no more"
        assert harbour.answers(receipt.dataset_id) == before
        assert any_workshop.names(receipt.dataset_id) == any_workshop.names(harbour.dataset)
        assert [finding.message for finding in any_workshop.doctor.examine()] == []

    def test_keeps_corrections_labels_and_golden_questions(self, harbour: Harbour) -> None:
        harbour.export()
        receipt = harbour.take()
        with harbour.shop.database.read() as session:
            copy = session.scalars(
                select(File).where(File.dataset_id == receipt.dataset_id, File.name == "a.txt")
            ).one()
            overlay = session.scalars(select(ChunkOverlay).where(ChunkOverlay.file_id == copy.id)).one()
            chunk = session.scalars(select(Chunk).where(Chunk.overlay_id == overlay.id)).one()
            wanted = select(GoldenQuestion).join(QuestionSet).where(QuestionSet.dataset_id == receipt.dataset_id)
            question = session.scalars(wanted).one()
        assert (copy.labels, chunk.content, overlay.original) == (
            {"kind": "fruit"}, "red apple, corrected", "red apple",
        )  # fmt: skip
        assert question.judgements[0]["file"] == copy.id
        harbour.shop.upload(receipt.dataset_id, "a.txt", pages("red apple", "blue plum"))
        harbour.shop.work()
        assert "red apple, corrected" in harbour.shop.found("apple", receipt.dataset_id)

    def test_keeps_what_is_redacted(self, workshop: Workshop, tmp_path: Path) -> None:
        harbour = Harbour(workshop, tmp_path)
        wanted = Redaction((PersonalKind.EMAIL, PersonalKind.PHONE), ("GB",))
        with workshop.database.write() as session:
            workshop.datasets.configure(session, workshop.caller, harbour.dataset, DatasetChange(redaction=wanted))
        harbour.export()
        assert workshop.dataset_view(harbour.take().dataset_id).redaction == wanted

    def test_keeps_how_scans_and_web_pages_are_read(self, workshop: Workshop, tmp_path: Path) -> None:
        harbour = Harbour(workshop, tmp_path)
        workshop.indexed(harbour.dataset, "page.html", "<p>a page</p>", only_main_content=True)
        change = DatasetChange(ocr=Ocr(7), only_main_content=False)
        with workshop.database.write() as session:
            workshop.datasets.configure(session, workshop.caller, harbour.dataset, change)
        harbour.export()
        copy = harbour.take().dataset_id
        view = workshop.dataset_view(copy)
        assert (view.ocr, view.only_main_content) == (Ocr(7), False)
        with workshop.database.read() as session:
            found = select(File.name, File.only_main_content).where(File.dataset_id == copy)
            own = dict(list(session.execute(found)))
        assert own.pop("page.html") is True
        assert set(own.values()) == {None}

    def test_goes_to_another_tenant_and_is_nobody_elses_there(self, harbour: Harbour) -> None:
        harbour.export()
        stranger = harbour.shop.settle("stranger")
        receipt = harbour.take("harbour", stranger)
        with harbour.shop.acting_as(stranger):
            assert harbour.shop.found("pear", receipt.dataset_id) == {"green pear"}
        with pytest.raises(DatasetNotFound):
            harbour.shop.found("pear", receipt.dataset_id)

    def test_embeds_by_another_model_where_the_bundles_is_not_here(self, harbour: Harbour) -> None:
        harbour.export()
        harbour.shop.embedder.name = "words of old"  # the installation has other models now
        parses = len(harbour.shop.jobs(kind="file.parse"))
        del harbour.shop.models._by_name["words"]
        harbour.shop.models._by_name["words of old"] = harbour.shop.embedder

        receipt = harbour.take()
        harbour.shop.work()

        assert receipt.embedding == 4
        assert harbour.shop.found("pear", receipt.dataset_id, alpha=1.0) >= {"green pear"}
        assert len(harbour.shop.jobs(kind="file.parse")) == parses + 1  # the one that could not be read

    def test_does_not_take_a_model_for_the_same_because_of_its_name(self, harbour: Harbour) -> None:
        harbour.export()
        original = harbour.shop.embedder._embedded
        harbour.shop.embedder._embedded = lambda words: original([f"{word}!" for word in words])  # type: ignore[method-assign]  # another model of the same name
        assert harbour.take().embedding == 4


class TestAllOrNothing:
    def test_refuses_a_name_that_is_taken(self, harbour: Harbour) -> None:
        harbour.export()
        with pytest.raises(DatasetNameTaken):
            harbour.take("harbour")

    @pytest.mark.parametrize("seed", range(3))
    def test_shows_nothing_of_an_import_that_dies_and_removes_it(
        self, harbour: Harbour, seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shop = harbour.shop
        harbour.export()
        rows, points = shop.count(Chunk), sum(shop.vectors().values())
        left = [seed]

        def die() -> None:
            left[0] -= 1
            if left[0] < 0:
                raise _KilledError
            shop.store.before["upsert"] = die

        shop.store.before["upsert"] = die
        monkeypatch.setattr(BundleReader, "_give_up", lambda *_: None)  # a killed process does nothing more
        with pytest.raises(_KilledError):
            harbour.take()
        assert harbour.datasets() == {"harbour"}
        shop.store.before.clear()

        shop.clock.advance(GRACE.total_seconds() + 1)
        shop.work()

        assert (shop.count(Chunk), sum(shop.vectors().values())) == (rows, points)
        assert shop.count(Dataset) == 1
        assert [finding.message for finding in shop.doctor.examine()] == []

    def test_ends_where_its_removal_has_begun(self, harbour: Harbour) -> None:
        """It stood still for longer than anybody waits."""
        shop = harbour.shop
        harbour.export()

        def stand_still() -> None:
            shop.clock.advance(GRACE.total_seconds() + 1)
            shop.turn("default")

        shop.store.before["upsert"] = stand_still
        with pytest.raises(ImportOvertaken):
            harbour.take()
        shop.work()
        assert harbour.datasets() == {"harbour"}
        assert [finding.message for finding in shop.doctor.examine()] == []


class _KilledError(BaseException):
    """As kill -9: nothing after it runs."""


class Forger:
    """Changes members of a bundle, with their checksums put right, so that nothing but the format refuses them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}

    def json(self, name: str, change: Callable[[Any], object]) -> None:
        value = msgspec.json.decode(self.members[name])
        change(value)
        self.members[name] = msgspec.json.encode(value)

    def write(self, *, compression: int = zipfile.ZIP_STORED) -> None:
        sums = {n: hashlib.sha256(d).hexdigest() for n, d in self.members.items() if n != bundle.CHECKSUMS}
        self.members[bundle.CHECKSUMS] = msgspec.json.encode(sums)
        with zipfile.ZipFile(self.path, "w", compression) as archive:
            for name, data in self.members.items():
                archive.writestr(name, data)


def _first(part: str) -> str:
    return bundle.member(1, part)


def _bomb(forger: Forger) -> None:
    packed = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(packed, closefd=False) as stream:
        stream.write(struct.pack("<I", 30_000_000))
        stream.write(bytes(30_000_000))
    forger.members[_first("chunks")] = packed.getvalue()


def _endless(forger: Forger) -> None:
    frame = msgspec.msgpack.encode([])
    packed = io.BytesIO()
    with zstandard.ZstdCompressor().stream_writer(packed, closefd=False) as stream:
        for _ in range(200_000):
            stream.write(struct.pack("<I", 6) + frame + bytes(5))
    forger.members[_first("chunks")] = packed.getvalue()


def _not_a_number(forger: Forger) -> None:
    data = bytearray(forger.members[_first("vectors")])
    data[4:8] = np.float32("nan").tobytes()
    forger.members[_first("vectors")] = bytes(data)


HOSTILE: dict[str, tuple[Callable[[Forger], object], str]] = {
    "another format": (lambda f: f.json("manifest.json", lambda m: m.update(format="zip")), "format is 'zip'"),
    "a newer version": (lambda f: f.json("manifest.json", lambda m: m.update(version=2)), "of version 2"),
    "a path upwards": (lambda f: f.members.update({"../../etc/passwd": b"x"}), "'../../etc/passwd'"),
    "an absolute path": (lambda f: f.members.update({"/etc/passwd": b"x"}), "'/etc/passwd'"),
    "a path in a file's name": (
        lambda f: f.json(_first("file.json"), lambda m: m.update(name="../up.txt")),
        "not one that a file may have",
    ),
    "another original": (lambda f: f.members.update({_first("original"): b"other"}), "is not the file that"),
    "no original": (lambda f: f.members.pop(_first("original")), "original is missing"),
    "no chunks": (lambda f: f.members.pop(_first("chunks")), "chunks is missing"),
    "a bomb": (_bomb, "unpacks to more"),
    "frames of nothing": (_endless, "chunks"),
    "no vectors at the end": (lambda f: f.members.update({_first("vectors"): b""}), "ends in the middle"),
    "vectors that are none": (_not_a_number, "unit length"),
    "a script for an address": (
        lambda f: f.json(_first("file.json"), lambda m: m.update(url="javascript:alert(1)")),
        "javascript",
    ),
    "an impossible overlap": (
        lambda f: f.json("manifest.json", lambda m: m["dataset"].update(chunk_overlap=9999)),
        "dataset",
    ),
    "a number beyond the database's": (
        lambda f: f.json(_first("file.json"), lambda m: m.update(size_bytes=2**40)),
        "file.json",
    ),
    "two files of one name": (
        lambda f: f.json(bundle.member(2, "file.json"), lambda m: m.update(name="a.txt")),
        "one name",
    ),
    "more files than announced": (lambda f: f.json("manifest.json", lambda m: m.update(files=1)), "announces 1"),
    "half a document": (lambda f: f.members.update({"questions.json": b'[{"name"'}), "questions.json"),
}


class TestABundleFromSomebody:
    def refused(self, harbour: Harbour, reason: str) -> None:
        shop = harbour.shop
        before = (shop.count(Dataset), shop.count(File), shop.count(Chunk), len(list(shop.files.keys())))
        with pytest.raises(BundleRefused, match="nothing of it was taken in") as refusal:
            harbour.take()
        assert reason in refusal.value.message
        assert (shop.count(Dataset), shop.count(File), shop.count(Chunk), len(list(shop.files.keys()))) == before
        assert shop.staging() == []

    def test_is_refused_where_it_is_hostile(self, harbour: Harbour) -> None:
        sound = harbour.export().read_bytes()
        for change, reason in HOSTILE.values():
            harbour.path.write_bytes(sound)
            forger = Forger(harbour.path)
            change(forger)
            forger.write()
            self.refused(harbour, reason)

    def test_is_refused_with_a_wrong_checksum(self, harbour: Harbour) -> None:
        data = harbour.export().read_bytes()
        place = data.index(b"red apple")
        harbour.path.write_bytes(data[:place] + b"rad" + data[place + 3 :])
        with pytest.raises(BundleRefused):
            harbour.take()

    def test_is_refused_where_it_is_compressed(self, harbour: Harbour) -> None:
        forger = Forger(harbour.export())
        forger.write(compression=zipfile.ZIP_DEFLATED)
        self.refused(harbour, "compressed")

    def test_is_refused_when_it_ends_in_the_middle(self, harbour: Harbour) -> None:
        data = harbour.export().read_bytes()
        for share in (0.0, 0.3, 0.9, 0.999):
            harbour.path.write_bytes(data[: int(len(data) * share)])
            self.refused(harbour, "ZIP")

    def test_is_not_left_half_written(self, harbour: Harbour, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise OSError("the disk is full")

        monkeypatch.setattr(harbour.shop.store, "windows", fail)
        with pytest.raises(OSError, match="disk"):
            harbour.export()
        assert list(harbour.path.parent.glob("*bundle*")) == []
