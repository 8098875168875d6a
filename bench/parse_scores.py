"""How far one parse agrees with another: multisets compared, F1 of what they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from bench.parse_shape import Shape


@dataclass(frozen=True, slots=True)
class Agreement:
    """Sums of counts, so that scores of files can be added up: a format's score is over all its items."""

    shared: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(self.shared + other.shared, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        return self.shared / self.found if self.found else float(not self.wanted)

    @property
    def recall(self) -> float:
        return self.shared / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        total = self.found + self.wanted
        return 2 * self.shared / total if total else 1.0


@dataclass(frozen=True, slots=True)
class Scores:
    words: Agreement = Agreement()
    headings: Agreement = Agreement()
    titles: Agreement = Agreement()
    cells: Agreement = Agreement()
    neighbours: Agreement = Agreement()

    def __add__(self, other: Scores) -> Scores:
        return Scores(
            self.words + other.words,
            self.headings + other.headings,
            self.titles + other.titles,
            self.cells + other.cells,
            self.neighbours + other.neighbours,
        )


def scores(found: Shape, wanted: Shape) -> Scores:
    return Scores(
        words=_agreement(found.words, wanted.words),
        headings=headings_alike(found.headings, wanted.headings),
        titles=texts_alike(found.headings, wanted.headings),
        cells=_agreement(_cells(found.tables), _cells(wanted.tables)),
        neighbours=_agreement(_neighbours(found.tables), _neighbours(wanted.tables)),
    )


def _agreement(found: Iterable[Hashable], wanted: Iterable[Hashable]) -> Agreement:
    ours, theirs = Counter(found), Counter(wanted)
    return Agreement(sum((ours & theirs).values()), sum(ours.values()), sum(theirs.values()))


def headings_alike(found: Sequence[tuple[int, str]], wanted: Sequence[tuple[int, str]]) -> Agreement:
    """With levels, up to a shift of all levels of a file: whether the first is 1 or 2 is a matter of taste."""
    shifts = (_agreement([(level + shift, text) for level, text in found], wanted) for shift in range(-5, 6))
    return max(shifts, key=lambda one: one.shared)


def texts_alike(found: Sequence[tuple[int, str]], wanted: Sequence[tuple[int, str]]) -> Agreement:
    """Headings whatever their level."""
    return _agreement((text for _, text in found), (text for _, text in wanted))


def _cells(tables: Sequence[Sequence[Sequence[str]]]) -> Iterable[str]:
    return (cell for table in tables for row in table for cell in row if cell)


def _neighbours(tables: Sequence[Sequence[Sequence[str]]]) -> Iterable[tuple[str, str, str]]:
    """Pairs of filled cells beside or below each other: a cell in the wrong row or column shares none of its own."""
    for table in tables:
        for number, row in enumerate(table):
            for column, cell in enumerate(row):
                if not cell:
                    continue
                right = next((other for other in row[column + 1 :] if other), "")
                below = next((r[column] for r in table[number + 1 :] if column < len(r) and r[column]), "")
                if right:
                    yield ("right", cell, right)
                if below:
                    yield ("below", cell, below)
