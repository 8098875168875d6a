"""What an answer to a request for a page is: a page, an old acquaintance, or none at all."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from crawler.engine.messages import TEXT_SUFFIX, Ended, Known, Page, Unchanged
from crawler.engine.policies.content import charset_of, mime_type_of
from crawler.engine.policies.rendering import KIND as RENDERING
from crawler.languages import DEFAULT, alternate_of, checked_tag, is_wanted, language_of
from crawler.reasons import Outcome, Reason
from crawler.urls import origin_of, resolved
from ingest.parsers.encoding import decode
from ingest.parsers.web.lines import LINE_BYTES, content_hash
from ingest.parsers.web.outline import Link, PageOutline, read_outline

HTML = frozenset({"text/html", "application/xhtml+xml"})
_LEAST_CHARACTERS = 20
_FEW_CHARACTERS = 1500
_ERROR_TITLE = re.compile(
    r"(?:^|[|:»–—-]\s*)(?:(?:http|error|fehler|erreur)\s+)?404(?:\s+(?:error|page))?\s*(?:$|[|:«!.,()–—-])"
    r"|\bnot found\b|page (?:does not|doesn't) exist|no longer (?:available|exists)|nicht gefunden"
    r"|introuvable|no encontrad[ao]|non trovat[ao]|niet gevonden",
    re.IGNORECASE,
)
"""A number alone is none: there are pages about room 404, and the 404th page of a list."""
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|sso|auth(?:enticate|orize)?|account/login|wp-login\.php)(?:[/.?]|$)", re.IGNORECASE
)
_QUICK_REFRESH = 10.0
_MOST_ALTERNATES = 100
_FOREIGN = Reason.LANGUAGE, Outcome.SKIPPED


@dataclass(frozen=True, slots=True)
class Verdict:
    """A message for the row, and where the page leads: addresses of any origin, with those it does not vouch for."""

    message: Page | Unchanged | Ended
    links: Sequence[tuple[str, bool]] = ()
    follow: str | None = None
    """Where this address points instead of being a page."""
    is_shell: bool = False
    """No text, but scripts that may draw some."""


@dataclass(slots=True)
class Judge:
    """`spool` is where bodies go, `languages` those of pages that are kept; none given: all. `errors` are contents of
    pages that the site shows for what is not there. `whole`: navigation and the like are part of what a page says."""

    spool: Path
    boilerplate: frozenset[bytes]
    known: dict[str, Known]
    languages: Sequence[str] = ()
    whole: bool = False
    errors: set[str] = field(default_factory=set)
    _number: int = 0

    def judge(self, response: Any) -> Verdict:
        """Of an answer with status 200, 304, a redirect, or an error that stays one."""
        told = partial(_ended, response)
        if response.status == 304:
            return Verdict(_unchanged(response, Reason.NOT_MODIFIED))
        if 300 <= response.status < 400:
            return _redirect(response)
        if response.status != 200:
            return Verdict(told(*_of_status(response.status)))
        meta = response.request.meta
        if "foreign" in meta:
            return Verdict(told(Reason.CONTENT_TYPE, Outcome.SKIPPED, meta["foreign"]))
        if "too_large" in meta:
            return Verdict(told(Reason.TOO_LARGE, Outcome.SKIPPED, f"{meta['too_large']} bytes"))
        return self._content(response)

    def _content(self, response: Any) -> Verdict:
        sha256 = hashlib.sha256(response.body).hexdigest()
        known = self.known.get(response.request.meta["url"])
        if known is not None and known.sha256 == sha256:
            return Verdict(_unchanged(response, Reason.SAME_BYTES, sha256))
        kind = mime_type_of(response.headers.get(b"Content-Type"))
        if not _is_html(kind, response.body):
            language = _language(response)
            if not is_wanted(language, self.languages):
                return Verdict(_ended(response, *_FOREIGN, str(language)))
            mime_type = kind or "application/octet-stream"
            return Verdict(self._kept(response, sha256, sha256, mime_type=mime_type, language=language))
        outline = self._read(response)
        if outline is None:
            return Verdict(_ended(response, Reason.UNREADABLE, Outcome.FAILED, "its elements are nested too deeply"))
        return self._page(response, outline, sha256, known)

    def learn_error(self, response: Any) -> None:
        """It is the page that the site shows for what is not there."""
        outline = self._read(response)
        if outline is not None and outline.characters >= _LEAST_CHARACTERS:
            self.errors.add(content_hash(line for line in outline.lines if line not in self.boilerplate))

    def _read(self, response: Any) -> PageOutline | None:
        charset = charset_of(response.headers.get(b"Content-Type"))
        return read_outline(response.body, charset=charset, whole=self.whole)

    def _page(self, response: Any, outline: PageOutline, sha256: str, known: Known | None) -> Verdict:
        directives = outline.directives | _header_directives(response)
        base = (resolved(outline.base, response.url) if outline.base else None) or response.url
        alternates = list(_alternates(outline, base))
        links: list[tuple[str, bool]] = []
        if "nofollow" not in directives:
            links += _resolved(outline.links, base)
            links += [(url, False) for tag, url in alternates if is_wanted(tag, self.languages)]
        content = content_hash(line for line in outline.lines if line not in self.boilerplate)
        refresh = _refresh(outline, base, response.request.meta["url"])
        if refresh is not None:
            told = _ended(response, Reason.REDIRECTED, Outcome.SKIPPED, "by the page", refresh)
            return Verdict(told, links, refresh)
        says_so_at_start = response.request.meta["depth"] == 0 and not _says_something_else(known, content)
        wrong = self._looks_wrong(outline, content, is_exempt=says_so_at_start)
        if "noindex" in directives:
            wrong = Reason.NOINDEX, Outcome.SKIPPED
        language = _language(response, outline.language, alternates)
        if wrong is not None:
            is_empty = wrong[0] is Reason.NO_TEXT
            detail = "also after its scripts have run" if is_empty and _is_drawn(response) else ""
            return Verdict(_ended(response, *wrong, detail), links, is_shell=is_empty and outline.scripts > 0)
        if not is_wanted(language, self.languages):
            return Verdict(_ended(response, *_FOREIGN, str(language)), links)
        if known is not None and known.content == content:
            return Verdict(_unchanged(response, Reason.SAME_CONTENT, sha256), links)
        page = self._kept(response, sha256, content, outline=outline, base=base, language=language)
        return Verdict(msgspec.structs.replace(page, alternate_of=alternate_of(page.url, alternates)), links)

    def _looks_wrong(self, outline: PageOutline, content: str, *, is_exempt: bool) -> tuple[Reason, Outcome] | None:
        """`is_exempt`: a site may show its start for what is not there."""
        few = outline.characters < _FEW_CHARACTERS
        if (content in self.errors and not is_exempt) or (few and says_not_there(outline.title)):
            return Reason.SOFT_NOT_FOUND, Outcome.GONE
        if outline.asks_for_password and few:
            return Reason.LOGIN_WALL, Outcome.GONE
        return (Reason.NO_TEXT, Outcome.SKIPPED) if sum(map(len, outline.text)) < _LEAST_CHARACTERS else None

    def _kept(
        self,
        response: Any,
        sha256: str,
        content: str,
        *,
        mime_type: str = "text/html",
        outline: PageOutline | None = None,
        base: str = "",
        language: str | None = None,
    ) -> Page:
        self._number += 1
        body = self.spool / f"{self._number:07}"
        body.write_bytes(response.body)
        text = "\n".join(outline.text) if outline else _plain_text(mime_type, response.body)
        if text is not None:
            body.with_suffix(TEXT_SUFFIX).write_text(text, encoding="utf-8", errors="replace")
        meta = response.request.meta
        etag, last_modified = _validators(response)
        canonical = resolved(outline.canonical, base) if outline and outline.canonical else None
        return Page(
            url=meta["url"],
            depth=meta["depth"],
            status=response.status,
            mime_type=mime_type,
            body=str(body),
            size=len(response.body),
            sha256=sha256,
            content=content,
            lines=b"".join(outline.lines).hex() if outline else "",
            characters=outline.characters if outline else len(response.body),
            etag=etag,
            last_modified=last_modified,
            canonical=canonical if _is_another_of_the_site(canonical, meta["url"]) else None,
            title=outline.title if outline else "",
            language=language,
            via=meta.get("via"),
            rendered=_is_drawn(response),
        )


def says_not_there(title: str) -> bool:
    """Whether it is the title of a page that stands for one which is not there."""
    return _ERROR_TITLE.search(title) is not None


def _says_something_else(known: Known | None, content: str) -> bool:
    """Than the last time, when it was there. While a site is down for maintenance its start says what all of it says;
    with the next crawl it is taken at its word."""
    return known is not None and known.content not in {None, content}


def _alternates(outline: PageOutline, base: str) -> Iterator[tuple[str, str]]:
    """Language and address of a page's translations, itself among them."""
    for named, href in outline.alternates[:_MOST_ALTERNATES]:
        tag = named if named == DEFAULT else checked_tag(named)
        url = resolved(href, base)
        if tag is not None and url is not None:
            yield tag, url


