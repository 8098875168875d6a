"""NAIVE: the blocks one after the other, each chunk as full as whole paragraphs and sentences make it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.chunking.packing import Pack
from ingest.chunking.strategy import Workbench
from ingest.documents import Block


def naive_packs(blocks: Sequence[Block], bench: Workbench) -> Iterator[Pack]:
    return bench.packer().pack([source.whole() for source in bench.measured(blocks)])
