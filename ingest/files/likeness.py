"""Chunks of a dataset that say nearly the same, told from rows: each chunk's gist, and a few keys made of it by which
others like it are found without comparing it with all."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ingest.files.models import Chunk, ChunkGist, File
from kit.gists import Gist, packed_gist

LEAST = 0.9
"""Of the runs of words of two chunks, the share that both have, from which they say nearly the same. As for pages
(`python -m bench.near_duplicates`), two that name different numbers do not, however alike they are."""

_KEYS: Sequence[InstrumentedAttribute[int]] = (ChunkGist.key_1, ChunkGist.key_2, ChunkGist.key_3, ChunkGist.key_4)
_HASHES = 4
"""In a key. Two chunks that are 0.9 alike share at least one of four keys 986 times in 1,000, those that are 0.5 alike
227 times; that is what the gists themselves are compared for."""

_HASH_BYTES = 4
_AT_ONCE = 200


def keep_gists(session: Session, chunks: Sequence[Mapping[str, Any]], made: Mapping[str, bytes] | None = None) -> None:
    """Of rows of chunks that are new. Those of a few words have none. `made`, by chunk, are packed gists that were made
    before, empty where there is none; each that is made here takes part of a millisecond."""
    rows = [
        row for chunk in chunks if (row := _row(chunk, None if made is None else made.get(chunk["id"]))) is not None
    ]
    if rows:
        session.execute(insert(ChunkGist), rows)


def renew_gist(session: Session, chunk: Chunk) -> None:
    """Of one whose text is another now."""
    session.execute(delete(ChunkGist).where(ChunkGist.chunk_id == chunk.id))
    names = ("id", "dataset_id", "file_id", "generation", "content")
    keep_gists(session, [{name: getattr(chunk, name) for name in names}])


def nearly_the_same(session: Session, dataset_id: str, chunk_ids: Sequence[str]) -> dict[str, str]:
    """For each of these that there is another like, in what is searched of the dataset, the id of one: the most alike
    of those that are looked at.

    The cost does not grow with how many are like it: of all that share a key the first and the last by id are looked
    at, which are others than the chunk itself wherever there is another.
    """
    found: dict[str, str] = {}
    for start in range(0, len(chunk_ids), _AT_ONCE):
        mine = _gists(session, chunk_ids[start : start + _AT_ONCE])
        others = _sharing(session, dataset_id, list(mine.values()))
        known = _gists(session, [one for ids in others.values() for one in ids])
        for row in mine.values():
            if (best := _most_alike(row, [known[one] for one in others[row.chunk_id]])) is not None:
                found[row.chunk_id] = best.chunk_id
    return found


def _row(chunk: Mapping[str, Any], made: bytes | None = None) -> dict[str, Any] | None:
    packed = packed_gist(chunk["content"]) if made is None else made
    gist = Gist.unpacked(packed)
    if gist is None:
        return None
    keys = dict(zip((key.key for key in _KEYS), _keys_of(gist), strict=True))
    places = {name: chunk[name] for name in ("dataset_id", "file_id", "generation")}
    return {"chunk_id": chunk["id"], **places, "gist": packed, **keys}


def _keys_of(gist: Gist) -> Iterator[int]:
    """Whole numbers of 64 bits, with a sign."""
    width = _HASHES * _HASH_BYTES
    for number in range(len(_KEYS)):
        part = gist.numbers + gist.least[number * width : (number + 1) * width]
        yield int.from_bytes(hashlib.blake2b(part, digest_size=8).digest(), "big", signed=True)


def _gists(session: Session, chunk_ids: Sequence[str]) -> dict[str, ChunkGist]:
    found: dict[str, ChunkGist] = {}
    wanted = sorted(set(chunk_ids))
    for start in range(0, len(wanted), _AT_ONCE):
        some = select(ChunkGist).where(ChunkGist.chunk_id.in_(wanted[start : start + _AT_ONCE]))
        found |= {row.chunk_id: row for row in session.scalars(some)}
    return found


def _sharing(session: Session, dataset_id: str, rows: Sequence[ChunkGist]) -> defaultdict[str, set[str]]:
    """By the chunk's id: others that share a key with it."""
    others: defaultdict[str, set[str]] = defaultdict(set)
    for key in _KEYS:
        ends = (
            select(key, func.min(ChunkGist.chunk_id), func.max(ChunkGist.chunk_id))
            .join(File, (File.id == ChunkGist.file_id) & (File.active_generation == ChunkGist.generation))
            .where(ChunkGist.dataset_id == dataset_id, File.deleted_at.is_(None))
            .where(key.in_({getattr(row, key.key) for row in rows}))
            .group_by(key)
        )
        both = {value: {first, last} for value, first, last in session.execute(ends)}
        for row in rows:
            others[row.chunk_id] |= both.get(getattr(row, key.key), set()) - {row.chunk_id}
    return others


def _most_alike(row: ChunkGist, others: Sequence[ChunkGist]) -> ChunkGist | None:
    mine = Gist.unpacked(row.gist)
    if mine is None:
        return None
    likenesses = [(_likeness(mine, other), other.chunk_id, other) for other in others]
    best = max(likenesses, default=None, key=lambda one: one[:2])
    return best[2] if best is not None and best[0] >= LEAST else None


def _likeness(mine: Gist, row: ChunkGist) -> float:
    other = Gist.unpacked(row.gist)
    return 0.0 if other is None or other.numbers != mine.numbers else mine.likeness(other)
