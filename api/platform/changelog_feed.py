"""The changelog as RSS 2.0 (https://www.rssboard.org/rss-specification)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from orchestration.tasks.changelog import ChangelogEntry

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, escaped neither (https://www.w3.org/TR/xml/#charsets)."""


def feed_of(entries: Sequence[ChangelogEntry], *, address: str) -> bytes:
    """`address` is what links begin with."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", "Changelog")
    _add(channel, "link", f"{address}/")
    _add(channel, "description", "Tasks that are done, newest first")
    _add(channel, "generator", "Cairn")
    if entries:
        _add(channel, "lastBuildDate", format_datetime(entries[0].at))
    for entry in entries:
        _add_item(channel, entry, address)
    document: bytes = ET.tostring(rss, encoding="utf-8", xml_declaration=True)
    return document


def _add_item(channel: ET.Element, entry: ChangelogEntry, address: str) -> None:
    item = ET.SubElement(channel, "item")
    _add(item, "title", entry.title)
    _add(item, "link", f"{address}/#/tasks/{entry.task_id}")
    _add(item, "description", entry.summary or entry.title)
    _add(item, "category", entry.area)
    ET.SubElement(item, "guid", isPermaLink="false").text = entry.task_id
    _add(item, "pubDate", format_datetime(entry.at))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NO_XML.sub("", text)
