"""What kind of paragraph a Word style makes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum, auto

from lxml import etree

from ingest.parsers.office.package import attribute

_HEADING_NAME = re.compile(r"^heading (\d)$", re.IGNORECASE)
_CODE_NAMES = {"code", "source code", "html preformatted", "macro text", "plain text code"}
_MAX_CHAIN = 20


class ParagraphKind(Enum):
    HEADING = auto()
    LIST = auto()
    CODE = auto()
    TEXT = auto()


class WordStyles:
    """Built from the root of styles.xml, or None where the file has none."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: Mapping[str, etree._Element] = {}
        if root is not None:
            self._styles = {attribute(style, "styleId") or "": style for style in root.iter("{*}style")}

    def kind_of(self, paragraph: etree._Element) -> tuple[ParagraphKind, int]:
        """With the level: 1 to 6 of a heading, the depth from 0 of a list item, else 0."""
        properties = paragraph.find("{*}pPr")
        chain = self._chain(properties)
        outline = _outline_level(properties, chain)
        if outline is not None:
            return ParagraphKind.HEADING, outline
        depth = _list_depth(properties, chain)
        if depth is not None:
            return ParagraphKind.LIST, depth
        is_code = any(_name(style).lower() in _CODE_NAMES for style in chain)
        return (ParagraphKind.CODE if is_code else ParagraphKind.TEXT), 0

    def is_title(self, paragraph: etree._Element) -> bool:
        return any(_name(style).lower() == "title" for style in self._chain(paragraph.find("{*}pPr")))

    def numbering_of(self, paragraph: etree._Element) -> tuple[str, int | None, str | None] | None:
        """The id of its list, its depth there if it says so, and the style that says it. None outside of lists."""
        properties = paragraph.find("{*}pPr")
        chain = self._chain(properties)
        for source, style in [(properties, None), *((one.find("{*}pPr"), attribute(one, "styleId")) for one in chain)]:
            numbering = None if source is None else source.find("{*}numPr")
            number = None if numbering is None else attribute(numbering.find("{*}numId"), "val")
            if numbering is not None and number is not None:
                depth = attribute(numbering.find("{*}ilvl"), "val") or ""
                return None if number == "0" else (number, int(depth) if depth.isdecimal() else None, style)
        return None

    def _chain(self, properties: etree._Element | None) -> list[etree._Element]:
        """The paragraph's style and those it is based on, nearest first."""
        chain: list[etree._Element] = []
        style_id = attribute(properties.find("{*}pStyle"), "val") if properties is not None else None
        while style_id is not None and style_id in self._styles and len(chain) < _MAX_CHAIN:
            style = self._styles[style_id]
            chain.append(style)
            style_id = attribute(style.find("{*}basedOn"), "val")
        return chain


def _outline_level(properties: etree._Element | None, chain: list[etree._Element]) -> int | None:
    """Style names before outline levels: names are the same in every language, and Title has no level."""
    named = next((level for level in map(_level_by_name, chain) if level is not None), None)
    if named is not None:
        return named
    for source in _sources(properties, chain):
        value = attribute(source.find("{*}outlineLvl"), "val")
        if value is not None and value.isdecimal():
            return min(int(value) + 1, 6) if int(value) < 9 else None  # 9 is body text
    return None


def _level_by_name(style: etree._Element) -> int | None:
    match = _HEADING_NAME.match(_name(style))
    if match:
        return min(int(match[1]), 6)
    return 1 if _name(style).lower() == "title" else None


def _list_depth(properties: etree._Element | None, chain: list[etree._Element]) -> int | None:
    for source in _sources(properties, chain):
        numbering = source.find("{*}numPr")
        if numbering is not None:
            number = attribute(numbering.find("{*}numId"), "val")
            depth = attribute(numbering.find("{*}ilvl"), "val") or "0"
            return None if number == "0" else min(int(depth), 8) if depth.isdecimal() else 0
    return None


def _sources(properties: etree._Element | None, chain: list[etree._Element]) -> list[etree._Element]:
    """Where a property may stand: the paragraph first, then its styles."""
    found = (properties, *(style.find("{*}pPr") for style in chain))
    return [source for source in found if source is not None]


def _name(style: etree._Element) -> str:
    return attribute(style.find("{*}name"), "val") or ""
