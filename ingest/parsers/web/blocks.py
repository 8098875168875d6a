"""An HTML tree to blocks: what a reader sees, in the order of the source."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html

from ingest.parsers.cleaning import one_line
from ingest.parsers.collector import BlockCollector
from ingest.parsers.web.cells import is_data_table, table_from
from ingest.parsers.web.seen import INLINE, UNSEEN, seen_text

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BREAK = "\x1e"  # stands for <br> until the white space of the source, line ends among it, has been collapsed
_LISTS = {"ul", "ol", "menu", "dir"}


class HtmlBlocks:
    """Feeds the blocks below an element to a collector. `skip` names further tags to leave out, such as nav."""

    def __init__(
        self, collector: BlockCollector, *, page: int | None = None, skip: frozenset[str] = frozenset()
    ) -> None:
        self._collector = collector
        self._page = page
        self._skip = skip | UNSEEN
        self._inline: list[str] = []

    def add(self, root: html.HtmlElement) -> None:
        self._walk(root)
        self._flush()

    def _walk(self, element: html.HtmlElement) -> None:
        self._inline.append(element.text or "")
        for child in element:
            if isinstance(child.tag, str) and not self._is_left_out(child):
                self._add_element(child, child.tag.lower())
            self._inline.append(child.tail or "")

    def _is_left_out(self, element: html.HtmlElement) -> bool:
        """A panel behind a tab is hidden only until somebody opens it."""
        return element.tag in self._skip or (_is_hidden(element) and element.get("role") != "tabpanel")

    def _add_element(self, element: html.HtmlElement, tag: str) -> None:
        if tag == "br":
            self._inline.append(_BREAK)
        elif tag == "img":
            self._inline.append(f" {element.get('alt', '')} " if element.get("alt") else "")
        elif tag in INLINE and not _holds_blocks(element):
            self._walk(element)
        else:
            self._flush()
            self._add_block(element, tag)
            self._flush()

    def _add_block(self, element: html.HtmlElement, tag: str) -> None:
        if tag in _HEADINGS:
            self._collector.heading(seen_text(element, self._skip), _HEADINGS[tag], page=self._page)
        elif tag in {"pre", "listing"}:
            self._collector.code("".join(element.itertext()), page=self._page)
        elif tag in _LISTS and not _holds_structure(element):
            self._collector.list(list(self._items(element, 0)), page=self._page)
        elif tag == "table" and is_data_table(element):
            self._collector.table(table_from(element), page=self._page)
        else:
            self._walk(element)

    def _items(self, element: html.HtmlElement, depth: int) -> Iterator[tuple[int, str]]:
        number = int(element.get("start", "1")) if element.get("start", "1").isdigit() else 1
        for child in element:
            if child.tag in _LISTS:
                yield from self._items(child, depth + 1)
            elif isinstance(child.tag, str) and not self._is_left_out(child):
                text = one_line(seen_text(child, self._skip | _LISTS))
                yield depth, f"{number}. {text}" if element.tag == "ol" and text else text
                number += 1
                for inner in _nested_lists(child):
                    yield from self._items(inner, depth + 1)

    def _flush(self) -> None:
        if not any(self._inline):  # between two blocks, which is nearly always
            self._inline.clear()
            return
        lines = (" ".join(line.split()) for line in "".join(self._inline).split(_BREAK))
        self._inline.clear()
        self._collector.text("\n".join(lines), page=self._page)


def _is_hidden(element: html.HtmlElement) -> bool:
    """From readers for good: what is hidden until a search finds it is there to be found."""
    hidden = element.get("hidden")
    if (hidden is not None and hidden.lower() != "until-found") or element.get("aria-hidden") == "true":
        return True
    return "display:none" in element.get("style", "").replace(" ", "")


def _nested_lists(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    for child in element:
        if child.tag in _LISTS:
            yield child
        elif isinstance(child.tag, str):
            yield from _nested_lists(child)


def _holds_blocks(element: html.HtmlElement) -> bool:
    return next(element.iter("p", "div", "table", "ul", "ol", "pre", *_HEADINGS), None) is not None


def _holds_structure(element: html.HtmlElement) -> bool:
    """A list used for layout: its items hold headings, tables or code, which would be lost in a line each."""
    return next(element.iter("table", "pre", *_HEADINGS), None) is not None