def _language(response: Any, own: str | None = None, alternates: Sequence[tuple[str, str]] = ()) -> str | None:
    header = (response.headers.get(b"Content-Language") or b"").decode("latin-1")
    declared = own or checked_tag(header.partition(",")[0])
    return language_of(response.request.meta["url"], declared=declared, alternates=alternates)


def _is_another_of_the_site(canonical: str | None, url: str) -> bool:
    return canonical is not None and canonical != url and origin_of(canonical) == origin_of(url)


def _plain_text(mime_type: str, body: bytes) -> str | None:
    return decode(body) if mime_type.startswith("text/") else None


def _ended(response: Any, reason: Reason, outcome: Outcome, detail: str = "", target: str | None = None) -> Ended:
    meta = response.request.meta
    size = len(response.body)
    drawn, via = _is_drawn(response), meta.get("via")
    return Ended(meta["url"], outcome, reason, meta["depth"], detail, response.status, target, size, via, drawn)


def _unchanged(response: Any, reason: Reason, sha256: str | None = None) -> Unchanged:
    url, size, drawn = response.request.meta["url"], len(response.body), _is_drawn(response)
    return Unchanged(url, reason, size, *_validators(response), sha256, drawn)


def _is_drawn(response: Any) -> bool:
    """Whether it comes from the browser."""
    return bool(response.request.meta.get("kind") == RENDERING)


