"""A crawl without its process: what the pages of a site are is judged as always, but nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

from crawler.engine.frontier import Frontier
from crawler.engine.judgement import Judge, boilerplate_of
from crawler.engine.messages import Done, Found, Job, Message, Waiting
from crawler.engine.pace import Pace
from crawler.reasons import Reason
from crawler.urls import origin_of

ORIGIN = "http://site.example"


class Headers(dict[bytes, bytes]):
    def getlist(self, name: bytes) -> list[bytes]:
        return [self[name]] if name in self else []


@dataclass
class Site:
    """Pages by path: title, content, and more for the head. `whole` are the paths of bodies that were sent."""

    pages: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    whole: list[str] = field(default_factory=list)

    def put(self, path: str, title: str, content: str, head: str = "") -> None:
        self.pages[path] = title, content, head

    def answer(self, waiting: Waiting, etag: str | None) -> Any:
        path = waiting.url.removeprefix(ORIGIN)
        meta = {"url": waiting.url, "depth": waiting.depth, "via": waiting.via}
        body, status = self._body(path), 200
        headers = Headers({b"Content-Type": b"text/html"})
        if body is None:
            body, status = b"not here", 404
        else:
            headers[b"ETag"] = f'"{hash(body)}"'.encode()
            if etag == headers[b"ETag"].decode():
                body, status = b"", 304
            else:
                self.whole.append(path)
        request = SimpleNamespace(meta=meta, url=waiting.url)
        return SimpleNamespace(status=status, body=body, headers=headers, url=waiting.url, request=request)

    def _body(self, path: str) -> bytes | None:
        if path == "/":
            links = "".join(f"<li><a href='{one}'>{one}</a></li>" for one in self.pages)
            return _html("Home", f"<p>All that there is.</p>{links}", "")
        return _html(*self.pages[path]) if path in self.pages else None


def _html(title: str, content: str, head: str) -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body><main>{content}</main></body></html>".encode()


class InProcess:
    """In the place of CrawlChild."""

    site: Site

    def __init__(self, job: Job, _zygotes: object) -> None:
        self._job = job
        self.ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing was begun."""

    def read(self, _seconds: float) -> Iterator[Message]:
        yield from self._crawled()
        self.ended = True

    def tell(self, _pace: Pace) -> None:
        """Nobody is asked anything."""

    def stop(self) -> None:
        """It is over at once anyway."""

    def last_words(self) -> str:
        return ""

    def _crawled(self) -> Iterator[Message]:
        job = self._job
        known = {page.url: page for page in job.known}
        judge = Judge(Path(job.spool), boilerplate_of(job.boilerplate), known, job.scope.languages, job.whole)
        frontier = Frontier(job.scope, job.bounds)
        for url in job.done:
            frontier.close(url)
        for waiting in job.waiting:
            frontier.restore(waiting)
        yield from self._offered(frontier, [(job.scope.start_url, 0), *((page.url, page.depth) for page in job.known)])
        while line := list(frontier.next()):
            for waiting in line:
                given = known.get(waiting.url)
                verdict = judge.judge(self.site.answer(waiting, given.etag if given else None))
                links = [(url, waiting.depth + 1) for url, _ in verdict.links if origin_of(url) == ORIGIN]
                yield from self._offered(frontier, links)
                yield verdict.message
        yield Done(Reason.PAGE_BUDGET if frontier.is_full else None, {})

    @staticmethod
    def _offered(frontier: Frontier, urls: list[tuple[str, int]]) -> Iterator[Message]:
        found = [frontier.offer(url, depth=depth, via=None) for url, depth in urls]
        if new := [one for one in found if isinstance(one, Waiting)]:
            yield Found(new)
