from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer, Metaspace

from retrieval.embedding import word_cache
from retrieval.embedding.tokenizer import ModelTokenizer
from retrieval.embedding.word_cache import WordCache, splits_at_blanks

_PIECES = [*"abcdefghij", *(f"##{letter}" for letter in "abcdefghij"), "river", "##s", ",", "河", "##\u0301"]
_ODD = "aAbc \t\n\r\u00a0\u2028\x1c\x1f\x00\u200b\u0301\u00e9\u0130\u03a3,.-[SEP]河é\U0001f600"


def _tokenizer() -> Tokenizer:
    vocabulary = {piece: number for number, piece in enumerate(["[UNK]", "[SEP]", "[CLS]", *_PIECES])}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = BertNormalizer()
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.add_special_tokens(["[SEP]"])
    tokenizer.encode_special_tokens = True
    return tokenizer


TOKENIZER = _tokenizer()


@given(st.lists(st.text(st.sampled_from(_ODD) | st.characters(codec="utf-8"), max_size=12)))
def test_a_text_has_the_tokens_that_it_has_without_the_cache(parts: list[str]) -> None:
    text = " ".join(parts)
    cached = WordCache(TOKENIZER)
    for _ in range(2):  # unknown, then known
        assert cached.spans(text) == list(TOKENIZER.encode(text, add_special_tokens=False).offsets)
        assert cached.count(text) == len(cached.spans(text))


def test_everything_is_forgotten_once_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_cache, "_MOST", 100)
    cached = WordCache(TOKENIZER)
    words = [f"ab{number}" for number in range(60)]
    assert cached.count(" ".join(words)) == len(TOKENIZER.encode(" ".join(words), add_special_tokens=False))
    assert cached._known == {}
    assert cached.count("river") == 1
    assert set(cached._known) == {"river"}


def test_tokenizers_that_look_beyond_a_word_are_left_alone() -> None:
    assert splits_at_blanks(TOKENIZER)
    others = _tokenizer(), _tokenizer()
    others[0].pre_tokenizer = Metaspace()
    others[1].normalizer = normalizers.Sequence([BertNormalizer(), normalizers.Strip()])
    assert not any(map(splits_at_blanks, others))
    bare = _tokenizer()
    bare.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    assert ModelTokenizer(bare).spans("river a") == [(0, 5), (6, 7)]


def test_a_tokenizer_that_was_read_from_a_file_is_told(tmp_path: Path) -> None:
    TOKENIZER.save(str(tmp_path / "tokenizer.json"))
    assert json.loads((tmp_path / "tokenizer.json").read_text())["pre_tokenizer"]["type"] == "BertPreTokenizer"
    assert splits_at_blanks(Tokenizer.from_file(str(tmp_path / "tokenizer.json")))
