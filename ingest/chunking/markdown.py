"""MARKDOWN: by sections. A chunk never reaches over a heading of level 1 or 2, but tiny sections share one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias

from ingest.chunking.packing import TINY, Pack
from ingest.chunking.source import Source
from ingest.chunking.strategy import Workbench
from ingest.documents import Block, BlockKind

Section: TypeAlias = list[Source]

TOP_LEVELS = 2
WHOLE = (BlockKind.CODE, BlockKind.LIST)


def markdown_packs(blocks: Sequence[Block], bench: Workbench) -> Iterator[Pack]:
    packer = bench.packer(keep=WHOLE)
    for section in _joined(_sections(bench.measured(blocks))):
        yield from packer.pack([source.whole() for source in section])


def _sections(sources: Iterable[Source]) -> Iterator[Section]:
    section: Section = []
    for source in sources:
        if section and source.is_heading and source.block.level <= TOP_LEVELS:
            yield section
            section = []
        section.append(source)
    if section:
        yield section


def _joined(sections: Iterable[Section]) -> Iterator[Section]:
    """Tiny sections together with the next, where that is under the same parent or under the tiny one itself."""
    waiting: Section = []
    for section in sections:
        if waiting and not _continues(waiting, section):
            yield waiting
            waiting = []
        waiting = [*waiting, *section]
        if sum(len(source.starts) for source in waiting) >= TINY:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _continues(waiting: Section, following: Section) -> bool:
    parent = tuple(waiting[0].block.heading_path)
    return tuple(following[0].block.heading_path)[: len(parent)] == parent
