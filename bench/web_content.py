"""What is kept of web pages and what is left out, beside trafilatura's own settings.

    python -m bench.web_content             # Cairn's F1, and that of each setting
    python -m bench.web_content --missed    # and the pages on which Cairn does worse than the best setting

Over the 990 pages of trafilatura's evaluation under CAIRN_DATA (default ../shared/data) in html/trafilatura. Each names
strings that its main content holds and strings that stand around it. A string of the first kind that is found is a
true positive, one of the second kind a false one, as in trafilatura's own evaluation; white space does not count.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import trafilatura

from bench.parse_scores import Agreement
from ingest.parsers.encoding import decode
from ingest.parsers.errors import ParseRefused
from ingest.parsers.options import ParseOptions
from ingest.parsers.web.page import read_html
from ingest.parsers.web.tree import declared_charset

Reader: TypeAlias = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Page:
    """`name` of its file; `inside` must be found in what is read, `outside` must not."""

    name: str
    data: bytes
    inside: Sequence[str]
    outside: Sequence[str]


def main() -> None:
    options = _arguments()
    pages = list(_pages(options.data))
    print(f"{len(pages)} pages{'':<18}{'P':>8}{'R':>8}{'F1':>8}{'pages/s':>9}")
    found = {name: _measured(name, reader, pages) for name, reader in _readers().items()}
    if options.missed:
        _print_missed(pages, found)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.web_content", description=__doc__)
    default = Path(os.environ.get("CAIRN_DATA", "../shared/data")) / "html" / "trafilatura" / "tests"
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--missed", action="store_true")
    options = parser.parse_args()
    if not (options.data / "evaldata.json").is_file():
        parser.exit(2, f"there is no evaldata.json in {options.data}: set CAIRN_DATA\n")
    return options


def _pages(folder: Path) -> Iterator[Page]:
    for row in json.loads((folder / "evaldata.json").read_text(encoding="utf-8")).values():
        path = next(path for part in ("cache", "eval") if (path := folder / part / f"{row['file']}.gz").is_file())
        inside, outside = ([_squeezed(text) for text in row[key]] for key in ("with", "without"))
        yield Page(row["file"], gzip.decompress(path.read_bytes()), inside, outside)


def _readers() -> Mapping[str, Reader]:
    settings = {"trafilatura fast": {"fast": True}, "trafilatura": {}}
    settings |= {f"trafilatura {name}": {f"favor_{name}": True} for name in ("precision", "recall")}
    return {"cairn": _cairn, **{name: _trafilatura(setting) for name, setting in settings.items()}}


def _cairn(data: bytes) -> str:
    source = decode(data, declared=declared_charset(data))
    try:
        document = read_html(source, file_name="page.html", options=ParseOptions())
    except ParseRefused:
        return ""
    return "\n".join(block.text for block in document.blocks)


def _trafilatura(setting: Mapping[str, bool]) -> Reader:
    return lambda data: trafilatura.extract(data, include_comments=False, **setting) or ""


def _measured(name: str, read: Reader, pages: Sequence[Page]) -> Sequence[Agreement]:
    began = time.process_time()
    texts = [_squeezed(read(page.data)) for page in pages]
    seconds = time.process_time() - began
    scores = [_agreement(text, page) for text, page in zip(texts, pages, strict=True)]
    total = sum(scores, Agreement())
    line = f"{total.precision:8.3f}{total.recall:8.3f}{total.f1:8.3f}"
    print(f"{name:<{len(str(len(pages))) + 24}}{line}{len(pages) / seconds:9.0f}", flush=True)
    return scores


def _agreement(text: str, page: Page) -> Agreement:
    right, wrong = (sum(one in text for one in strings) for strings in (page.inside, page.outside))
    return Agreement(right, right + wrong, len(page.inside))


def _print_missed(pages: Sequence[Page], found: Mapping[str, Sequence[Agreement]]) -> None:
    for page, cairn, *others in zip(pages, *found.values(), strict=True):
        best = max(others, key=lambda one: one.f1)
        if cairn.f1 < best.f1:
            print(f"{page.name[:60]:<62}{_parts(cairn)}   best {_parts(best)}")


def _parts(one: Agreement) -> str:
    return f"{one.shared} of {one.wanted}, {one.found - one.shared} wrong"


def _squeezed(text: str) -> str:
    return "".join(text.split())


if __name__ == "__main__":
    main()
