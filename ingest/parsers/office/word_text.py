"""The text of a Word paragraph as it reads with all changes accepted."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.parsers.office.equations import latex
from ingest.parsers.office.package import local_name

_LEFT_OUT = {"del", "moveFrom", "instrText", "Fallback", "txbxContent", "pPr", "rPr", "annotationRef", "tbl"}
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def paragraph_text(paragraph: etree._Element) -> str:
    return "".join(_pieces(paragraph))


def nested_paragraphs(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Those of text boxes anchored in it; the copy for old programs is passed over."""
    for box in paragraph.iter("{*}txbxContent"):
        if not any(local_name(above) == "Fallback" for above in box.iterancestors()):
            yield from box.iter("{*}p")


def _pieces(element: etree._Element) -> Iterator[str]:
    for child in element:
        name = local_name(child)
        if name in _LEFT_OUT:
            continue
        if name == "t":
            yield child.text or ""
        elif name == "oMath":
            yield f" {' '.join(latex(child).split())} "
        elif name == "vertAlign":
            continue
        elif name in _MARKS:
            yield _MARKS[name]
        else:
            yield from _pieces(child)
