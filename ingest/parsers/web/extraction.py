"""The main content of a web page by trafilatura, as an HTML tree."""

from __future__ import annotations

from copy import deepcopy

import trafilatura
from lxml import html
from trafilatura.htmlprocessing import prune_unwanted_nodes
from trafilatura.xpaths import OVERALL_DISCARD_XPATH, REMOVE_COMMENTS_XPATH, TEASER_DISCARD_XPATH

from ingest.parsers.web.cells import is_data_table, spread

_TAGS = {"item": "li", "row": "tr", "lb": "br", "quote": "blockquote", "graphic": "img", "del": "s", "hi": "b"}


def main_tree(root: html.HtmlElement) -> html.HtmlElement | None:
    """None where trafilatura finds no content. `root` is left as it is. The date is not searched for: `facts` reads it
    from the head, and guessing it from the text takes longer than everything else. Formatting is not asked for: blocks
    have none, and with it trafilatura loses paragraphs that begin in bold. It drops what cells span, so that is written
    out before."""
    page = deepcopy(root)
    for table in page.iter("table"):
        if is_data_table(table):
            spread(table)
    found = trafilatura.bare_extraction(page, include_comments=False, include_tables=True, with_metadata=False)
    body = getattr(found, "body", None)
    if body is None:
        return None
    for element in body.iter():
        if isinstance(element.tag, str):
            _rename(element)
    return body


def without_surroundings(element: html.HtmlElement) -> html.HtmlElement:
    """A copy without what trafilatura knows by its names as comments, teasers, shares and the like: comments always,
    the rest unless nearly all of the element would go with it. `element` is left as it is."""
    pruned = prune_unwanted_nodes(deepcopy(element), REMOVE_COMMENTS_XPATH)
    return prune_unwanted_nodes(pruned, [*OVERALL_DISCARD_XPATH, *TEASER_DISCARD_XPATH], with_backup=True)


def _rename(element: html.HtmlElement) -> None:
    """From trafilatura's TEI-like names to those of HTML."""
    match element.tag:
        case "head":
            element.tag = element.get("rend", "h2")
        case "list":
            element.tag = element.get("rend", "ul") if element.get("rend") in {"ul", "ol"} else "ul"
        case "cell":
            element.tag = "th" if element.get("role") == "head" else "td"
        case "code":
            element.tag = "pre" if "\n" in "".join(element.itertext()).strip() else "code"
        case name:
            element.tag = _TAGS.get(str(name), name)
