"""A dataset as a bundle: rows, originals and vectors into one archive, file by file."""

from __future__ import annotations

import hashlib
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, BinaryIO, TypeAlias

import msgspec
import zstandard
from sqlalchemy import select

from identity.types import Principal
from ingest.bundles import format as bundle
from ingest.datasets.gate import Gate
from ingest.datasets.models import Dataset
from ingest.datasets.repository import get_readable
from ingest.files import repository
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.ports import Shelf
from ingest.review import repository as review
from ingest.review.models import ChunkOverlay
from ingest.storage.protocol import FileStore, original_key
from kit.clock import Clock
from kit.db.database import Database
from retrieval.golden.models import QuestionSet
from retrieval.golden.service import questions_at
from retrieval.stores.protocol import VectorStore

_BLOCK = 1024 * 1024
_Write: TypeAlias = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class BundleReceipt:
    files: int
    chunks: int
    vectors: int
    size_bytes: int


@dataclass(slots=True)
class _Counts:
    files: int = 0
    chunks: int = 0
    vectors: int = 0


@dataclass(frozen=True, slots=True)
class BundleWriter:
    """Memory is bounded by a slice of one file's chunks. Each file is as it was at one moment; files that are added
    or deleted meanwhile may be in it or not."""

    database: Database
    gate: Gate
    store: VectorStore
    files: FileStore
    clock: Clock

    def write(self, principal: Principal, dataset_id: str, target: Path) -> BundleReceipt:
        """Appears under its name when it is complete, and replaces what was there. NotFound, or Unavailable."""
        with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as growing:
            place = Path(growing.name)
            try:
                counts = self._write(principal, dataset_id, growing)  # type: ignore[arg-type]  # a binary file
                growing.flush()
                size = growing.tell()
            except BaseException:
                place.unlink(missing_ok=True)
                raise
        place.replace(target)
        return BundleReceipt(counts.files, counts.chunks, counts.vectors, size)

    def _write(self, principal: Principal, dataset_id: str, target: BinaryIO) -> _Counts:
        with self.database.read() as session:
            dataset = get_readable(session, principal, dataset_id)
            wanted = select(File.id).where(File.dataset_id == dataset_id, File.deleted_at.is_(None)).order_by(File.id)
            ids = list(session.scalars(wanted))
        counts = _Counts()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            put = _Archive(archive)
            put.json(bundle.MANIFEST, self._manifest(dataset, len(ids)))
            for file_id in ids:
                self._put_file(put, file_id, counts)
            put.json(bundle.QUESTIONS, self._questions(dataset_id))
            put.checksums()
        return counts

    def _manifest(self, dataset: Dataset, files: int) -> bundle.Manifest:
        """`files` is how many there were at the start: at most as many are in it."""
        return bundle.Manifest(
            format=bundle.FORMAT,
            version=bundle.VERSION,
            written_by=f"cairn {version('cairn')}",
            written_at=self.clock.now(),
            dataset=bundle.DatasetFacts(
                name=dataset.name,
                description=dataset.description,
                chunk_size=dataset.chunk_size,
                chunk_overlap=dataset.chunk_overlap,
                parse_type=dataset.parse_type,
                parser_engine=dataset.parser_engine,
                separators=list(dataset.separators),
                redaction=bundle.RedactionFacts(**dataset.redaction) if dataset.redaction else None,
                ocr_max_pages=dataset.ocr_max_pages,
                only_main_content=dataset.only_main_content,
                allowed_agent_roles=list(dataset.allowed_agent_roles),
                hybrid_alpha=dataset.hybrid_alpha,
                fusion=dataset.fusion,
            ),
            model=bundle.ModelFacts(dataset.embedding_provider, dataset.embedding_model, dataset.vector_size),
            files=files,
        )

    def _put_file(self, put: _Archive, file_id: str, counts: _Counts) -> None:
        with self.database.read() as session:
            file = session.get(File, file_id)
            if file is None or file.deleted_at is not None:
                return
            number = file.active_generation
            generation = None if number is None else repository.generation(session, file_id, number)
            overlays = review.overlays(session, file_id)
            shelf = self.gate.shelf(session, file.dataset_id)
        counts.files += 1
        at = counts.files
        put.json(bundle.member(at, "file.json"), _facts(file, generation, overlays))
        with self.files.local(original_key(tenant_id=file.tenant_id, sha256=file.sha256)) as path:
            put.copy(bundle.member(at, "original"), path)
        if generation is None or shelf is None:
            return
        if generation.blocks_key is not None:
            with self.files.local(generation.blocks_key) as path:
                put.copy(bundle.member(at, "blocks"), path)
        self._put_chunks(put, at, file, generation=generation.number, shelf=shelf, counts=counts)

    def _put_chunks(
        self, put: _Archive, at: int, file: File, *, generation: int, shelf: Shelf, counts: _Counts
    ) -> None:
        with TemporaryFile() as chunks, TemporaryFile() as vectors:
            with zstandard.ZstdCompressor().stream_writer(chunks, closefd=False) as packed:
                for part in self._slices(file.id, generation):
                    packed.write(_frame([_chunk(row) for row in part]))
                    counts.chunks += len(part)
                    counts.vectors += self._put_vectors(vectors, shelf, part)
            put.stream(bundle.member(at, "chunks"), chunks)
            put.stream(bundle.member(at, "vectors"), vectors)

    def _slices(self, file_id: str, generation: int) -> Iterator[Sequence[Chunk]]:
        first = 0
        while True:
            with self.database.read() as session:
                found = repository.chunks(session, file_id, generation, first=first, limit=bundle.FRAME_CHUNKS)
            if not found:
                return
            yield found
            first = found[-1].position + 1

    def _put_vectors(self, target: IO[bytes], shelf: Shelf, chunks: Sequence[Chunk]) -> int:
        """Of each chunk, the number of its windows and their vectors. 0 windows: the engine has none, and they are made
        anew on import."""
        windows = self.store.windows(shelf.collection, [chunk.id for chunk in chunks])
        total = 0
        for chunk in chunks:
            found = windows.get(chunk.id, ())
            target.write(struct.pack("<I", len(found)))
            for vector in found:
                target.write(vector.astype("<f4").tobytes())
            total += len(found)
        return total

    def _questions(self, dataset_id: str) -> list[bundle.QuestionSetFacts]:
        """As they are now; former versions stay behind."""
        with self.database.read() as session:
            sets = session.scalars(select(QuestionSet).where(QuestionSet.dataset_id == dataset_id)).all()
            return [
                bundle.QuestionSetFacts(
                    row.name,
                    [
                        bundle.QuestionFacts(
                            one.query,
                            msgspec.convert(list(one.judgements), list[bundle.JudgementFacts]),
                        )
                        for one in questions_at(session, row.id, row.version)
                    ],
                )
                for row in sets
            ]


