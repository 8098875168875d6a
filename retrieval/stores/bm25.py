"""BM25 as sparse vectors: the document side holds saturated term frequencies, the engine multiplies by IDF.

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009, with Lucene's IDF, which is
never negative: ln((N - n + 0.5) / (n + 0.5) + 1).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import qdrant_edge

from kit.errors import Invalid
from retrieval.stores.bm25_parameters import K1, B
from retrieval.types import SparseVector

# Runs of scripts whose words are not parted by spaces, or whose particles stick to the word: Thai, Lao, Myanmar,
# Khmer, kana, Han, Hangul.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)


class Bm25Encoder:
    """Text to sparse vectors, the same way for documents and queries. Thread-safe; one per collection."""

    def __init__(self, *, average_length: float, language: str) -> None:
        if not average_length > 0:
            raise Invalid(f"average_length is {average_length}; BM25 needs a positive mean chunk length in terms")
        self._model = _model(average_length, language)

    def document(self, text: str) -> SparseVector:
        """Weights tf*(k1+1) / (tf + k1*(1 - b + b*length/average_length)) per distinct term; empty without terms."""
        encoded = self._model.embed_document(_spaced(text))
        return SparseVector(encoded.indices, encoded.values)

    def query(self, text: str) -> SparseVector:
        """Weight 1 for each distinct term."""
        encoded = self._model.embed_query(_spaced(text))
        return SparseVector(encoded.indices, encoded.values)


def idf(documents: int, containing: int) -> float:
    """Lucene's IDF of a term that `containing` of `documents` hold; positive for every input."""
    return math.log((documents - containing + 0.5) / (containing + 0.5) + 1)


def ceiling(idfs: Iterable[float]) -> float:
    """The BM25 that a query of these distinct terms approaches and never exceeds: the saturation limit is k1+1."""
    return (K1 + 1) * sum(idfs)


def _spaced(text: str) -> str:
    """Overlapping pairs of characters stand for words where a script has no spaces, as in Lucene's CJK analyser.

    The engine's dictionary tokenizer drops numbers; and unsplit, a whole sentence would be one term.
    """
    return _UNSPACED.sub(lambda run: f" {' '.join(_pairs(run.group()))} ", text)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(max(len(run) - 1, 1))]


def _model(average_length: float, language: str) -> qdrant_edge.Bm25:
    plain = language == "none"
    try:
        return qdrant_edge.Bm25(
            qdrant_edge.Bm25Config(
                k=K1,
                b=B,
                avg_len=average_length,
                language="english" if plain else language,
                stemmer=qdrant_edge.DisabledStemmer() if plain else None,
                stopwords=qdrant_edge.StopwordsSet() if plain else None,
            )
        )
    except ValueError as error:
        raise Invalid(f"BM25 has no language {language!r}; give one such as 'english', or 'none'") from error
