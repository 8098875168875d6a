"""From what a bundle says to rows of this installation, with ids of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from ingest.bundles import format as bundle
from ingest.bundles.errors import BundleRefused
from ingest.datasets.models import Dataset
from ingest.datasets.service import ModelBinding
from ingest.documents import BlockKind, ParserEngine, ParseType
from ingest.files.models import File, FileGeneration
from ingest.files.names import clean_name
from ingest.files.types import FileSource, FileStatus, GenerationState
from ingest.redaction.texts import check_redaction
from ingest.redaction.types import Redaction
from ingest.review.models import ChunkOverlay
from ingest.review.types import OverlayKind
from ingest.settings import MAX_OCR_PAGES, check_chunking
from kit.errors import Invalid
from kit.ids import chunk_id, new_id
from retrieval.golden.models import GoldenQuestion, QuestionSet
from retrieval.golden.types import Grade
from retrieval.search.fusion import FusionKind

_ADDRESS = ("http://", "https://")
_BOX = frozenset({"page", "left", "top", "right", "bottom"})


def checked_dataset(facts: bundle.DatasetFacts) -> None:
    """BundleRefused for settings that no dataset may have."""
    try:
        check_chunking(size=facts.chunk_size, overlap=facts.chunk_overlap)
        ParseType(facts.parse_type), ParserEngine(facts.parser_engine)
        check_redaction(_redaction(facts))
        if facts.ocr_max_pages is not None and not 1 <= facts.ocr_max_pages <= MAX_OCR_PAGES:
            raise BundleRefused(f"its dataset has {facts.ocr_max_pages} pages for text recognition")
        if facts.fusion is not None:
            FusionKind(facts.fusion)
        if facts.hybrid_alpha is not None and not 0 <= facts.hybrid_alpha <= 1:
            raise BundleRefused(f"its dataset has a hybridAlpha of {facts.hybrid_alpha}")
    except (ValueError, Invalid) as error:
        raise BundleRefused(f"its dataset: {error}") from error


def checked_file(facts: bundle.FileFacts) -> None:
    """BundleRefused for what no file may be."""
    try:
        if clean_name(facts.name) != facts.name:
            raise BundleRefused(f"the file name {facts.name[:100]!r} is not one that a file may have")
        FileSource(facts.source)
        for kind, value in ((ParseType, facts.parse_type), (ParserEngine, facts.parser_engine)):
            if value is not None:
                kind(value)
        for overlay in facts.overlays:
            OverlayKind(overlay.kind)
    except (ValueError, Invalid) as error:
        raise BundleRefused(f"file {facts.name[:100]!r}: {error}") from error
    if facts.url is not None and not facts.url.startswith(_ADDRESS):
        raise BundleRefused(f"file {facts.name[:100]!r} has the address {facts.url[:100]!r}")


def checked_chunk(facts: bundle.ChunkFacts) -> None:
    if facts.kind not in set(BlockKind) or any(set(box) != _BOX for box in facts.boxes):
        raise BundleRefused(f"a chunk is of kind {facts.kind[:20]!r}, or its boxes are none")


def checked_questions(sets: Sequence[bundle.QuestionSetFacts]) -> None:
    for one in sets:
        for question in one.questions:
            if any(judgement.grade not in set(Grade) for judgement in question.judgements):
                raise BundleRefused(f"question {question.query[:60]!r} has a grade that there is not")


def dataset_row(
    facts: bundle.DatasetFacts, binding: ModelBinding, *, tenant_id: str, name: str, now: datetime
) -> Dataset:
    """Deleted, which it is until all of it is there."""
    return Dataset(
        id=new_id(),
        tenant_id=tenant_id,
        name=name,
        description=facts.description,
        embedding_provider=binding.provider,
        embedding_model=binding.name,
        vector_size=binding.vector_size,
        collection=binding.collection,
        chunk_size=facts.chunk_size,
        chunk_overlap=facts.chunk_overlap,
        parse_type=facts.parse_type,
        parser_engine=facts.parser_engine,
        separators=facts.separators,
        redaction=_redaction(facts).stored(),
        ocr_max_pages=facts.ocr_max_pages,
        only_main_content=facts.only_main_content,
        allowed_agent_roles=facts.allowed_agent_roles,
        hybrid_alpha=facts.hybrid_alpha,
        fusion=facts.fusion,
        created_at=now,
        updated_at=now,
        deleted_at=now,
    )


def _redaction(facts: bundle.DatasetFacts) -> Redaction:
    return Redaction.restored(None if facts.redaction is None else msgspec.structs.asdict(facts.redaction))


def file_row(facts: bundle.FileFacts, dataset: Dataset, *, now: datetime) -> File:
    """Indexed with its first generation, or waiting for a build where the bundle has none."""
    chunks = facts.generation.chunks_count if facts.generation else 0
    return File(
        id=new_id(),
        tenant_id=dataset.tenant_id,
        dataset_id=dataset.id,
        name=facts.name,
        mime_type=facts.mime_type,
        size_bytes=facts.size_bytes,
        sha256=facts.sha256,
        source=facts.source,
        url=facts.url,
        labels=facts.labels,
        published_at=facts.published_at,
        enabled=facts.enabled,
        status=FileStatus.INDEXED if facts.generation else FileStatus.PENDING,
        chunks_done=chunks,
        chunks_total=chunks,
        latest_generation=1 if facts.generation else 0,
        active_generation=1 if facts.generation else None,
        chunk_size=facts.chunk_size,
        chunk_overlap=facts.chunk_overlap,
        parse_type=facts.parse_type,
        parser_engine=facts.parser_engine,
        only_main_content=facts.only_main_content,
        created_at=facts.created_at,
        updated_at=now,
    )


def generation_row(facts: bundle.GenerationFacts, file: File) -> FileGeneration:
    return FileGeneration(
        file_id=file.id,
        number=1,
        tenant_id=file.tenant_id,
        state=GenerationState.ACTIVE,
        sha256=file.sha256,
        settings=facts.settings,
        engine_used=facts.engine_used,
        title=facts.title,
        page_count=facts.page_count,
        warnings=facts.warnings,
        chunks_count=facts.chunks_count,
        created_at=facts.created_at,
        activated_at=facts.activated_at,
        begun_at=facts.begun_at,
        reading=facts.reading,
        embedding_seconds=facts.embedding_seconds,
        truncations=facts.truncations,
    )


def overlay_row(facts: bundle.OverlayFacts, file: File) -> ChunkOverlay:
    return ChunkOverlay(
        id=new_id(),
        tenant_id=file.tenant_id,
        file_id=file.id,
        kind=facts.kind,
        original=facts.original,
        occurrence=facts.occurrence,
        content=facts.content,
        token_count=facts.token_count,
        enabled=facts.enabled,
        page=facts.page,
        heading_path=facts.heading_path,
        changed_by=facts.changed_by,
        created_at=facts.created_at,
        updated_at=facts.updated_at,
    )


def chunk_row(facts: bundle.ChunkFacts, file: File, overlays: Mapping[str, str]) -> dict[str, Any]:
    """`overlays`: from the bundle's ids to those of here."""
    checked_chunk(facts)
    return {
        "id": chunk_id(file_id=file.id, generation=1, position=facts.position),
        "tenant_id": file.tenant_id,
        "dataset_id": file.dataset_id,
        "file_id": file.id,
        "generation": 1,
        "position": facts.position,
        "content": _storable(facts.content),
        "context": _storable(facts.context),
        "kind": facts.kind,
        "token_count": facts.token_count,
        "page": facts.page,
        "heading_path": [_storable(one) for one in facts.heading_path],
        "boxes": facts.boxes,
        "enabled": facts.enabled,
        "overlay_id": None if facts.overlay is None else overlays.get(facts.overlay),
    }


def question_rows(
    sets: Sequence[bundle.QuestionSetFacts], dataset: Dataset, files: Mapping[str, str], now: datetime
) -> list[QuestionSet | GoldenQuestion]:
    """`files`: from the bundle's ids to those of here. A judgement of a file that is not in the bundle stays behind."""
    rows: list[QuestionSet | GoldenQuestion] = []
    for facts in sets:
        found = QuestionSet(
            id=new_id(), tenant_id=dataset.tenant_id, dataset_id=dataset.id, name=facts.name, version=1,
            created_at=now, updated_at=now,
        )  # fmt: skip
        rows.append(found)
        for question in facts.questions:
            judged = [
                {**msgspec.to_builtins(one), "file": files[one.file]}
                for one in question.judgements
                if one.file in files
            ]
            rows.append(GoldenQuestion(id=new_id(), set_id=found.id, query=question.query, judgements=judged, since=1))
    return rows


def _storable(text: str) -> str:
    """PostgreSQL takes no NUL."""
    return text.replace("\x00", "\ufffd")
