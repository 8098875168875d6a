"""A parsed document into chunks, by the strategy that the dataset asks for."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.chunking.budget import budget_of
from ingest.chunking.context import ContextMaker, document_title
from ingest.chunking.drafting import Drafter
from ingest.chunking.manual import manual_packs
from ingest.chunking.markdown import markdown_packs
from ingest.chunking.naive import naive_packs
from ingest.chunking.packing import Pack
from ingest.chunking.strategy import Workbench
from ingest.documents import ChunkDraft, ChunkSettings, Document, ParseType
from retrieval.embedding.protocol import TokenCounter


def chunk(
    document: Document, *, file_name: str, settings: ChunkSettings, tokens: TokenCounter, special_tokens: int
) -> list[ChunkDraft]:
    """Chunks in reading order. No chunk's context, content and `special_tokens` together exceed `settings.size`, and
    every letter and digit of the document is in some chunk's content. The same input gives the same chunks.

    Raises Invalid for a size that leaves no room for text.
    """
    budget = budget_of(settings, special_tokens=special_tokens)
    title = document_title(document, file_name=file_name)
    contexts = ContextMaker(title, limit=budget.context, tokens=tokens)
    packs = _packs(document, settings, Workbench(budget, contexts, tokens))
    return list(Drafter(budget, contexts, tokens).drafts(packs))


def _packs(document: Document, settings: ChunkSettings, bench: Workbench) -> Iterator[Pack]:
    match settings.parse_type:
        case ParseType.NAIVE:
            return naive_packs(document.blocks, bench)
        case ParseType.MARKDOWN:
            return markdown_packs(document.blocks, bench)
        case ParseType.MANUAL:
            return manual_packs(document.blocks, bench, separators=settings.separators)
