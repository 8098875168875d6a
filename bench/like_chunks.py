"""What it costs to find chunks that say nearly the same: `python -m bench.like_chunks [--chunks 100000]`

Rows of made-up chunks in SQLite, half of them with a copy in which one word is another, and a thousand that all say
nearly the same. What is kept of each, how long it takes to write, and how long a page of the list of chunks takes.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from bench.made_up_site import WORDS
from ingest.files.likeness import keep_gists, nearly_the_same
from ingest.files.models import ChunkGist, File
from kit.gists import packed_gist
from migrations.tables import all_tables

_ID = "0" * 26
_WORDS = 200
_SAME = 1000
_AT_ONCE = 5000
_PAGE = 100
_ASKED = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.like_chunks", description=__doc__)
    parser.add_argument("--chunks", type=int, default=100_000)
    count = parser.parse_args().chunks
    chosen = random.Random(68)  # noqa: S311 - made-up text, no secret
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.db")
        engine = create_engine(f"sqlite:///{path}")  # the two tables alone, without what they refer to
        metadata = all_tables()
        metadata.create_all(engine, [metadata.tables["files"], metadata.tables["chunk_gists"]])
        with Session(engine) as session, session.begin():
            session.add(_file())
        _write(engine, count, chosen)
        print(f"{path.stat().st_size / count:.0f} bytes a chunk")
        with Session(engine) as session:
            _ask(session, count, chosen)


def _write(engine: Engine, count: int, chosen: random.Random) -> None:
    made, written = 0.0, 0.0
    for start in range(0, count, _AT_ONCE):
        rows = list(_rows(start, min(start + _AT_ONCE, count), chosen))
        began = time.process_time()
        gists = {row["id"]: packed_gist(row["content"]) for row in rows}
        made += time.process_time() - began
        began = time.perf_counter()
        with Session(engine) as session, session.begin():
            keep_gists(session, rows, gists)
        written += time.perf_counter() - began
    print(f"{made / count * 1000:.2f} ms of CPU a gist, {written / count * 1000:.3f} ms to write one")


def _file() -> File:
    now = datetime.now(UTC)
    return File(
        id=_ID, tenant_id=_ID, dataset_id=_ID, name="", mime_type="", size_bytes=0, sha256="", source="", labels={},
        status="", latest_generation=1, active_generation=1, created_at=now, updated_at=now,
    )  # fmt: skip


def _rows(start: int, end: int, chosen: random.Random) -> Iterator[dict[str, Any]]:
    same = random.Random(1).choices(WORDS, k=_WORDS)  # noqa: S311 - as above
    last: list[str] = []
    for number in range(start, end):
        words = last if number % 4 == 1 else chosen.choices(WORDS, k=_WORDS)
        if number < _SAME:
            words = same
        words = [*words]
        words[chosen.randrange(_WORDS)] = chosen.choice(WORDS)
        last = words
        yield {
            "id": f"{chosen.getrandbits(128):032x}",
            "dataset_id": _ID,
            "file_id": _ID,
            "generation": 1,
            "content": " ".join(words),
        }


def _ask(session: Session, count: int, chosen: random.Random) -> None:
    for name, first in (("among those that all say the same", 0), ("elsewhere", min(_SAME, count // 2))):
        seconds, found = [], 0
        for _ in range(_ASKED):
            session.expunge_all()
            ids = _some(session, first, chosen)
            began = time.perf_counter()
            found += len(nearly_the_same(session, _ID, ids))
            seconds.append(time.perf_counter() - began)
        middle = sorted(seconds)[_ASKED // 2] * 1000
        print(f"{middle:.1f} ms for a page of {_PAGE} chunks {name}, {found / _ASKED:.0f} of them marked")


def _some(session: Session, first: int, chosen: random.Random) -> Sequence[str]:
    start = first + (0 if first == 0 else chosen.randrange(1000))
    rows = session.query(ChunkGist.chunk_id).order_by(text("rowid")).offset(start).limit(_PAGE)
    return [row.chunk_id for row in rows]


if __name__ == "__main__":
    main()
