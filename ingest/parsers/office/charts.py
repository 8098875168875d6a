"""Charts as tables: the values a chart was drawn from are stored beside it."""

from __future__ import annotations

from lxml import etree

from ingest.documents import Table
from ingest.parsers.tables import table_of


def chart_table(root: etree._Element) -> Table:
    """Categories in the first column, a series a column, the chart's title as caption."""
    series = list(root.iter("{*}ser"))
    names = [_joined(item.find("{*}tx")) or f"Series {number}" for number, item in enumerate(series, start=1)]
    categories = _points(_first_child(series[0], "cat", "xVal")) if series else {}
    values = [_points(_first_child(item, "val", "yVal")) for item in series]
    places = sorted(set(categories).union(*values))
    rows = [[categories.get(place, str(place + 1)), *(column.get(place, "") for column in values)] for place in places]
    title = next(root.iter("{*}title"), None)
    return table_of([["", *names], *rows] if rows else [], caption=_drawn(title))


def _first_child(element: etree._Element, *names: str) -> etree._Element | None:
    found = (element.find(f"{{*}}{name}") for name in names)
    return next((child for child in found if child is not None), None)


def _points(element: etree._Element | None) -> dict[int, str]:
    points: dict[int, str] = {}
    for point in () if element is None else element.iter("{*}pt"):
        index = str(point.get("idx"))
        if index.isdecimal():
            points[int(index)] = _joined(point)
    return points


def _joined(element: etree._Element | None) -> str:
    return " ".join(value.text or "" for value in element.iter("{*}v")).strip() if element is not None else ""


def _drawn(element: etree._Element | None) -> str:
    return "".join(text.text or "" for text in element.iter("{*}t")).strip() if element is not None else ""
