from __future__ import annotations

from pathlib import Path

import pytest

from ingest.parsers.docling import installation
from ingest.parsers.docling.installation import LAYOUT_MODEL, TABLE_MODEL, missing_parts


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all that is looked for, beside packages that are there."""
    monkeypatch.setattr(installation, "PACKAGES", ("json",))
    for folder, names in (
        (LAYOUT_MODEL, ("config.json", "preprocessor_config.json", "model.safetensors")),
        (TABLE_MODEL, ("tm_config.json", "tableformer_accurate.safetensors")),
    ):
        (tmp_path / folder).mkdir(parents=True)
        for name in names:
            (tmp_path / folder / name).touch()
    return tmp_path


class TestMissingParts:
    def test_are_none_where_all_is_there(self, models: Path) -> None:
        assert missing_parts(models) == []

    def test_name_the_packages(self, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(installation, "PACKAGES", ("json", "no_such_package", "nor_this_one"))
        assert missing_parts(models) == ["not installed: no_such_package, nor_this_one"]

    def test_name_the_setting(self, models: Path) -> None:
        assert missing_parts(None) == ["CAIRN_DOCLING_MODELS is not set"]
        assert missing_parts(models / "no") == [f"CAIRN_DOCLING_MODELS names '{models}/no', which is no folder"]

    def test_name_the_files_and_where_they_belong(self, models: Path) -> None:
        (models / LAYOUT_MODEL / "model.safetensors").unlink()
        (models / TABLE_MODEL / "tm_config.json").unlink()
        assert missing_parts(models) == [
            f"{models / LAYOUT_MODEL} lacks model.safetensors",
            f"{models / TABLE_MODEL} lacks tm_config.json",
        ]
