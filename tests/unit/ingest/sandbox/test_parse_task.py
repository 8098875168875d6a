from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.documents import BlockKind, Table
from ingest.parsers.errors import FileIsCorrupt, LimitExceeded, UnsupportedFileType
from ingest.parsers.options import ParseOptions
from ingest.sandbox.limits import Limits
from ingest.sandbox.parse_task import parse_file
from ingest.sandbox.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


class TestParseFile:
    def test_a_document_comes_back_whole(self, sandbox: Sandbox, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_text("---\ndate: 2024-05-01\n---\n# Title\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
        document = parse_file(sandbox, path, "a.md", ParseOptions(), Limits())
        assert document.title == "Title"
        assert document.published_at == "2024-05-01"
        table = document.blocks[1]
        assert table.kind is BlockKind.TABLE
        assert list(table.heading_path) == ["Title"]
        assert isinstance(table.table, Table)
        assert [list(row) for row in table.table.rows] == [["a", "b"], ["1", "2"]]

    def test_refusals_come_back_as_what_they_are(self, sandbox: Sandbox, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_bytes(b"8BPS\x00\x01" + bytes(40))
        with pytest.raises(UnsupportedFileType, match="a picture of a kind that is not read") as refused:
            parse_file(sandbox, path, "a.png", ParseOptions(), Limits())
        assert refused.value.code == "UNSUPPORTED_FILE_TYPE"

    def test_options_reach_the_child(self, sandbox: Sandbox, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_text("a,b\n" * 20)
        with pytest.raises(LimitExceeded):
            parse_file(sandbox, path, "a.csv", ParseOptions(max_rows=5), Limits())

    def test_a_truncated_pdf_is_corrupt(self, sandbox: Sandbox, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
        with pytest.raises(FileIsCorrupt):
            parse_file(sandbox, path, "a.pdf", ParseOptions(), Limits())
