from __future__ import annotations

from dataclasses import replace

import pytest

from retrieval.stores.protocol import FileCount
from tests.faults.inspection import REFUSED, ChunkRow, FileRow, Outcomes, Remains, violations

EXPECTED: Outcomes = {"a.txt": 2, "b.pdf": REFUSED, "c.pdf": REFUSED}
"""One of the refused is there with an error, the other was never let in."""

SOUND = Remains(
    files=[FileRow("f1", "a.txt", "indexed", 2), FileRow("f2", "b.pdf", "error", None)],
    chunks=[ChunkRow("c0", "f1", 2, 0), ChunkRow("c1", "f1", 2, 1)],
    points=[FileCount("f1", 2, 3)],
    unfinished_jobs=[],
    missing_blobs=[],
    stray_blobs=[],
)


class TestViolations:
    @pytest.mark.parametrize(
        ("remains", "complaint"),
        [
            (replace(SOUND, files=[SOUND.files[1]], chunks=[], points=[]), "a.txt is lost"),
            (replace(SOUND, files=[*SOUND.files, FileRow("f3", "b.pdf", "error", None)]), "b.pdf is there 2 times"),
            (
                replace(SOUND, files=[replace(SOUND.files[0], status="error"), SOUND.files[1]]),
                "a.txt is error, not indexed",
            ),
            (replace(SOUND, chunks=SOUND.chunks[:1]), "a.txt has 1 chunks, undisturbed 2"),
            (replace(SOUND, chunks=[*SOUND.chunks, ChunkRow("c1", "f1", 2, 2)]), "chunk ids are not unique"),
            (
                replace(SOUND, chunks=[*SOUND.chunks, ChunkRow("c2", "f1", 1, 0)]),
                "1 chunks of generation 1 of f1 are of no active generation",
            ),
            (replace(SOUND, points=[FileCount("f1", 2, 1)]), "a.txt has 1 vectors for 2 chunks"),
            (replace(SOUND, points=[*SOUND.points, FileCount("f1", 1, 4)]), "4 orphan vectors of generation 1 of f1"),
            (replace(SOUND, unfinished_jobs=["x of f1 is dead: no"]), "job x of f1 is dead: no"),
            (replace(SOUND, missing_blobs=["t/o/1"]), "blob t/o/1 is missing"),
            (replace(SOUND, stray_blobs=["t/o/2"]), "blob t/o/2 belongs to nothing"),
        ],
    )
    def test_names_what_is_not_as_it_should_be(self, remains: Remains, complaint: str) -> None:
        assert complaint in list(violations(remains, EXPECTED))

    def test_finds_nothing_in_a_sound_home(self) -> None:
        assert list(violations(SOUND, EXPECTED)) == []
