"""What a crawl needs to know of a page, read in one go: where it leads, what it asks of robots, what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from lxml import html

from ingest.parsers.encoding import decode
from ingest.parsers.errors import ParseRefused
from ingest.parsers.web.lines import line_hash, plain_line
from ingest.parsers.web.seen import UNSEEN
from ingest.parsers.web.tree import declared_charset, parse_html

UNSAID = UNSEEN | {"nav", "footer", "aside", "form"}
INLINE = frozenset(
    {
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd"),
        *(
            "label",
            "mark",
            "q",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
            "time",
            "tt",
            "u",
            "var",
        ),
        *("wbr", "nobr", "img"),
    }
)
_REFRESH = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]+)", re.IGNORECASE)
DEEPEST = 400
"""Elements inside one another, beyond which text is taken as one piece: recursion has its limit."""


@dataclass(frozen=True, slots=True)
class Link:
    """`href` as written. `nofollow` where the page does not vouch for it."""

    href: str
    nofollow: bool = False


@dataclass(frozen=True, slots=True)
class PageOutline:
    """`directives` are the words of the page's robots tags; `lines` the hashes of what it says; `refresh` is where a
    browser would be sent on after at most `refresh_seconds`."""

    title: str = ""
    language: str | None = None
    base: str | None = None
    canonical: str | None = None
    refresh: str | None = None
    refresh_seconds: float = 0.0
    directives: frozenset[str] = frozenset()
    links: Sequence[Link] = ()
    lines: Sequence[bytes] = ()
    text: Sequence[str] = ()
    """The lines themselves, one for each hash."""
    characters: int = 0
    """Outside of navigation, footers and forms, also where these are part of what the page says."""
    asks_for_password: bool = False
    scripts: int = 0
    alternates: Sequence[tuple[str, str]] = field(default=())
    """Language and href of the same page in other languages."""


def read_outline(body: bytes, *, charset: str | None = None, whole: bool = False) -> PageOutline | None:
    """None for what cannot be read as a page. `charset` is what came with it over HTTP. `whole`: navigation, footers
    and forms are part of what it says."""
    try:
        root = parse_html(decode(body, declared=charset or declared_charset(body)))
    except ParseRefused:
        return None
    if root is None:
        return PageOutline()
    said, text = _said(root, UNSAID)
    characters = sum(map(len, text))
    if whole:
        said, text = _said(root, UNSEEN)
    metas = dict(_metas(root))
    refresh, seconds = _refresh(metas.get("http:refresh", ""))
    tags = list(_link_tags(root))
    return PageOutline(
        title=" ".join((root.findtext(".//title") or "").split())[:500],
        language=_language(root.get("lang") or root.get("xml:lang") or metas.get("http:content-language")),
        base=next((element.get("href") for element in root.iter("base") if element.get("href")), None),
        canonical=next((href for rel, href, _ in tags if "canonical" in rel), None),
        refresh=refresh,
        refresh_seconds=seconds,
        directives=_words(metas.get("robots", ""), metas.get("cairn", "")),
        links=list(_links(root)),
        lines=said,
        text=text,
        characters=characters,
        asks_for_password=any(element.get("type", "").lower() == "password" for element in root.iter("input")),
        scripts=sum(1 for _ in root.iter("script")),
        alternates=[(language, href) for rel, href, language in tags if language and "alternate" in rel],
    )


def _metas(root: html.HtmlElement) -> Iterator[tuple[str, str]]:
    for element in root.iter("meta"):
        content = element.get("content") or ""
        if element.get("name"):
            yield element.get("name", "").lower(), content
        elif element.get("http-equiv"):
            yield f"http:{element.get('http-equiv', '').lower()}", content


def _link_tags(root: html.HtmlElement) -> Iterator[tuple[list[str], str, str]]:
    """Relations, address and language of each <link>."""
    for element in root.iter("link"):
        href = (element.get("href") or "").strip()
        if href:
            yield (element.get("rel") or "").lower().split(), href, (element.get("hreflang") or "").lower()


def _links(root: html.HtmlElement) -> Iterator[Link]:
    for element in root.iter("a", "area"):
        href = element.get("href")
        if href:
            yield Link(href.strip(), "nofollow" in (element.get("rel") or "").lower().split())
    for element in root.iter("iframe", "frame"):
        source = element.get("src")
        if source:
            yield Link(source.strip())


def _refresh(content: str) -> tuple[str | None, float]:
    match = _REFRESH.match(content)
    return (match[2].strip(), float(match[1])) if match else (None, 0.0)


def _words(*directives: str) -> frozenset[str]:
    words = frozenset(word.strip().lower() for text in directives for word in text.split(","))
    return words | {"noindex", "nofollow"} if "none" in words else words


def _language(tag: str | None) -> str | None:
    text = (tag or "").split(",")[0].strip().replace("_", "-").lower()
    return text if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", text) else None


def _said(root: html.HtmlElement, unsaid: AbstractSet[str]) -> tuple[list[bytes], list[str]]:
    """The lines outside of elements of those names, as hashes and as they are read."""
    pieces: list[str] = []
    _collect(root, pieces, 0, unsaid)
    hashes: list[bytes] = []
    text: list[str] = []
    for line in "".join(pieces).split("\n"):
        said = plain_line(line)
        if any(map(str.isalnum, said)):
            hashes.append(line_hash(said))
            text.append(" ".join(line.split()))
    return hashes, text


def _collect(element: html.HtmlElement, pieces: list[str], depth: int, unsaid: AbstractSet[str]) -> None:
    """White space of the source is no line end; a block's border is."""
    if element.text:
        pieces.append(element.text.replace("\n", " "))
    for child in element:
        tag = child.tag
        if isinstance(tag, str) and tag not in unsaid:
            if depth >= DEEPEST:
                pieces.append(f"\n{child.text_content()}\n")
            elif tag in INLINE:
                _collect(child, pieces, depth + 1, unsaid)
            else:
                pieces.append("\n")
                _collect(child, pieces, depth + 1, unsaid)
                pieces.append("\n")
        if child.tail:
            pieces.append(child.tail.replace("\n", " "))
