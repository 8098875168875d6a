"""How alike two texts are, told without the texts: MinHash over runs of words (Broder 1997)."""

from __future__ import annotations

import hashlib
import re
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 128
"""Smallest hashes that are kept. The likeness of two texts is told with a standard error of at most 0.044, and of 0.02
where it is 0.95."""

LEAST_WORDS = 40
"""A shorter text has no gist: one word more or less in it is another text."""

RUN = 3
_NUMBERS_BYTES = 8
_AT_ONCE = 256
"""Runs: what is worked out of them then stays in the processor's cache."""

_WORD = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")
"""Scripts that put no blanks between words are taken letter by letter."""

_RANDOM = np.random.default_rng(48)  # the same in every process: gists are kept
_FACTORS = _RANDOM.integers(1, 1 << 63, size=SIZE, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_OFFSETS = _RANDOM.integers(0, 1 << 63, size=SIZE, dtype=np.uint64)
_PLACES = _RANDOM.integers(1, 1 << 63, size=RUN, dtype=np.uint64) * np.uint64(2) + np.uint64(1)


@dataclass(frozen=True, slots=True)
class Gist:
    """`numbers` is a hash of the set of words that hold a digit: what differs by a number says something else."""

    numbers: bytes
    least: bytes

    def packed(self) -> bytes:
        return self.numbers + self.least

    @classmethod
    def unpacked(cls, packed: bytes | None) -> Gist | None:
        return None if not packed else cls(packed[:_NUMBERS_BYTES], packed[_NUMBERS_BYTES:])

    def likeness(self, other: Gist) -> float:
        """Of the runs of words of both together, the share that both have, as estimated."""
        mine, its = np.frombuffer(self.least, np.uint32), np.frombuffer(other.least, np.uint32)
        return float((mine == its).mean())


def gist_of(text: str) -> Gist | None:
    """None for a text that is too short to be like another."""
    words = _WORD.findall(text.casefold())
    if len(words) < LEAST_WORDS:
        return None
    numbers = sorted({word for word in words if not word.isalpha() and any(map(str.isdigit, word))})
    digest = hashlib.blake2b(" ".join(numbers).encode("utf-8", "replace"), digest_size=_NUMBERS_BYTES).digest()
    return Gist(digest, _least(_runs(words)).tobytes())


def packed_gist(text: str) -> bytes:
    """Empty where there is none."""
    gist = gist_of(text)
    return b"" if gist is None else gist.packed()


def _runs(words: list[str]) -> NDArray[np.uint64]:
    hashes = np.fromiter((zlib.crc32(word.encode("utf-8", "replace")) for word in words), np.uint64, len(words))
    count = len(words) - RUN + 1
    runs = sum((hashes[place : place + count] * _PLACES[place] for place in range(RUN)), np.zeros(count, np.uint64))
    runs ^= runs >> np.uint64(29)
    return np.unique(runs * _FACTORS[0])


def _least(runs: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """By as many hash functions (multiply and add modulo 2^64, upper half) the smallest value of each."""
    found = np.full(SIZE, np.iinfo(np.uint64).max, np.uint64)
    for start in range(0, len(runs), _AT_ONCE):
        some = runs[None, start : start + _AT_ONCE] * _FACTORS[:, None]
        some += _OFFSETS[:, None]
        np.minimum(found, some.min(axis=1), out=found)
    return (found >> np.uint64(32)).astype(np.uint32)  # the upper half of the smallest is the smallest upper half
