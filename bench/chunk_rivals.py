"""Cuts texts with LlamaIndex's SentenceSplitter and docling's HybridChunker, in an environment that has them.

It stands alone: nothing of Cairn is imported, since Cairn is not installed there. bench.chunking starts it, with the
name of a splitter as argument and {"tokenizer", "size", "overlap", "texts": [[[kind, level, text], …], …]} on standard
input; it prints the chunks of each text as [context, content] pairs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Blocks: TypeAlias = Sequence[tuple[str, int, str]]
Splitter: TypeAlias = Callable[[Blocks], list[tuple[str, str]]]


def llamaindex(tokenizer: str, size: int, overlap: int) -> Splitter:
    from llama_index.core.node_parser import SentenceSplitter  # noqa: PLC0415 - whichever is asked for need be there
    from tokenizers import Tokenizer  # noqa: PLC0415 - as above

    counter = Tokenizer.from_file(tokenizer)
    counter.no_truncation()
    counter.no_padding()
    splitter = SentenceSplitter(
        chunk_size=size,
        chunk_overlap=overlap,
        tokenizer=lambda text: counter.encode(text, add_special_tokens=False).ids,
    )
    return lambda blocks: [("", piece) for piece in splitter.split_text("\n\n".join(text for _, _, text in blocks))]


def docling(tokenizer: str, size: int, overlap: int) -> Splitter:  # noqa: ARG001 - it knows no overlap
    from docling_core.transforms.chunker.hybrid_chunker import HybridChunker  # noqa: PLC0415 - as above
    from docling_core.transforms.chunker.tokenizer.huggingface import HuggingFaceTokenizer  # noqa: PLC0415 - as above
    from docling_core.types.doc import DoclingDocument  # noqa: PLC0415 - as above
    from docling_core.types.doc.labels import DocItemLabel  # noqa: PLC0415 - as above
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415 - as above

    fast: Any = PreTrainedTokenizerFast(tokenizer_file=tokenizer)
    chunker = HybridChunker(tokenizer=HuggingFaceTokenizer(tokenizer=fast, max_tokens=size), merge_peers=True)

    def split(blocks: Blocks) -> list[tuple[str, str]]:
        document = DoclingDocument(name="text")
        for kind, level, text in blocks:
            if kind == "heading":
                document.add_heading(text, level=max(level, 1))
            else:
                document.add_text(DocItemLabel.TEXT, text)
        return [(" > ".join(one.meta.headings or ()), one.text) for one in chunker.chunk(document)]

    return split


SPLITTERS = {"llamaindex": llamaindex, "docling": docling}


def main() -> None:
    asked = json.load(sys.stdin)
    split = SPLITTERS[sys.argv[1]](asked["tokenizer"], asked["size"], asked["overlap"])
    print(json.dumps([split(blocks) for blocks in asked["texts"]]))


if __name__ == "__main__":
    main()
