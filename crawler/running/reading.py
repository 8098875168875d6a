"""A page as it came, beside what its site says everywhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from crawler.engine.messages import TEXT_SUFFIX, Page
from crawler.running.boilerplate import split
from crawler.running.contents import said_by
from crawler.urls import url_key
from kit.gists import Gist, gist_of


@dataclass(frozen=True, slots=True)
class Reading:
    """`content` is the hash of what the page says, `text` its lines, None for what is no text; both, as `gist`, are
    without boilerplate."""

    page: Page
    key: str
    lines: bytes
    content: str
    text: str | None
    gist: Gist | None


def read(pages: Iterable[Page], boilerplate: frozenset[bytes]) -> list[Reading]:
    return [_read(page, boilerplate) for page in pages]


def _read(page: Page, boilerplate: frozenset[bytes]) -> Reading:
    """By what the process of the crawl has read of it: pages are hostile, and the server opens none."""
    lines, text = bytes.fromhex(page.lines), None
    file = text_of(page)
    if file.is_file():
        said = file.read_text(encoding="utf-8").split("\n")
        hashes = split(lines)
        if hashes:
            said = [line for line, known in zip(said, hashes, strict=False) if known not in boilerplate]
        text = "\n".join(said)
    return Reading(
        page=page,
        key=url_key(page.url),
        lines=lines,
        content=said_by(lines, page.content, boilerplate),
        text=text,
        gist=None if text is None else gist_of(text),
    )


def text_of(page: Page) -> Path:
    return Path(page.body).with_suffix(TEXT_SUFFIX)


def discard(page: Page) -> None:
    Path(page.body).unlink(missing_ok=True)
    text_of(page).unlink(missing_ok=True)
