"""A document and its chunks, measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from ingest.documents import Block, BlockKind, ChunkDraft, ChunkSettings, Document
from ingest.reports.language import language_of
from ingest.reports.types import Encoding, LengthBucket, Reading, Stage
from kit.instructions import reads_like_instructions

_BUCKETS = 8
_MOST_NAMED = 100
_LOST = "\ufffd"


def reading_of(
    document: Document, drafts: Sequence[ChunkDraft], settings: ChunkSettings, seconds: Mapping[Stage, float]
) -> Reading:
    kinds = Counter(block.kind for block in document.blocks)
    return Reading(
        language=document.language or language_of(_sample(document.blocks)),
        pages_without_text=tuple(document.pages_without_text),
        ocr_pages=tuple(document.ocr_pages),
        blocks={kind: kinds[kind] for kind in BlockKind if kinds[kind]},
        tables_found=kinds[BlockKind.TABLE],
        tables_split=sum(draft.table_part == 1 for draft in drafts),
        characters=sum(len(block.text) for block in document.blocks),
        tokens=sum(draft.token_count for draft in drafts),
        chunk_lengths=_lengths(drafts, settings.size),
        duplicate_chunks=len(drafts) - len({" ".join(draft.content.split()).casefold() for draft in drafts}),
        encoding=Encoding(
            name=document.encoding,
            was_guessed=document.encoding_was_guessed,
            lost_characters=sum(block.text.count(_LOST) for block in document.blocks),
        ),
        seconds=dict(seconds),
        instructions=tuple(islice(_instructions(drafts), _MOST_NAMED)),
    )


def _instructions(drafts: Sequence[ChunkDraft]) -> Iterator[int]:
    return (draft.position for draft in drafts if reads_like_instructions(draft.content))


def _sample(blocks: Sequence[Block], *, characters: int = 20_000) -> str:
    """From the whole document: its beginning is often a title page or a table of contents."""
    step = max(1, sum(len(block.text) for block in blocks) // characters)
    return " ".join(block.text for block in blocks[::step])[:characters]


def _lengths(drafts: Sequence[ChunkDraft], size: int) -> Sequence[LengthBucket]:
    """Eighths of the chunk size. Contexts count towards the size and not here, so the last ones are seldom full."""
    width = max(1, size // _BUCKETS)
    found = Counter(min(draft.token_count // width, _BUCKETS - 1) for draft in drafts)
    return tuple(
        LengthBucket(index * width, None if index == _BUCKETS - 1 else (index + 1) * width, found[index])
        for index in range(_BUCKETS)
    )