class _Archive:
    """Members with their checksums."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._sums: dict[str, str] = {}

    def json(self, name: str, value: object) -> None:
        with self._member(name) as write:
            write(msgspec.json.encode(value))

    def copy(self, name: str, path: Path) -> None:
        with path.open("rb") as source:
            self._pour(name, source)

    def stream(self, name: str, source: IO[bytes]) -> None:
        source.seek(0)
        self._pour(name, source)

    def checksums(self) -> None:
        with self._archive.open(bundle.CHECKSUMS, "w") as target:
            target.write(msgspec.json.encode(self._sums))

    def _pour(self, name: str, source: IO[bytes]) -> None:
        with self._member(name) as write:
            while data := source.read(_BLOCK):
                write(data)

    @contextmanager
    def _member(self, name: str) -> Iterator[_Write]:
        digest = hashlib.sha256()
        with self._archive.open(name, "w", force_zip64=True) as target:

            def write(data: bytes) -> None:
                digest.update(data)
                target.write(data)

            yield write
        self._sums[name] = digest.hexdigest()


def _frame(chunks: Sequence[bundle.ChunkFacts]) -> bytes:
    body = msgspec.msgpack.encode(chunks)
    return struct.pack("<I", len(body)) + body


def _chunk(row: Chunk) -> bundle.ChunkFacts:
    return bundle.ChunkFacts(
        row.position,
        row.content,
        row.context,
        row.kind,
        row.token_count,
        row.page,
        list(row.heading_path),
        [dict(box) for box in row.boxes],
        row.enabled,
        row.overlay_id,
    )


def _facts(file: File, generation: FileGeneration | None, overlays: Sequence[ChunkOverlay]) -> bundle.FileFacts:
    return bundle.FileFacts(
        id=file.id,
        name=file.name,
        mime_type=file.mime_type,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        source=file.source,
        url=file.url,
        labels=dict(file.labels),
        published_at=file.published_at,
        enabled=file.enabled,
        chunk_size=file.chunk_size,
        chunk_overlap=file.chunk_overlap,
        parse_type=file.parse_type,
        parser_engine=file.parser_engine,
        only_main_content=file.only_main_content,
        created_at=file.created_at,
        updated_at=file.updated_at,
        generation=None if generation is None else _generation(generation),
        overlays=[_overlay(one) for one in overlays],
    )


def _generation(row: FileGeneration) -> bundle.GenerationFacts:
    return bundle.GenerationFacts(
        settings=row.settings,
        engine_used=row.engine_used,
        title=row.title,
        page_count=row.page_count,
        warnings=row.warnings,
        chunks_count=row.chunks_count,
        created_at=row.created_at,
        activated_at=row.activated_at,
        begun_at=row.begun_at,
        reading=row.reading,
        embedding_seconds=row.embedding_seconds,
        truncations=row.truncations,
    )


def _overlay(row: ChunkOverlay) -> bundle.OverlayFacts:
    return bundle.OverlayFacts(
        id=row.id,
        kind=row.kind,
        original=row.original,
        occurrence=row.occurrence,
        content=row.content,
        token_count=row.token_count,
        enabled=row.enabled,
        page=row.page,
        heading_path=list(row.heading_path),
        changed_by=row.changed_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
