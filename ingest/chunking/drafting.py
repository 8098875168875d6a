"""From packs to drafts: content, context, tokens counted exactly, page, boxes and path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.chunking.budget import Budget
from ingest.chunking.context import ContextMaker
from ingest.chunking.packing import Pack
from ingest.chunking.source import Slice, Source, join
from ingest.chunking.tables import TableSplitter
from ingest.documents import BlockKind, Box, ChunkDraft, Table
from retrieval.embedding.protocol import TokenCounter


@dataclass(frozen=True, slots=True)
class Drafter:
    budget: Budget
    contexts: ContextMaker
    tokens: TokenCounter

    def drafts(self, packs: Iterable[Pack]) -> Iterator[ChunkDraft]:
        """Numbered from 0. What holds neither a letter nor a digit, such as a ruled line, is left out."""
        found = (draft for pack in packs for draft in self._drafts_of(pack))
        kept = (draft for draft in found if any(map(str.isalnum, draft.content)))
        return (replace(draft, position=position) for position, draft in enumerate(kept))

    def _drafts_of(self, pack: Pack) -> Iterator[ChunkDraft]:
        if pack.is_large_table:
            yield from self._table_parts(pack)
        else:
            yield from self._fitting(pack.body, pack.overlap)

    def _fitting(self, body: Sequence[Slice], overlap: Sequence[Slice] = ()) -> Iterator[ChunkDraft]:
        """One draft; in the rare case that the joined text has more tokens than its parts had, which a cut inside a
        word can bring about, without its overlap or in two."""
        context, taken = self.contexts.above(body[0].source.block)
        content = join([*overlap, *body])
        count = self.tokens.count(content)
        if count + taken <= self.budget.total:
            yield _draft(body, content, context, count)
        elif overlap:
            yield from self._fitting(body)
        else:
            halves = _halves(body)
            if not halves[1]:
                yield _draft(body, content, context, count)
                return
            for half in halves:
                yield from self._fitting(half)

    def _table_parts(self, pack: Pack) -> Iterator[ChunkDraft]:
        """Headings in front and the caption are written in the first part; all have the path and caption as context."""
        *headings, piece = pack.body
        table = piece.source.block.table
        if table is None:
            raise ValueError(f"a table without cells cannot be split by rows: {piece.text[:80]!r}")
        context, taken = self.contexts.above(piece.source.block, caption=table.caption)
        lead = [*headings, *_caption(piece.source, table)]
        room = self.budget.total - taken
        if sum(part.tokens for part in lead) * 2 > room:
            yield from self._fitting(lead)
            lead = []
        opening = join(lead) + "\n\n" if lead else ""
        splitter = TableSplitter(room=room - self.tokens.count(opening), tokens=self.tokens)
        parts = list(splitter.split(table))
        for number, part in enumerate(parts, start=1):
            draft = _draft((piece,), opening + part, context, self.tokens.count(opening + part))
            yield replace(draft, table_part=number if len(parts) > 1 else 0)
            opening = ""


def _draft(body: Sequence[Slice], content: str, context: str, token_count: int) -> ChunkDraft:
    sources = list(dict.fromkeys(piece.source for piece in body))
    said = [source for source in sources if not source.is_heading] or sources
    return ChunkDraft(
        position=0,
        content=content,
        context=context,
        kind=_kind(sources),
        token_count=token_count,
        page=said[0].block.page,
        heading_path=_common_path(said),
        boxes=_boxes(sources),
    )


def _kind(sources: Sequence[Source]) -> BlockKind:
    """That of all blocks but the headings; a mixture is text."""
    kinds = {source.block.kind for source in sources if not source.is_heading} or {BlockKind.HEADING}
    return kinds.pop() if len(kinds) == 1 else BlockKind.TEXT


def _common_path(sources: Sequence[Source]) -> Sequence[str]:
    """The headings that all of them stand under; a heading stands under itself.

    Where a chunk says anything, its headings do not count: a title and the first section together are that section.
    """
    common = _path_of(sources[0])
    for source in sources[1:]:
        path = _path_of(source)
        same = next((i for i, (one, other) in enumerate(zip(common, path, strict=False)) if one != other), None)
        common = common[: min(len(common), len(path)) if same is None else same]
    return common


def _path_of(source: Source) -> tuple[str, ...]:
    own = (source.block.text,) if source.is_heading else ()
    return (*source.block.heading_path, *own)


def _boxes(sources: Sequence[Source]) -> Sequence[Box]:
    return tuple(dict.fromkeys(box for source in sources for box in source.block.boxes))


def _caption(source: Source, table: Table) -> Sequence[Slice]:
    written = bool(table.caption) and source.text.startswith(table.caption)
    return (Slice(source, 0, len(table.caption)),) if written else ()


def _halves(body: Sequence[Slice]) -> tuple[Sequence[Slice], Sequence[Slice]]:
    """In two between its stretches, or the only one behind its middle; the second is empty if that is not possible."""
    if len(body) > 1:
        middle = len(body) // 2
        return body[:middle], body[middle:]
    first, rest = body[0].cut(max(1, body[0].tokens // 2))
    if rest.start >= rest.end:
        first, rest = body[0].at((body[0].start + body[0].end) // 2)
    return (first,), (rest,) if rest.start < rest.end else ()
