"""The format of a portable bundle: docs/bundle.md describes it, and a reader of another version refuses it.

A ZIP archive without compression of its own (its members are compressed where that helps): `manifest.json` first, then
for each file a folder `files/<number>/`, then `questions.json`, and `checksums.json` at the end.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import msgspec

FORMAT = "cairn-bundle"
VERSION = 1

MANIFEST = "manifest.json"
QUESTIONS = "questions.json"
CHECKSUMS = "checksums.json"

FRAME_BYTES = 32 * 1024 * 1024
"""Of one frame of chunks, unpacked. A frame holds at most `FRAME_CHUNKS`."""

FRAME_CHUNKS = 256
MOST_JSON_BYTES = 64 * 1024 * 1024
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2_000_000_000)]
Word: TypeAlias = Annotated[str, msgspec.Meta(max_length=16)]
Name: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
_MEMBER = re.compile(r"files/(?P<number>[0-9]{8})/(?P<part>file\.json|original|blocks|chunks|vectors)")


class ModelFacts(msgspec.Struct, frozen=True):
    """What made the vectors."""

    provider: str
    name: str
    vector_size: int


class RedactionFacts(msgspec.Struct, frozen=True):
    """What is blacked out before indexing. Absent from bundles of installations that do not know it."""

    kinds: list[Word]
    countries: list[Word]


class DatasetFacts(msgspec.Struct, frozen=True, kw_only=True):
    name: Name
    description: str | None
    chunk_size: Count
    chunk_overlap: Count
    parse_type: Word
    parser_engine: Word
    separators: list[str]
    redaction: RedactionFacts | None = None
    ocr_max_pages: Count | None = None
    only_main_content: bool = True
    allowed_agent_roles: list[str]
    hybrid_alpha: float | None
    fusion: Word | None


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    format: str
    version: int
    written_by: str
    written_at: datetime
    dataset: DatasetFacts
    model: ModelFacts
    files: Count


class GenerationFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The build that was searched."""

    settings: dict[str, Any]
    engine_used: Word | None
    title: str | None
    page_count: Count | None
    warnings: list[dict[str, Any]]
    chunks_count: Count
    created_at: datetime
    activated_at: datetime | None
    begun_at: datetime | None
    reading: dict[str, Any] | None
    embedding_seconds: float
    truncations: Count


class OverlayFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is what chunks of the same file name it by."""

    id: str
    kind: Word
    original: str | None
    occurrence: Count
    content: str | None
    token_count: Count
    enabled: bool
    page: Count | None
    heading_path: list[str]
    changed_by: Name
    created_at: datetime
    updated_at: datetime


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is what golden questions name it by. `generation` None: the file was not indexed, and is built on import."""

    id: str
    name: str
    mime_type: Name
    size_bytes: Count
    sha256: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
    source: Annotated[str, msgspec.Meta(max_length=32)]
    url: str | None
    labels: dict[str, str]
    published_at: datetime | None
    enabled: bool
    chunk_size: Count | None
    chunk_overlap: Count | None
    parse_type: Word | None
    parser_engine: Word | None
    only_main_content: bool | None = None
    created_at: datetime
    updated_at: datetime
    generation: GenerationFacts | None
    overlays: list[OverlayFacts]


class ChunkFacts(msgspec.Struct, frozen=True, array_like=True):
    position: Count
    content: str
    context: str
    kind: Word
    token_count: Count
    page: Count | None
    heading_path: list[str]
    boxes: list[dict[str, float]]
    enabled: bool
    overlay: str | None


class JudgementFacts(msgspec.Struct, frozen=True):
    file: str
    grade: str
    quote: str
    marks: list[int]


class QuestionFacts(msgspec.Struct, frozen=True):
    query: str
    judgements: list[JudgementFacts]


class QuestionSetFacts(msgspec.Struct, frozen=True):
    name: Name
    questions: list[QuestionFacts]


def member(number: int, part: str) -> str:
    return f"files/{number:08}/{part}"


def is_member(name: str) -> bool:
    """Whether an archive of this format may have a member of that name; no other is read, or becomes a path."""
    return name in {MANIFEST, QUESTIONS, CHECKSUMS} or _MEMBER.fullmatch(name) is not None
