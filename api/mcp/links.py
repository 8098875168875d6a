"""Links that open the place a passage stands at."""

from __future__ import annotations

from urllib.parse import quote

from ingest.files.reading import Place

_FRAGMENT_WORDS = 6


def link_to(place: Place, *, page: int | None, content: str, base: str) -> str:
    """The web page at the passage's words where there is one, else the original file, at its page.

    `base` is this server's address, without a slash at its end.
    """
    if place.url:
        return f"{place.url.partition('#')[0]}{_text_fragment(content)}"
    at = f"/dashboard/v1/knowledge-base/datasets/{place.dataset_id}/files/{place.file_id}/content"
    return f"{base}{at}" + ("" if page is None else f"#page={page}")


def _text_fragment(content: str) -> str:
    """`#:~:text=first words,last words`, which browsers scroll to and mark."""
    words = content.split()
    if not words:
        return ""
    first = quote(" ".join(words[:_FRAGMENT_WORDS]), safe="").replace("-", "%2D")
    if len(words) <= 2 * _FRAGMENT_WORDS:
        return f"#:~:text={first}"
    last = quote(" ".join(words[-_FRAGMENT_WORDS:]), safe="").replace("-", "%2D")
    return f"#:~:text={first},{last}"
