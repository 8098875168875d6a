from __future__ import annotations

import math
from pathlib import Path

import pytest

from retrieval.embedding.errors import ModelNotFound
from retrieval.embedding.source import DEFAULT_MODEL
from retrieval.embedding.token_counter import tokenizer_file
from retrieval.embedding.tokenizer import SLICE, ModelTokenizer, read_tokenizer
from tests.unit.retrieval.embedding.tiny_bert import write_tiny_bert


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> ModelTokenizer:
    return read_tokenizer(write_tiny_bert(tmp_path_factory.mktemp("model")) / "tokenizer.json")


class TestReadTokenizer:
    def test_names_a_file_that_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(ModelNotFound, match=r"nowhere\.json"):
            read_tokenizer(tmp_path / "nowhere.json")


class TestCount:
    def test_ignores_the_truncation_and_padding_of_the_file(self, tokenizer: ModelTokenizer) -> None:
        assert tokenizer.count("river " * 100) == 100
        assert tokenizer.count("river") == 1

    def test_of_nothing_is_zero(self, tokenizer: ModelTokenizer) -> None:
        assert tokenizer.count("") == 0

    def test_is_that_of_the_spans_for_a_text_of_several_slices(self, tokenizer: ModelTokenizer) -> None:
        text = "the river flows , \n" * (3 * SLICE // 19)
        assert tokenizer.count(text) == len(tokenizer.spans(text)) == 4 * (3 * SLICE // 19)


class TestSpans:
    def test_point_at_the_text_of_each_token(self, tokenizer: ModelTokenizer) -> None:
        text = "The  Rivers,\nBank"
        assert [text[start:end] for start, end in tokenizer.spans(text)] == ["The", "River", "s", ",", "Bank"]

    def test_count_in_the_whole_text_where_it_has_several_slices(self, tokenizer: ModelTokenizer) -> None:
        text = "river " * SLICE
        start, end = tokenizer.spans(text)[-1]
        assert (text[start:end], end) == ("river", len(text) - 1)

    def test_cover_a_text_without_any_space(self, tokenizer: ModelTokenizer) -> None:
        text = "," * (SLICE + 10)
        assert len(tokenizer.spans(text)) == SLICE + 10


class TestEncode:
    def test_takes_special_tokens_in_a_document_for_text(self, tokenizer: ModelTokenizer) -> None:
        (tokens,) = tokenizer.encode(["[SEP]"])
        assert tokenizer.pieces(tokens.ids) == ["[", "sep", "]"]

    def test_says_which_tokens_are_of_one_word(self, tokenizer: ModelTokenizer) -> None:
        (tokens,) = tokenizer.encode(["rivers bank"])
        assert tokens.words == [0, 0, 1]


class TestRarity:
    def test_grows_down_the_vocabulary_and_is_middling_for_single_characters(self) -> None:
        tokenizer = read_tokenizer(tokenizer_file(DEFAULT_MODEL))
        found = tokenizer.rarity(tokenizer.encode(["the of river bakery x"])[0].ids)
        assert found[0] == pytest.approx(math.log(2))
        assert list(found[:4]) == sorted(found[:4])
        assert found[1] < found[4] < found[3]
