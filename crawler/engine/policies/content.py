"""What is not read is not downloaded: judged by the headers of an answer, before its body comes."""

from __future__ import annotations

from typing import Any

from scrapy import Request, signals
from scrapy.exceptions import StopDownload

_FOREIGN = ("image/", "audio/", "video/", "font/", "text/css", "application/javascript", "text/javascript")
_FOREIGN_APPLICATIONS = frozenset(
    f"application/{name}"
    for name in (
        *("zip", "x-zip-compressed", "gzip", "x-gzip", "x-tar", "x-7z-compressed", "x-rar-compressed", "java-archive"),
        *("wasm", "x-font-ttf", "font-woff", "font-woff2", "vnd.ms-fontobject", "x-shockwave-flash", "x-executable"),
        *("vnd.android.package-archive", "x-iso9660-image", "x-debian-package", "x-rpm", "x-apple-diskimage"),
        *("rss+xml", "atom+xml", "xml", "x-javascript", "manifest+json", "pgp-signature", "x-bittorrent"),
    )
)


class Content:
    """An extension: it listens to the headers of each answer."""

    def __init__(self, crawler: Any) -> None:
        self._stats = crawler.stats
        self._most = crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Any) -> Content:
        extension = cls(crawler)
        crawler.signals.connect(extension.look, signals.headers_received)
        return extension

    def look(self, headers: Any, body_length: int | None, request: Request) -> None:
        if request.meta.get("kind") != "page":
            return
        kind = mime_type_of(headers.get(b"Content-Type"))
        if kind.startswith(_FOREIGN) or kind in _FOREIGN_APPLICATIONS:
            request.meta["foreign"] = kind
            self._stats.inc_value("content/foreign")
            raise StopDownload(fail=False)
        if isinstance(body_length, int) and body_length > self._most:
            request.meta["too_large"] = body_length
            self._stats.inc_value("content/too_large")
            raise StopDownload(fail=False)


def mime_type_of(header: bytes | None) -> str:
    return (header or b"").decode("latin-1").partition(";")[0].strip().lower()


def charset_of(header: bytes | None) -> str | None:
    for part in (header or b"").decode("latin-1").split(";")[1:]:
        name, _, value = part.strip().partition("=")
        if name.lower() == "charset":
            return value.strip("'\" ") or None
    return None
