"""Sitemaps: XML, plain text, packed or not."""

from __future__ import annotations

from collections.abc import Iterator

from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap

_GZIP = b"\x1f\x8b"
_MOST_ENTRIES = 50_000
"""What the sitemaps protocol allows in one file."""


def is_sitemap(body: bytes) -> bool:
    start = body[:300].lstrip()
    return body.startswith(_GZIP) or start.startswith((b"<", b"http", b"\xef\xbb\xbf"))


def locations(body: bytes, *, limit: int) -> Iterator[tuple[str, bool]]:
    """Addresses, each with whether it is that of another sitemap. Nothing for what cannot be read; `limit` bounds what
    a packed one may unpack to."""
    try:
        data = gunzip(body, max_size=limit) if body.startswith(_GZIP) else body
    except Exception:  # noqa: BLE001 - Scrapy's decompressors raise what they like, and a bad sitemap is none
        return
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] != b"<":
        for line in data.decode("utf-8", "replace").splitlines()[:_MOST_ENTRIES]:
            if line.strip().startswith("http"):
                yield line.strip(), False
        return
    try:
        sitemap = Sitemap(data)
        entries = list(sitemap)
    except Exception:  # noqa: BLE001 - as above
        return
    for entry in entries[:_MOST_ENTRIES]:
        if entry.get("loc"):
            yield str(entry["loc"]), sitemap.type == "sitemapindex"
