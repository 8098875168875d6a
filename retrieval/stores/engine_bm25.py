"""The vector engine's own BM25 encoder, for collections that were made with it: their terms must stay what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

import qdrant_edge

from kit.errors import Invalid
from retrieval.stores.bm25 import check_average
from retrieval.stores.bm25_parameters import K1, B
from retrieval.types import SparseVector

# Thai, Lao, Myanmar, Khmer, kana, Han, Hangul.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_WORD = re.compile(r"\S+")


class EngineEncoder:
    """Implements Encoder."""

    def __init__(self, *, average_length: float, language: str) -> None:
        check_average(average_length)
        self._model = _model(average_length, language)

    def document(self, text: str) -> SparseVector:
        encoded = self._model.embed_document(_spaced(text))
        return SparseVector(encoded.indices, encoded.values)

    def query(self, text: str) -> SparseVector:
        encoded = self._model.embed_query(_spaced(text))
        return SparseVector(encoded.indices, encoded.values)

    def named(self, text: str) -> Mapping[int, str]:
        known = set(self.query(text).indices)
        written: dict[int, str] = {}
        for word in _WORD.findall(_spaced(text)):
            for index in self._model.embed_query(word).indices:
                if index in known:
                    written.setdefault(index, word.strip(".,;:!?\"'()[]"))
        return written


def _spaced(text: str) -> str:
    """Overlapping pairs of characters stand for words where a script has no spaces.

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
