"""Merged ranges of a sheet. openpyxl's read-only mode does not tell them; its other mode holds the whole workbook."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import IO

from ingest.parsers.office.grid import Merges

_REFERENCE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_STEP = 1024 * 1024
_LONGEST = 200  # of one element, kept over from step to step
_MOST = 20_000
_MOST_ROWS = 1000  # of one range: a merge over a whole column is a matter of looks


def merges_of(stream: IO[bytes]) -> Merges:
    """They stand behind the cells, so the whole sheet is looked through, as bytes."""
    found: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
    count, kept = 0, b""
    while piece := stream.read(_STEP):
        data = kept + piece
        end = 0
        for match in _REFERENCE.finditer(data):
            end = match.end()
            count += 1
            if count > _MOST:
                return found
            first, last = int(match[2]) - 1, int(match[4]) - 1
            columns = (_column(match[1]), _column(match[3]))
            for row in range(first, min(last, first + _MOST_ROWS) + 1):
                found[row].append((*columns, first))
        kept = data[max(end, len(data) - _LONGEST) :]
    return found


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