def _redirect(response: Any) -> Verdict:
    location = (response.headers.get(b"Location") or b"").decode("utf-8", "replace")
    target = resolved(location, response.url)
    if target is None:
        return Verdict(_ended(response, Reason.UNREADABLE, Outcome.FAILED, f"redirect to {location[:200]!r}"))
    if _LOGIN_PATH.search(urlsplit(target).path) and not _LOGIN_PATH.search(urlsplit(response.url).path):
        return Verdict(_ended(response, Reason.LOGIN_WALL, Outcome.GONE, target=target))
    return Verdict(_ended(response, Reason.REDIRECTED, Outcome.SKIPPED, target=target), follow=target)


def _refresh(outline: PageOutline, base: str, url: str) -> str | None:
    """Where the page itself sends its visitors on to at once."""
    target = resolved(outline.refresh, base) if outline.refresh else None
    return target if target != url and outline.refresh_seconds <= _QUICK_REFRESH else None


def boilerplate_of(joined: str) -> frozenset[bytes]:
    data = bytes.fromhex(joined)
    return frozenset(data[start : start + LINE_BYTES] for start in range(0, len(data), LINE_BYTES))


def _of_status(status: int) -> tuple[Reason, Outcome]:
    if status in {404, 410}:
        return Reason.NOT_FOUND, Outcome.GONE
    if status in {401, 407}:
        return Reason.LOGIN_WALL, Outcome.GONE
    return (Reason.SERVER_ERROR if status >= 500 else Reason.REFUSED_BY_SERVER), Outcome.FAILED


def _is_html(kind: str, body: bytes) -> bool:
    """By its content where the server does not say, or says something that fits anything."""
    if kind in HTML:
        return not body.startswith(b"%PDF-")
    if kind in {"", "application/octet-stream", "text/plain"}:
        return body[:512].lstrip()[:15].lower().startswith((b"<!doctype html", b"<html"))
    return False


def _validators(response: Any) -> tuple[str | None, str | None]:
    """ETag and Last-Modified."""
    etag, modified = response.headers.get(b"ETag"), response.headers.get(b"Last-Modified")
    return (etag.decode("latin-1")[:500] if etag else None, modified.decode("latin-1")[:100] if modified else None)


def _header_directives(response: Any) -> frozenset[str]:
    """Of X-Robots-Tag, those for everybody; one that is for a certain robot has its name in front."""
    words: set[str] = set()
    for header in response.headers.getlist(b"X-Robots-Tag"):
        text = header.decode("latin-1").lower()
        if ":" not in text or text.startswith("cairn:"):
            words |= {word.strip() for word in text.removeprefix("cairn:").split(",")}
    return frozenset(words | ({"noindex", "nofollow"} if "none" in words else set()))


def _resolved(links: Sequence[Link], base: str) -> Iterator[tuple[str, bool]]:
    seen: dict[str, bool] = {}
    for link in links:
        url = resolved(link.href, base)
        if url is not None:
            seen[url] = seen.get(url, True) and link.nofollow
    yield from seen.items()
