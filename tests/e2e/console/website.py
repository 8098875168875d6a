"""A website on this machine that can be crawled and changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

PAGES = 8


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Website:
    """A start page with links to all others, and one that robots.txt keeps out."""

    address: str
    folder: Path

    def write(self, number: int, *, title: str | None = None, told: str | None = None) -> None:
        links = "".join(f'<a href="page{other}.html">{other}</a> ' for other in range(1, PAGES))
        told = (
            told or f"Lighthouse number {number} was built of stone, and stands where ships need to be told of rocks. "
        )
        name = "index.html" if number == 0 else f"page{number}.html"
        title = title or f"Lighthouse {number}"
        body = f"<h1>{escape(title)}</h1><p>{escape(told) * 4}</p>{links}<a href='private/x.html'>private</a>"
        text = f"<html><head><title>{escape(title)}</title></head><body><main>{body}</main></body></html>"
        (self.folder / name).write_text(text, encoding="utf-8")

    def lose(self) -> None:
        """All pages but the start page."""
        for number in range(1, PAGES):
            (self.folder / f"page{number}.html").unlink()


@contextmanager
def opened(folder: Path) -> Iterator[Website]:
    (folder / "robots.txt").write_text("User-agent: *\nDisallow: /private\n", encoding="utf-8")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    website = Website(f"http://127.0.0.1:{server.server_address[1]}/", folder)
    for number in range(PAGES):
        website.write(number)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield website
    server.shutdown()
    server.server_close()
    thread.join()
