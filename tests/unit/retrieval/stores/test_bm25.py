from __future__ import annotations

import bm25s
import pytest

from kit.errors import Invalid
from retrieval.stores.bm25 import Bm25Encoder, ceiling, idf


@pytest.fixture
def encoder() -> Bm25Encoder:
    return Bm25Encoder(average_length=3.0, language="english")


class TestDocument:
    def test_weights_grow_with_frequency_towards_the_saturation_limit(self, encoder: Bm25Encoder) -> None:
        (weight,) = Bm25Encoder(average_length=1e9, language="english").document("tiger " * 10_000).values
        assert 2.19 < weight < 2.2

    def test_without_terms_is_empty(self, encoder: Bm25Encoder) -> None:
        assert [list(encoder.document(text).indices) for text in ("", "the of", "?!")] == [[], [], []]


class TestQuery:
    def test_counts_each_distinct_term_once(self, encoder: Bm25Encoder) -> None:
        assert list(encoder.query("tiger tigers lion").values) == [1.0, 1.0]

    def test_shares_terms_with_documents_in_scripts_without_spaces(self, encoder: Bm25Encoder) -> None:
        document = set(encoder.document("知识库检索 version 42").indices)
        assert set(encoder.query("检索 42").indices) <= document

    def test_in_the_language_none_keeps_endings_and_small_words(self) -> None:
        plain = Bm25Encoder(average_length=3.0, language="none")
        assert len(plain.query("the run running").indices) == 3

    def test_in_german_stems_german(self) -> None:
        german = Bm25Encoder(average_length=3.0, language="german")
        assert list(german.query("Häuser").indices) == list(german.query("Häusern").indices)


class TestModel:
    @pytest.mark.parametrize("length", [0.0, -1.0])
    def test_needs_a_positive_average_length(self, length: float) -> None:
        with pytest.raises(Invalid, match="average_length"):
            Bm25Encoder(average_length=length, language="english")

    def test_scores_as_bm25s_does(self) -> None:
        corpus = ["tiger tiger lion", "lion bear", "wolf wolf wolf"]
        words = [text.split() for text in corpus]
        reference = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        reference.index(words, show_progress=False)
        average = sum(map(len, words)) / len(words)
        encoder = Bm25Encoder(average_length=average, language="english")
        (term,) = encoder.query("tiger").indices
        document = encoder.document(corpus[0])
        weight = dict(zip(document.indices, document.values, strict=True))[term]
        # bm25s leaves out the constant factor k1 + 1, which changes no order.
        assert weight * idf(3, 1) / 2.2 == pytest.approx(float(reference.get_scores(["tiger"])[0]), rel=1e-4)


class TestIdf:
    def test_is_positive_for_a_term_in_every_document(self) -> None:
        assert idf(10, 10) > 0

    def test_of_an_empty_corpus_is_defined(self) -> None:
        assert ceiling([idf(0, 0)]) == pytest.approx(2.2 * 0.6931, rel=1e-3)
