"""BM25 as sparse vectors: the document side holds saturated term frequencies, the engine multiplies by IDF.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with Lucene's IDF, which is
never negative: ln((N - n + 0.5) / (n + 0.5) + 1).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol
from zlib import crc32

from kit.errors import Invalid
from retrieval.keywords.analysis import Analyser
from retrieval.stores.bm25_parameters import K1, B
from retrieval.types import SparseVector

ENGINE_ANALYSIS = 1
"""The vector engine's own tokens, with which collections were made before there was an analyser here."""

OWN_ANALYSIS = 2
"""`retrieval.keywords`."""
DEFAULT_LANGUAGE = "english"


class Encoder(Protocol):
    """Text to sparse vectors, the same way for documents and queries. Thread-safe; one per collection."""

    def document(self, text: str) -> SparseVector:
        """Weights tf*(k1+1) / (tf + k1*(1 - b + b*length/average_length)) per distinct term; empty without terms."""

    def query(self, text: str) -> SparseVector:
        """Weight 1 for each distinct term."""

    def named(self, text: str) -> Mapping[int, str]:
        """The terms of a query as they are written in it."""


class Bm25Encoder:
    """Over the terms of `retrieval.keywords`."""

    def __init__(self, *, average_length: float, language: str) -> None:
        check_average(average_length)
        self._average = average_length
        self._analyser = Analyser(language)

    def document(self, text: str) -> SparseVector:
        terms = self._analyser.passage(text)
        norm = K1 * (1 - B + B * sum(term.counts for term in terms) / self._average)
        frequencies = Counter(_index(term.term) for term in terms)
        return SparseVector(list(frequencies), [count * (K1 + 1) / (count + norm) for count in frequencies.values()])

    def query(self, text: str) -> SparseVector:
        indices = list(self.named(text))
        return SparseVector(indices, [1.0] * len(indices))

    def named(self, text: str) -> Mapping[int, str]:
        written: dict[int, str] = {}
        for term in self._analyser.query(text):
            written.setdefault(_index(term.term), text[term.start : term.end])
        return written


def check_average(average_length: float) -> None:
    if not average_length > 0:
        raise Invalid(f"average_length is {average_length}; BM25 needs a positive mean chunk length in terms")


def idf(documents: int, containing: int) -> float:
    """Lucene's IDF of a term that `containing` of `documents` hold; positive for every input."""
    return math.log((documents - containing + 0.5) / (containing + 0.5) + 1)


def ceiling(idfs: Iterable[float]) -> float:
    """The BM25 that a query of these distinct terms approaches and never exceeds: the saturation limit is k1+1."""
    return (K1 + 1) * sum(idfs)


def _index(term: str) -> int:
    """32 bits: among a million different terms some hundred pairs share an index, which costs nothing that shows."""
    return crc32(term.encode())
