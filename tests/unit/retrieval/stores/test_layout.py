from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import Invalid
from retrieval.stores.edge.layout import CollectionLayout
from retrieval.stores.edge.messages import Ensure
from retrieval.stores.edge.wear import Wear


class TestNames:
    @pytest.mark.parametrize("name", ["", "..", "a/b", "../x", ".hidden", "x" * 65, "a b"])
    def test_that_could_leave_the_folder_are_refused_by_value(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(Invalid) as caught:
            CollectionLayout.named(tmp_path, name)
        assert repr(name) in caught.value.message


class TestGenerations:
    @pytest.fixture
    def layout(self, tmp_path: Path) -> CollectionLayout:
        made = CollectionLayout.named(tmp_path, "c")
        made.create(Ensure("c", 4, 8.0, "english"))
        return made

    def test_none_is_current_before_the_first(self, layout: CollectionLayout) -> None:
        assert (layout.current(), layout.next_generation()) == (None, "gen-000001")

    def test_all_but_the_current_are_leftovers(self, layout: CollectionLayout) -> None:
        for name in ("gen-000001", "gen-000002", "gen-000003"):
            (layout.folder / name).mkdir()
        layout.point_at("gen-000002")
        assert sorted(layout.remove_leftovers()) == ["gen-000001", "gen-000003"]
        assert layout.next_generation() == "gen-000003"

    def test_the_specification_is_read_back(self, layout: CollectionLayout) -> None:
        assert layout.spec() == Ensure("c", 4, 8.0, "english")


class TestWear:
    def test_starts_at_nothing_where_the_count_is_lost_or_damaged(self, tmp_path: Path) -> None:
        assert Wear.read(tmp_path) == Wear()
        (tmp_path / "wear.json").write_text("{")
        assert Wear.read(tmp_path) == Wear()

    def test_is_read_back(self, tmp_path: Path) -> None:
        Wear(dead=3, graphed=5).write(tmp_path)
        assert Wear.read(tmp_path) == Wear(dead=3, graphed=5)
