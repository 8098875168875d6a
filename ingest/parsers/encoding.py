"""Bytes to text when the encoding is anybody's guess."""

from __future__ import annotations

import codecs
from itertools import pairwise

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_CANDIDATES = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "koi8_r",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
]

_REPLACEMENT = "\ufffd"
_SOUND_FOR_DAMAGED = 4

_SAMPLE_BYTES = 64 * 1024

_SHORT_SHARE = 0.3
_WESTERN_SHARE = 0.12
"""Up to this share of high bytes, text is taken for Western European: French and German reach about 0.08, and
charset-normalizer misjudges short texts with few of them; Cyrillic, Greek and CJK encodings lie above 0.4."""


def has_byte_order_mark(data: bytes) -> bool:
    return any(data.startswith(mark) for mark, _ in _BOMS)


def decode(data: bytes, *, declared: str | None = None) -> str:
    """BOM, then strict UTF-8, then UTF-8 with a few bytes out of place, then what the file declares, then the likeliest
    legacy encoding. Never raises: what no encoding explains becomes U+FFFD."""
    for mark, marked in _BOMS:
        if data.startswith(mark):
            return data.decode(marked, errors="replace")
    text = _strictly(data, "utf-8")
    if text is None:
        text = _damaged_utf8(data)
    if text is None:
        text = _strictly(data, _known(declared))
    return text if text is not None else data.decode(_guessed(data), errors="replace")


def _damaged_utf8(data: bytes) -> str | None:
    """A page that is put together from parts, or cut off within a character, is UTF-8 all the same. Bytes of other
    encodings seldom form characters of it."""
    text = data.decode("utf-8", errors="replace")
    damaged = text.count(_REPLACEMENT)
    sound = sum(1 for character in text if character > "\x7f") - damaged
    return text if sound > damaged * _SOUND_FOR_DAMAGED else None


def _known(declared: str | None) -> str | None:
    try:
        name = codecs.lookup(declared.strip()).name if declared else None
    except (LookupError, ValueError):
        return None
    return "cp1252" if name in {"iso8859-1", "ascii"} else name  # as the HTML standard reads those labels


def _strictly(data: bytes, encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _guessed(data: bytes) -> str:
    sample = data[:_SAMPLE_BYTES]
    if _looks_western(sample):
        return "cp1252"
    best = from_bytes(sample, cp_isolation=_CANDIDATES).best()
    return best.encoding if best is not None else "cp1252"


def _looks_western(sample: bytes) -> bool:
    """Few high bytes, or in a short text some that stand alone between ASCII letters."""
    if any(byte in sample for byte in b"\x81\x8d\x8f\x90\x9d"):  # not assigned in cp1252
        return False
    high = sum(1 for byte in sample if byte >= 0x80)
    in_a_row = sum(1 for first, second in pairwise(sample) if first >= 0x80 and second >= 0x80)
    return high <= len(sample) * _WESTERN_SHARE or (in_a_row == 0 and high <= len(sample) * _SHORT_SHARE)
