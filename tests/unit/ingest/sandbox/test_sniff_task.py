from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ingest.parsers.errors import ParseRefused, UnsupportedFileType
from ingest.parsers.kinds import FileKind
from ingest.sandbox.errors import TaskCrashed
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.sniff_task import sniff_file


class TestSniffFile:
    @pytest.mark.parametrize(
        ("name", "content", "kind"),
        [("a.txt", b"plain words", FileKind.TXT), ("a.md", b"# Title\n\nwords", FileKind.MARKDOWN)],
    )
    def test_tells_a_kind(
        self, drafting_sandbox: Sandbox, tmp_path: Path, name: str, content: bytes, kind: FileKind
    ) -> None:
        path = tmp_path / "stored"
        path.write_bytes(content)
        assert sniff_file(drafting_sandbox, path, name) is kind

    def test_refuses_with_the_reason_what_cannot_be_read(self, drafting_sandbox: Sandbox, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_bytes(b"8BPS\x00\x01" + bytes(40))
        with pytest.raises(UnsupportedFileType, match="a picture of a kind that is not read"):
            sniff_file(drafting_sandbox, path, "a.png")

    def test_survives_an_archive_that_inflates_a_thousandfold(self, drafting_sandbox: Sandbox, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        bomb = BytesIO()
        with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", bytes(30_000_000))
        path.write_bytes(bomb.getvalue())
        with pytest.raises((ParseRefused, TaskCrashed)):
            sniff_file(drafting_sandbox, path, "a.docx")
        path.write_bytes(b"plain words")
        assert sniff_file(drafting_sandbox, path, "a.txt") is FileKind.TXT
