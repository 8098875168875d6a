"""HTML source to an element tree."""

from __future__ import annotations

import re

from lxml import etree, html

from ingest.parsers.errors import FileIsCorrupt

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_META_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)""", re.IGNORECASE)


def declared_charset(data: bytes) -> str | None:
    match = _META_CHARSET.search(data[:8192]) or _XML_ENCODING.search(data[:1024])
    return match[1].decode("ascii", "replace") if match else None


def parse_html(source: str) -> html.HtmlElement | None:
    """None where there is nothing but white space and comments. FileIsCorrupt for elements nested so deeply that
    libxml2 would drop what is in them. Entities and the network are left alone."""
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(_DECLARATION.sub("", source, count=1), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        root = None
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" or "depth" in entry.message for entry in parser.error_log):
        raise FileIsCorrupt("HTML", "its elements are nested too deeply")
    return root
