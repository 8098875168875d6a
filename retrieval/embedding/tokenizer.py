"""The model's own tokenizer, without the truncation and padding that a tokenizer.json may carry."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from retrieval.embedding.errors import ModelNotFound
from retrieval.embedding.word_cache import WordCache, splits_at_blanks

_RARITY_OF_CHARACTERS = math.log(500)
SLICE = 100_000  # characters encoded at a time: an encoding takes some 150 bytes of memory a token
_BREAK = re.compile(r"\s(?=\S)")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Ids of a text without special tokens; `words[i]` is the number of the word that token i is a piece of."""

    ids: Sequence[int]
    words: Sequence[int | None]


class ModelTokenizer:
    """A TokenCounter that also gives ids. Safe to call from several threads, and `encode` releases the GIL."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True  # "[SEP]" in a document is text, not the end of the input
        special = self._tokenizer.encode("").ids
        self.prefix: Sequence[int] = tuple(special[:1])
        self.suffix: Sequence[int] = tuple(special[1:])
        self._first_word: int | None = None
        self._words = WordCache(tokenizer) if splits_at_blanks(tokenizer) else None

    @property
    def special_tokens(self) -> int:
        return len(self.prefix) + len(self.suffix)

    def count(self, text: str) -> int:
        if self._words is not None:
            return sum(self._words.count(part) for _, part in _slices(text))
        return sum(
            len(self._tokenizer.encode_batch_fast([part], add_special_tokens=False)[0]) for _, part in _slices(text)
        )

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        own = self._words.spans if self._words is not None else self._encoded_spans
        if len(text) <= SLICE:
            return own(text)
        return [(start + first, start + last) for start, part in _slices(text) for first, last in own(part)]

    def _encoded_spans(self, text: str) -> Sequence[tuple[int, int]]:
        encoding = self._tokenizer.encode_batch([text], add_special_tokens=False)[0]
        return list(encoding.offsets)

    def encode(self, texts: Sequence[str]) -> Sequence[Tokens]:
        encodings = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [Tokens(encoding.ids, encoding.word_ids) for encoding in encodings]

    def pieces(self, ids: Sequence[int]) -> Sequence[str]:
        """The tokens' own spellings, such as `##ing`."""
        return [self._tokenizer.id_to_token(token) or "" for token in ids]

    def rarity(self, ids: Sequence[int]) -> Sequence[float]:
        """How seldom the language has each token: the logarithm of its rank, by Zipf's law in proportion to its IDF.

        WordPiece vocabularies list words and pieces by falling frequency, behind special tokens and single characters,
        which have no order and count as middling.
        """
        first = self._first_word if self._first_word is not None else self._find_first_word()
        return [math.log(token - first + 2) if token >= first else _RARITY_OF_CHARACTERS for token in ids]

    def _find_first_word(self) -> int:
        words = (token for piece, token in self._tokenizer.get_vocab().items() if len(piece) > 1 and piece.isalpha())
        self._first_word = min(words, default=0)
        return self._first_word


def read_tokenizer(path: Path) -> ModelTokenizer:
    """Takes some 30 ms. Raises ModelNotFound for a file that is missing or no tokenizer."""
    try:
        return ModelTokenizer(Tokenizer.from_file(str(path)))
    except Exception as error:  # the library raises bare Exception for a missing or broken file
        raise ModelNotFound(f"The tokenizer {path} cannot be read: {error}") from error


def _slices(text: str) -> Iterator[tuple[int, str]]:
    """Pieces of the text with their starts, cut at white space, where no token of a BERT tokenizer crosses."""
    start = 0
    while start < len(text):
        cut = _BREAK.search(text, start + SLICE)
        end = cut.start() if cut else len(text)
        yield start, text[start:end]
        start = end
