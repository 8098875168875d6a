"""How well chunks answer: `python -m bench.chunking [--dense] [--size N]… [--set NAME]… [--rivals PYTHON]`

Over CAIRN_DATA's chunk-eval and covid-qa-long, whose questions come with the exact excerpts that answer them. Recall is
the share of the excerpts' characters that the retrieved chunks hold, precision the share of the retrieved characters
that belong to the excerpts, IoU their intersection over their union; what is retrieved twice counts twice. Blanks do
not count. Five chunks favour big ones in recall and small ones in precision, so all three are also given for as many
chunks as BUDGET tokens buy. `--rivals` names the Python of an environment with llama-index-core and
docling-core[chunking], whose splitters are then measured.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from bench.retrieval_sets import data_folder
from ingest.chunking.chunker import chunk
from ingest.documents import Block, BlockKind, ChunkDraft, ChunkSettings, Document, ParseType
from ingest.parsers.options import ParseOptions
from ingest.parsers.plain_text import read
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Embedder, Passage, TokenCounter
from retrieval.embedding.source import DEFAULT_MODEL
from retrieval.embedding.token_counter import load_token_counter, tokenizer_file

Scores: TypeAlias = NDArray[np.float32]  # one row a question, one column a chunk

SPECIAL_TOKENS = 2
HEADING = re.compile(r"^((?:= ?)+)[^=\n]+(?:= ?)+$", re.MULTILINE)
BEST = 5
BUDGET = 1280  # tokens: five chunks of 256
CHUNKERS = ("fixed", "NAIVE", "MARKDOWN")
RIVALS = ("llamaindex", "docling")
SETS = ("chunk-eval", "covid-qa-long")
ALPHA = 0.7  # the dense leg's share in the hybrid


@dataclass(frozen=True, slots=True)
class Text:
    """A text, what the parser makes of it, and its characters that are not blank."""

    name: str
    document: Document
    dense: str
    places: NDArray[np.int64]  # places[i] is the number of characters other than blanks before character i


@dataclass(frozen=True, slots=True)
class Question:
    text: str
    excerpts: Sequence[tuple[str, int, int]]  # name of the text, start and end in its `dense`


@dataclass(frozen=True, slots=True)
class Piece:
    """A chunk, and the stretch of its text that it holds, in characters other than blanks."""

    draft: ChunkDraft
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Bench:
    texts: Sequence[Text]
    questions: Sequence[Question]
    tokens: TokenCounter
    embedder: Embedder | None
    rivals: Path | None = None

    def measure(self, chunker: str, size: int, overlap: int) -> None:
        started = time.perf_counter()
        drafts = self._cut_all(chunker, size, overlap)
        seconds = time.perf_counter() - started
        pieces = [piece for text, made in zip(self.texts, drafts, strict=True) for piece in located(text, made)]
        mean = np.mean([piece.draft.token_count for piece in pieces])
        line = f"{chunker:10} {size:4} {overlap:7} {len(pieces):7} {mean:6.0f} {len(pieces) / seconds:8.0f} | "
        for leg, scores in legs(pieces, self.questions, self.embedder):
            recall, precision, iou, *bought = figures(scores, pieces, self.questions)
            budget = "".join(f"{figure:7.3f}" for figure in bought)
            print(f"{line}{leg:6} {recall:8.3f} {precision:11.3f} {iou:6.3f} {budget}", flush=True)

    def _cut_all(self, chunker: str, size: int, overlap: int) -> Sequence[Sequence[ChunkDraft]]:
        if self.rivals is not None and chunker in RIVALS:
            return rival_drafts(self.rivals, chunker, self.texts, size=size, overlap=overlap, tokens=self.tokens)
        return [self._cut(text, chunker, size, overlap) for text in self.texts]

    def _cut(self, text: Text, chunker: str, size: int, overlap: int) -> Sequence[ChunkDraft]:
        if chunker == "fixed":
            return fixed(text, size=size, overlap=overlap, tokens=self.tokens)
        settings = ChunkSettings(ParseType(chunker), size, overlap)
        name = f"{text.name}.txt"
        return chunk(
            text.document, file_name=name, settings=settings, tokens=self.tokens, special_tokens=SPECIAL_TOKENS
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, action="append", help="default: 128, 256, 384, 512")
    parser.add_argument("--overlap", type=int, action="append", help="default: 0, 32, 64")
    parser.add_argument("--dense", action="store_true", help="also dense and hybrid; a minute and more a line")
    parser.add_argument("--set", action="append", choices=SETS, help="default: both")
    parser.add_argument("--rivals", type=Path, help="the Python of an environment with the rivals")
    arguments = parser.parse_args()
    chunkers = (*CHUNKERS, *(RIVALS if arguments.rivals else ()))
    with tempfile.TemporaryDirectory() as cache:
        embedder = open_embedder(Path(cache)) if arguments.dense else None
        for name in arguments.set or SETS:
            print(name)
            print(
                "chunker   size overlap  chunks tokens chunks/s | leg  recall@5 precision@5 IoU@5 in the budget: same"
            )
            bench = open_bench(data_folder() / "retrieval" / name, embedder, arguments.rivals)
            for size in arguments.size or (128, 256, 384, 512):
                for overlap in arguments.overlap or (0, 32, 64):
                    for chunker in chunkers:
                        bench.measure(chunker, size, overlap)


def open_bench(folder: Path, embedder: Embedder | None, rivals: Path | None) -> Bench:
    texts = [load_text(path) for path in sorted((folder / "docs").glob("*.txt"))]
    questions = load_questions(folder / "spans.jsonl", texts)
    return Bench(texts, questions, load_token_counter(DEFAULT_MODEL), embedder, rivals)


def rival_drafts(
    python: Path, rival: str, texts: Sequence[Text], *, size: int, overlap: int, tokens: TokenCounter
) -> Sequence[Sequence[ChunkDraft]]:
    asked = {
        "tokenizer": str(tokenizer_file(DEFAULT_MODEL)),
        "size": size - SPECIAL_TOKENS,
        "overlap": overlap,
        "texts": [[(b.kind.value, b.level, b.text) for b in text.document.blocks] for text in texts],
    }
    script = Path(__file__).with_name("chunk_rivals.py")
    run = subprocess.run(
        [str(python), str(script), rival], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    answer: list[list[tuple[str, str]]] = json.loads(run.stdout.splitlines()[-1])
    return [
        [
            ChunkDraft(at, content, context, BlockKind.TEXT, tokens.count(content))
            for at, (context, content) in enumerate(chunks)
        ]
        for chunks in answer
    ]


def open_embedder(cache: Path) -> Embedder:
    return create_embedder(model=DEFAULT_MODEL, runtime="auto", cache_dir=cache, threads=os.cpu_count() or 1)


def load_text(path: Path) -> Text:
    written = path.read_text(encoding="utf-8")
    document = read(path, file_name=path.name, options=ParseOptions())
    places = np.cumsum([0, *(not character.isspace() for character in written)])
    return Text(path.stem, with_headings(document), squeezed(written), places)


def with_headings(document: Document) -> Document:
    """A text has none, but in one of these they are marked: ` = = Title = = `."""
    path: list[tuple[int, str]] = []
    blocks = []
    for block in document.blocks:
        for line in block.text.split("\n") if HEADING.search(block.text) else [block.text]:
            marked = HEADING.fullmatch(line)
            level = marked[1].count("=") if marked else 0
            if marked:
                path = [(above, title) for above, title in path if above < level]
            kind = BlockKind.HEADING if marked else BlockKind.TEXT
            blocks.append(Block(kind, line, level=level, heading_path=tuple(title for _, title in path)))
            if marked:
                path.append((level, line))
    return replace(document, blocks=blocks, title=None)


def load_questions(path: Path, texts: Sequence[Text]) -> Sequence[Question]:
    by_name = {text.name: text for text in texts}
    questions = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        places = by_name[row["doc"]].places
        excerpts = [(str(row["doc"]), int(places[start]), int(places[end])) for start, end in row["spans"]]
        questions.append(Question(row["text"], excerpts))
    return questions


def squeezed(text: str) -> str:
    return "".join(text.split())


def fixed(text: Text, *, size: int, overlap: int, tokens: TokenCounter) -> Sequence[ChunkDraft]:
    """The plainest chunker: so many tokens, then the next so many."""
    written = "\n\n".join(block.text for block in text.document.blocks)
    spans = tokens.spans(written)
    room = size - SPECIAL_TOKENS
    kind = text.document.blocks[0].kind
    drafts: list[ChunkDraft] = []
    for first in range(0, max(1, len(spans) - overlap), room - overlap):
        window = spans[first : first + room]
        drafts.append(ChunkDraft(len(drafts), written[window[0][0] : window[-1][1]], "", kind, len(window)))
    return drafts


def located(text: Text, drafts: Sequence[ChunkDraft]) -> Iterator[Piece]:
    start = 0
    for draft in drafts:
        content = squeezed(draft.content)
        start = text.dense.find(content, start)
        assert start >= 0, f"not in {text.name}: {draft.content[:80]!r}"
        yield Piece(draft, text.name, start, start + len(content))


def legs(
    pieces: Sequence[Piece], questions: Sequence[Question], embedder: Embedder | None
) -> Iterator[tuple[str, Scores]]:
    keyword = bm25(pieces, questions)
    yield "bm25", keyword
    if embedder is not None:
        cosine = cosines(pieces, questions, embedder)
        yield "dense", cosine
        best = np.maximum(keyword.max(axis=1, keepdims=True), 1e-9)
        yield "hybrid", ALPHA * np.clip(cosine, 0, None) + (1 - ALPHA) * keyword / best


def bm25(pieces: Sequence[Piece], questions: Sequence[Question]) -> Scores:
    stemmer = Stemmer.Stemmer("english")
    written = [f"{piece.draft.context} {piece.draft.content}" for piece in pieces]
    index = bm25s.BM25()
    index.index(bm25s.tokenize(written, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)
    asked = [question.text for question in questions]
    terms = bm25s.tokenize(asked, stopwords="en", stemmer=stemmer, show_progress=False, return_ids=False)
    return np.array([index.get_scores(one) for one in terms], dtype=np.float32)


def cosines(pieces: Sequence[Piece], questions: Sequence[Question], embedder: Embedder) -> Scores:
    """A chunk of several windows counts by its best."""
    made = embedder.embed_passages([Passage(piece.draft.content, piece.draft.context) for piece in pieces])
    asked = np.array([embedder.embed_query(question.text) for question in questions])
    columns = [(asked @ np.array(windows).T).max(axis=1) for windows in made]
    return np.stack(columns, axis=1)


def figures(scores: Scores, pieces: Sequence[Piece], questions: Sequence[Question]) -> NDArray[np.float64]:
    """Means over the questions: recall, precision and IoU of the best five, and the same of what the budget buys."""
    rows = []
    for question, row in zip(questions, scores, strict=True):
        order = np.argsort(-row, kind="stable")
        best = [pieces[index] for index in order[:BEST]]
        bought = affordable(pieces[index] for index in order)
        rows.append((*agreement(question, best), *agreement(question, bought)))
    return np.asarray(np.mean(rows, axis=0))


def agreement(question: Question, retrieved: Sequence[Piece]) -> tuple[float, float, float]:
    """Recall, precision and IoU in characters."""
    wanted = sum(end - start for _, start, end in question.excerpts)
    taken = sum(piece.end - piece.start for piece in retrieved)
    shared = covered(question, retrieved)
    return shared / wanted, shared / taken if taken else 0.0, shared / (wanted + taken - shared)


def affordable(ranked: Iterator[Piece]) -> Sequence[Piece]:
    """The best until the budget is spent; the last may go beyond it by half of itself, so that no size is favoured."""
    chosen: list[Piece] = []
    spent = 0.0
    for piece in ranked:
        if spent + piece.draft.token_count / 2 > BUDGET:
            break
        chosen.append(piece)
        spent += piece.draft.token_count
    return chosen


def covered(question: Question, retrieved: Sequence[Piece]) -> int:
    """Characters of the excerpts that are in at least one of the chunks."""
    total = 0
    for name, start, end in question.excerpts:
        held = np.zeros(end - start, dtype=bool)
        for piece in retrieved:
            if piece.name == name and piece.start < end and piece.end > start:
                held[max(0, piece.start - start) : max(0, piece.end - start)] = True
        total += int(held.sum())
    return total


if __name__ == "__main__":
    main()
