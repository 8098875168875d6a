"""What a parse is compared by: words, headings with levels, cells of tables. And reading these out of Markdown."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

_WORD = re.compile(r"\w+")
_MIDNIGHT = re.compile(r"(?<=\d) 00:00:00\b")  # what a date gets when a program takes it for a moment
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"^\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[((?:\\.|\[[^\[\]]*\]|[^\[\]\\])*)\]\([^)]*\)")  # brackets in its text: escaped, or a pair
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")


@dataclass(slots=True)
class Shape:
    """`headings` are (level, text), `tables` rows of cells. `words` hold everything, headings and cells included."""

    words: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)

    def add_text(self, text: str) -> None:
        self.words += words_of(text)

    def add_heading(self, level: int, text: str) -> None:
        self.headings.append((level, " ".join(words_of(text))))
        self.add_text(text)

    def add_table(self, rows: Sequence[Sequence[str]]) -> None:
        self.tables.append([[" ".join(words_of(cell)) for cell in row] for row in rows])
        for row in rows:
            self.add_text(" ".join(row))


def words_of(text: str) -> list[str]:
    return _WORD.findall(_MIDNIGHT.sub("", text.lower()))


def shape_of_markdown(markdown: str) -> Shape:
    """Pipe tables and ATX headings; fences are kept as text. Images, comments and the targets of links do not count."""
    shape = Shape()
    rows: list[list[str]] = []
    fenced = False
    for line in _COMMENT.sub(" ", markdown).splitlines():
        stripped = line.strip()
        if stripped.startswith(("```", "~~~")):
            fenced = not fenced
            continue
        is_row = not fenced and stripped.startswith("|") and stripped.endswith("|") and len(stripped) > 1
        if not is_row and rows:
            shape.add_table(rows)
            rows = []
        if is_row:
            if not _RULE.match(stripped):
                rows.append([_plain(cell) for cell in _cells(stripped)])
        elif not fenced and (match := _HEADING.match(stripped)):
            shape.add_heading(len(match[1]), _plain(match[2]))
        else:
            shape.add_text(line if fenced else _plain(line))
    if rows:
        shape.add_table(rows)
    return shape


def _cells(line: str) -> Iterator[str]:
    for cell in re.split(r"(?<!\\)\|", line[1:-1]):
        yield cell.strip()


def _plain(text: str) -> str:
    text = _LINK.sub(r"\1", _IMAGE.sub(" ", text))
    return html.unescape(_ESCAPE.sub(r"\1", _TAG.sub(" ", text))).replace("**", "").replace("`", "")
