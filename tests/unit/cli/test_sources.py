"""Which files are meant, and what they are called."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.sources import Source, batches, sources
from kit.errors import NotFound


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("docs/b/a.md", "docs/c/a.md", "docs/.git/config", "docs/b/.DS_Store", "more/docs/b/a.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


def names(*paths: Path) -> list[str]:
    return [source.name for source in sources(paths)]


class TestSources:
    def test_refuse_what_is_not_there(self, tree: Path) -> None:
        with pytest.raises(NotFound, match="gone"):
            sources([tree / "docs", tree / "gone"])

    def test_leave_out_what_is_hidden_and_keep_folders_in_the_name(self, tree: Path) -> None:
        assert names(tree / "docs") == ["docs/b/a.md", "docs/c/a.md"]

    def test_may_be_hidden_when_named(self, tree: Path) -> None:
        assert names(tree / "docs/b/.DS_Store") == [".DS_Store"]

    def test_that_would_have_the_same_name_get_more_of_their_path(self, tree: Path) -> None:
        assert names(tree / "docs/b/a.md", tree / "docs/c/a.md") == ["b/a.md", "c/a.md"]
        assert names(tree / "docs/b", tree / "more/docs/b") == [f"{tree.name}/docs/b/a.md", "more/docs/b/a.md"]

    def test_come_once_however_often_they_are_named(self, tree: Path) -> None:
        assert names(tree / "docs", tree / "docs" / "." / "b" / "a.md") == ["docs/b/a.md", "docs/c/a.md"]

    def test_are_called_by_the_folder_when_it_is_given_as_a_dot(
        self, tree: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tree / "docs" / "b")
        assert names(Path()) == ["b/a.md"]
        assert names(Path("../c")) == ["c/a.md"]

    def test_have_names_that_can_be_stored_whatever_bytes_they_are_of(self, tmp_path: Path) -> None:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).touch()
        assert names(tmp_path) == [f"{tmp_path.name}/caf\ufffd.md"]

    @pytest.mark.parametrize(
        ("sizes", "expected"),
        [([1, 1, 1], [[1, 1], [1]]), ([9, 9], [[9], [9]]), ([50, 1], [[50], [1]]), ([], [])],
    )
    def test_come_in_batches_within_both_limits(self, sizes: Sequence[int], expected: list[list[int]]) -> None:
        found = [Source(Path("a"), "a", size) for size in sizes]
        assert [[source.size for source in batch] for batch in batches(found, files=2, size=10)] == expected
