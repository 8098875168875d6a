"""What a page says about itself: title, author, date, language, address. Read from its head; the text is not searched,
since guessing a date from it takes longer than reading the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lxml import html

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_DATE = re.compile(r"^\d{4}-\d{2}(?:-\d{2})?")
_DATE_NAMES = (
    *("article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dcterms.created"),
    *("dc.date.issued", "citation_publication_date", "publish-date", "pubdate", "parsely-pub-date"),
)
_AUTHOR_NAMES = ("author", "article:author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author")
_MAX_LINKED_DATA = 200_000


@dataclass(frozen=True, slots=True)
class PageFacts:
    title: str | None
    language: str | None
    published_at: str | None
    metadata: Mapping[str, str]


def facts_of(root: html.HtmlElement) -> PageFacts:
    meta = _meta(root)
    linked = _linked_data(root)
    published = _first_date(*(meta.get(name) for name in _DATE_NAMES), linked.get("datePublished"), *_times(root))
    author = _first(*(meta.get(name) for name in _AUTHOR_NAMES), linked.get("author"))
    metadata = {
        "author": _shortened(author),
        "description": _first(meta.get("description"), meta.get("og:description")) or "",
        "canonical_url": _canonical(root) or meta.get("og:url", ""),
        "site_name": meta.get("og:site_name", ""),
        "published_at": published or "",
    }
    language = _first(root.get("lang"), root.get("{http://www.w3.org/XML/1998/namespace}lang"), meta.get("og:locale"))
    return PageFacts(
        title=_first(meta.get("og:title"), _heading_like_title(root), linked.get("headline")),
        language=language.replace("_", "-") if language else None,
        published_at=published,
        metadata={key: value for key, value in metadata.items() if value},
    )


def _meta(root: html.HtmlElement) -> dict[str, str]:
    values: dict[str, str] = {}
    for element in root.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = element.get("content", "").strip()
        if name and content:
            values.setdefault(name.lower(), content)
    return values


def _heading_like_title(root: html.HtmlElement) -> str | None:
    title = root.find(".//title")
    return " ".join(str(title.text_content()).split()) if title is not None else None


def _canonical(root: html.HtmlElement) -> str | None:
    links = (link for link in root.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    return next((link.get("href") for link in links if (link.get("href") or "").startswith("http")), None)


def _times(root: html.HtmlElement) -> Iterator[str | None]:
    return (element.get("datetime") for element in root.iter("time"))


def _linked_data(root: html.HtmlElement) -> dict[str, str]:
    """Headline, author and date of the first JSON-LD object that has one of them."""
    for script in root.iter("script"):
        source = script.text or ""
        if script.get("type", "").strip().lower() != "application/ld+json" or len(source) > _MAX_LINKED_DATA:
            continue
        try:
            value: Json = json.loads(source)
        except (ValueError, RecursionError):
            continue
        for found in _objects(value):
            names = {key: _named(found.get(key)) for key in ("headline", "author", "datePublished")}
            if any(names.values()):
                return {key: name for key, name in names.items() if name}
    return {}


def _objects(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, list):
        for member in value:
            yield from _objects(member)
    elif isinstance(value, dict):
        yield value
        yield from _objects(value.get("@graph"))


def _named(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(filter(None, map(_named, value)))
    if isinstance(value, dict):
        return _named(value.get("name"))
    return value if isinstance(value, str) else ""


def _first(*values: str | None) -> str | None:
    return next((value.strip() for value in values if value and value.strip()), None)


def _first_date(*values: str | None) -> str | None:
    return next((value.strip() for value in values if value and _DATE.match(value.strip())), None)


def _shortened(author: str | None) -> str:
    return author[:200] if author and not author.startswith("http") else ""
