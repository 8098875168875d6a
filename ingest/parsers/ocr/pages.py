"""Pages without text, read by text recognition: as many as a file may have, each as lines like any other page's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

from ingest.documents import Box, Document, OcrPage
from ingest.parsers.collector import BlockCollector
from ingest.parsers.lines import Line, PageLines
from ingest.parsers.options import OcrOptions, Watch

if TYPE_CHECKING:
    from ingest.parsers.ocr.recognizer import Pixels, ReadLine, ReadPicture

DOTS_PER_INCH = 200
"""Ten-point type is then 28 pixels high: pages of it come out alike at 100 to 300, small print does not at 100. More
only costs: on a page of 44 lines 17 s of CPU at 100, 21 at 200 and 27 at 300, and 0.5, 1.1 and 1.9 GB."""

_POINTS = 72
_TYPE = 0.78  # of a line's box, which stands a little off the letters
_DESCENT = 0.2
_LIKE_BODY = (0.7, 1.3)  # a line's box is higher or lower with its letters: only beyond these is it another size
_UNSURE = 0.8


@dataclass(frozen=True, slots=True)
class Picture:
    """`scale` in points a pixel."""

    pixels: Pixels
    scale: float


@dataclass(slots=True)
class Recognition:
    """What came of a file's pages. `turns` of pages that were not upright, with width and height in points upright."""

    pages: dict[int, PageLines] = field(default_factory=dict)
    facts: list[OcrPage] = field(default_factory=list)
    turns: dict[int, tuple[int, float, float]] = field(default_factory=dict)


def recognised(
    numbers: Sequence[int],
    draw: Callable[[int], Picture],
    *,
    options: OcrOptions,
    collector: BlockCollector,
    watch: Watch,
) -> Recognition:
    """The pages with these numbers, up to the budget. Those that are left or hold no text are warned of."""
    wanted, left = numbers[: options.max_pages], numbers[options.max_pages :]
    found = Recognition()
    if wanted:
        # Local: its libraries take two seconds and a hundred megabytes, of which most files have no need.
        from ingest.parsers.ocr.recognizer import Recognizer  # noqa: PLC0415

        watch(0, len(wanted))
        recognizer = Recognizer()
        for done, number in enumerate(wanted, start=1):
            picture = draw(number)
            _keep(found, number, recognizer.read(picture.pixels), picture.scale, collector)
            watch(done, len(wanted))
    if left:
        message = (
            f"text recognition stopped after {len(wanted)} pages, which is what the dataset allows a file; "
            f"{len(left)} pages without text were left out, the first of them page {left[0]}"
        )
        collector.warn("OCR_BUDGET_SPENT", message, page=left[0])
    return found


def _keep(found: Recognition, number: int, read: ReadPicture, scale: float, collector: BlockCollector) -> None:
    width, height = read.width * scale, read.height * scale
    found.pages[number] = PageLines(number, width, height, _lines(read.lines, number, scale))
    if read.turns:
        found.turns[number] = (read.turns, width, height)
    if not read.lines:
        collector.warn("OCR_FOUND_NOTHING", f"text recognition found no text on page {number}", page=number)
        return
    found.facts.append(OcrPage(number, round(read.confidence, 3)))
    if read.confidence < _UNSURE:
        message = f"text recognition was unsure of page {number} (confidence {read.confidence:.2f} of 1): check it"
        collector.warn("OCR_IS_UNSURE", message, page=number)


def _lines(lines: Sequence[ReadLine], number: int, scale: float) -> list[Line]:
    if not lines:
        return []
    usual = median(line.bottom - line.top for line in lines)
    return [_line(line, number, scale, usual) for line in lines]


def _line(line: ReadLine, number: int, scale: float, usual: float) -> Line:
    height = line.bottom - line.top
    lowest, highest = _LIKE_BODY
    size = (usual if lowest * usual <= height <= highest * usual else height) * scale * _TYPE
    return Line(
        text=line.text,
        box=Box(number, line.left * scale, line.top * scale, line.right * scale, line.bottom * scale),
        baseline=(line.bottom - _DESCENT * height) * scale,
        size=round(size, 1),
        is_bold=False,
    )


def with_boxes_as_shown(document: Document, turns: Mapping[int, tuple[int, float, float]]) -> Document:
    """The boxes of pages that were turned upright, back on the page as it is."""
    if not turns:
        return document
    blocks = [replace(block, boxes=tuple(_as_shown(box, turns) for box in block.boxes)) for block in document.blocks]
    return replace(document, blocks=blocks)


def _as_shown(box: Box, turns: Mapping[int, tuple[int, float, float]]) -> Box:
    count, width, height = turns.get(box.page, (0, 0.0, 0.0))
    for _ in range(count):  # a quarter to the right
        box = Box(box.page, height - box.bottom, box.left, height - box.top, box.right)
        width, height = height, width
    return box
