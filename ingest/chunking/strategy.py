"""What the strategies share: a document's blocks measured, and the packer that fills chunks from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.chunking.budget import Budget
from ingest.chunking.context import ContextMaker
from ingest.chunking.packing import Packer
from ingest.chunking.source import Source
from ingest.documents import Block, BlockKind
from retrieval.embedding.protocol import TokenCounter


@dataclass(frozen=True, slots=True)
class Workbench:
    """The collaborators of one run over one document."""

    budget: Budget
    contexts: ContextMaker
    tokens: TokenCounter

    def measured(self, blocks: Iterable[Block]) -> Sequence[Source]:
        return [Source(block, block.text, tokens=self.tokens) for block in blocks if block.text.strip()]

    def packer(self, *, keep: Iterable[BlockKind] = ()) -> Packer:
        """`keep`: kinds of blocks that rather start a chunk of their own than be split to fill one."""
        return Packer(budget=self.budget, contexts=self.contexts, keep=frozenset(keep))
