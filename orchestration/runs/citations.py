"""An answer's quotes held against the passages that they cite."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity.types import Principal
from kit.errors import Invalid, NotFound
from retrieval.search.citing import Citations, Cited

_CITED = re.compile(r"(?:“(?P<quote>(?:(?!\[cite:).)+)”\s*)?\[cite:(?P<key>[^\]\s]{1,200})\]")
"""`“a sentence” [cite:KEY]` on one line; a key alone stands for a claim that quotes nothing."""


@dataclass(frozen=True, slots=True)
class Source:
    """A citation of an answer. `supported`: the cited passage says what is quoted, word for word. The rest tells where
    that is, None where there is no such passage for the agent."""

    citation: str
    quote: str
    supported: bool
    dataset_id: str | None = None
    file_id: str | None = None
    file_name: str | None = None
    chunk_id: str | None = None
    page: int | None = None

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Source:
        """From what `stored` gave."""
        return cls(
            kept["citation"],
            kept["quote"],
            kept["supported"],
            kept["datasetId"],
            kept["fileId"],
            kept["fileName"],
            kept["chunkId"],
            kept["page"],
        )

    def stored(self) -> dict[str, object]:
        return {
            "citation": self.citation,
            "quote": self.quote,
            "supported": self.supported,
            "datasetId": self.dataset_id,
            "fileId": self.file_id,
            "fileName": self.file_name,
            "chunkId": self.chunk_id,
            "page": self.page,
        }


@dataclass(frozen=True, slots=True)
class Checked:
    """`text` has `[unsupported:KEY]` in place of each citation that does not hold. `uncited`: sentences that were
    marked for having none."""

    text: str
    sources: Sequence[Source]
    uncited: int = 0

    @property
    def unsupported(self) -> int:
        return self.uncited + sum(not one.supported for one in self.sources)


def quoted(sentence: str, key: str) -> str:
    """A sentence with its citation, as `checked` reads it: on one line."""
    return f"“{plain(sentence)}” [cite:{key}]"


def checked(citations: Citations, principal: Principal, text: str) -> Checked:
    """Looks each citation up in the agent's name: what it may not see supports nothing."""
    sources: list[Source] = []

    def held(match: re.Match[str]) -> str:
        key, quote = match["key"], plain(match["quote"] or "")
        source = _source(_cited(citations, principal, key), key, quote)
        sources.append(source)
        return match[0] if source.supported else match[0].replace(f"[cite:{key}]", f"[unsupported:{key}]")

    return Checked(_CITED.sub(held, text), sources)


def plain(text: str) -> str:
    """With single spaces: line ends are the file's, not the author's."""
    return " ".join(text.split())


def _cited(citations: Citations, principal: Principal, key: str) -> Cited | None:
    try:
        return citations.resolve(principal, key)
    except (Invalid, NotFound):
        return None


def _source(cited: Cited | None, key: str, quote: str) -> Source:
    if cited is None:
        return Source(key, quote, supported=False)
    supported = bool(quote) and quote in plain(cited.content or "")
    return Source(key, quote, supported, cited.dataset_id, cited.file_id, cited.file_name, cited.chunk_id, cited.page)
