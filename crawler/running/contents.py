"""Which page of a site says what."""

from __future__ import annotations

from collections.abc import Iterable

from crawler.running.boilerplate import said, split
from crawler.sites.models import SitePage


def said_by(lines: bytes, content: str, boilerplate: frozenset[bytes]) -> str:
    """The hash of what a page says beside what its site says everywhere; `content` for one that has no lines."""
    return said(split(lines), boilerplate) if lines else content


class Contents:
    """The pages that have a file, by what they say beside the boilerplate.

    What is boilerplate shows only as pages come in, and after an interruption it is learned anew: hashes made under
    another one compare with nothing, so they are made again.
    """

    def __init__(self, originals: Iterable[SitePage] = ()) -> None:
        self._pages = {page.key: (page.lines, page.content) for page in originals}
        self._boilerplate: frozenset[bytes] | None = None
        self._keys: dict[str, str] = {}

    def look_under(self, boilerplate: frozenset[bytes]) -> None:
        if boilerplate == self._boilerplate:
            return
        self._boilerplate, self._keys = boilerplate, {}
        for key, (lines, content) in self._pages.items():
            self._keys.setdefault(said_by(lines, content, boilerplate), key)

    def add(self, key: str, *, lines: bytes, content: str) -> None:
        self._pages.setdefault(key, (lines, content))
        if self._boilerplate is not None:
            self._keys.setdefault(said_by(lines, content, self._boilerplate), key)

    def remove(self, key: str) -> None:
        """Another page has taken its place."""
        lines, content = self._pages.pop(key, (b"", ""))
        if self._boilerplate is not None:
            said_content = said_by(lines, content, self._boilerplate)
            if self._keys.get(said_content) == key:
                del self._keys[said_content]

    def find(self, said_content: str) -> str | None:
        """The key of the page that says it; the first one, where several do."""
        return self._keys.get(said_content)
