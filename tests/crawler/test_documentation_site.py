"""A documentation site as it is published, served under its path: each page that links lead to is indexed once."""

from __future__ import annotations

import mimetypes
import tarfile
from collections import Counter, deque
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest

from bench.page_server import Answer, PageServer
from crawler.reasons import Outcome, Reason
from tests.crawler.conftest import Field

_PREFIX = "/docling/"
_NO_PAGES = {Reason.REDIRECTED, Reason.NO_TEXT, Reason.SOFT_NOT_FOUND, Reason.NOINDEX}


class Hrefs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


class Folder:
    """A site as a web server shows the folder that it is in."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def file(self, path: str) -> Path | None:
        if not path.startswith(_PREFIX):
            return None
        place = self._root / unquote(path.removeprefix(_PREFIX))
        place = place / "index.html" if path.endswith("/") else place
        return place if place.is_file() and place.resolve().is_relative_to(self._root) else None

    def answer(self, target: str) -> Answer:
        path = target.partition("?")[0]
        file = self.file(path)
        if file is None:
            is_folder = self.file(f"{path}/") is not None
            return Answer(301, {"Location": f"{path}/"}) if is_folder else Answer(404, body=b"not here")
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return Answer(200, {"Content-Type": kind}, file.read_bytes())

    def reachable(self, origin: str) -> set[str]:
        """Paths of HTML pages that links lead to from the start, worked out without the crawler."""
        waiting, seen = deque([_PREFIX]), {_PREFIX}
        while waiting:
            path = waiting.popleft()
            file = self.file(path)
            if file is None or file.suffix != ".html":
                continue
            hrefs = Hrefs()
            hrefs.feed(file.read_text(encoding="utf-8", errors="replace"))
            for href in hrefs.found:
                url = urlsplit(urljoin(f"{origin}{path}", href))
                if f"{url.scheme}://{url.netloc}" == origin and url.path.startswith(_PREFIX) and url.path not in seen:
                    seen.add(url.path)
                    waiting.append(url.path)
        return {path for path in seen if (file := self.file(path)) is not None and file.suffix == ".html"}


@pytest.mark.realdata
def test_every_page_that_links_lead_to_is_indexed_once(field_: Field, data_dir: Path, tmp_path: Path) -> None:
    archive = data_dir / "sites" / "site-docling.tar.gz"
    if not archive.is_file():
        pytest.skip(f"no {archive.name} below CAIRN_DATA")
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    folder = Folder((tmp_path / "site-docling").resolve())
    with PageServer(folder.answer) as server:
        crawl = field_.crawl(f"{server.origin}{_PREFIX}", path_prefix=_PREFIX)
        expected = folder.reachable(server.origin)
    assert crawl.state == "completed"
    report = field_.report(crawl.id)
    assert len(expected) > 50
    assert expected - set(report) == set()
    left_out = {path: report[path] for path in expected if report[path][0] not in {Outcome.KEPT, Outcome.DUPLICATE}}
    assert {reason for _, reason in left_out.values()} <= _NO_PAGES, left_out
    names = Counter(file.url for file in field_.files())
    assert set(names.values()) == {1}
    assert {f"{server.origin}{path}" for path in expected if report[path][0] == Outcome.KEPT} <= set(names)
