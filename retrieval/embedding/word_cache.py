"""Tokens of words that were seen before, for tokenizers that look at each word by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tokenizers import Tokenizer
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

Spans: TypeAlias = tuple[tuple[int, int], ...]

_WORD = re.compile(r"[^ \t\n\r]+")
"""Between blanks that every BERT tokenizer ends a word at; what it takes for further blanks is left to it."""

_AT_ONCE = 2_000
"""New words that are encoded together: an encoding takes some hundred bytes until its tokens are taken out of it."""

_MOST = 2_000_000
"""Characters of words that are kept before all are forgotten."""


def splits_at_blanks(tokenizer: Tokenizer) -> bool:
    """Whether the tokens of a word are the same in every text: BERT's normalizer works character by character, and its
    words end at blanks. Others join words, or begin the first of a text in their own way."""
    return isinstance(tokenizer.pre_tokenizer, BertPreTokenizer) and isinstance(tokenizer.normalizer, BertNormalizer)


class WordCache:
    """A known word costs a lookup instead of an encoding; running text is mostly known words. Safe to call from several
    threads."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, Spans] = {}
        self._size = 0

    def count(self, text: str) -> int:
        words = _WORD.findall(text)
        known = self._with(words)
        return sum(len(known[word]) for word in words)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Of each token its first character and the one behind it, in order."""
        known = self._with(_WORD.findall(text))
        found: list[tuple[int, int]] = []
        for match in _WORD.finditer(text):
            start = match.start()
            found += [(start + first, start + last) for first, last in known[match[0]]]
        return found

    def _with(self, words: Sequence[str]) -> Mapping[str, Spans]:
        """What is known, all of these among it. The caller's own, should everything be forgotten meanwhile."""
        known = self._known
        new = list({word for word in words if word not in known})
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            encodings = self._tokenizer.encode_batch(some, add_special_tokens=False)
            known |= {word: tuple(encoding.offsets) for word, encoding in zip(some, encodings, strict=True)}
            self._size += sum(map(len, some))
        if self._size > _MOST:
            self._known, self._size = {}, 0
        return known
