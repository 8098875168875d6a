"""DOC and PPT through LibreOffice: a program that stands in for it, and the real one where it is installed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import docx
import pytest

from ingest.documents import BlockKind
from ingest.parsers.errors import FileIsCorrupt, UnsupportedFileType
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.parsing import parse
from ingest.parsers.sniffing import sniff
from ingest.sandbox.limits import Limits
from ingest.sandbox.parse_task import parse_file
from ingest.sandbox.sandbox import Sandbox

DATA = Path(os.environ.get("CAIRN_DATA", "../shared/data")) / "docs" / "docling"
_OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")
_SOFFICE = """#!/bin/sh
env > "{folder}/environment"
cp "$HOME/profile/user/registrymodifications.xcu" "{folder}/profile"
while [ "$1" != "--outdir" ]; do shift; done
mkdir -p "$2"
{work}
"""


@pytest.fixture
def old_word(tmp_path: Path) -> Path:
    path = tmp_path / "report.doc"
    path.write_bytes(_OLD_WORD)
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder that programs are looked for in, and where a stand-in leaves what it saw."""
    folder = tmp_path / "programs"
    tools = tmp_path / "tools"  # what the stand-in itself needs
    folder.mkdir()
    tools.mkdir()
    for name in ("cp", "env", "mkdir"):
        (tools / name).symlink_to(str(shutil.which(name)))
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{tools}")
    return folder


def _stand_in(folder: Path, work: str) -> None:
    program = folder / "soffice"
    program.write_text(_SOFFICE.format(folder=folder, work=work))
    program.chmod(0o755)


class TestWithoutLibreOffice:
    def test_the_refusal_says_what_helps(self, folder: Path, old_word: Path) -> None:
        assert not list(folder.iterdir())
        with pytest.raises(UnsupportedFileType) as refused:
            sniff(old_word, "report.doc")
        assert ".docx" in refused.value.message
        assert "LibreOffice" in refused.value.message


class TestWithIt:
    def test_what_it_makes_is_read_as_the_kind_that_was_uploaded(
        self, folder: Path, old_word: Path, tmp_path: Path
    ) -> None:
        made = tmp_path / "made.docx"
        word = docx.Document()
        word.add_paragraph("Cranes breed in the marshes.")
        word.save(str(made))
        _stand_in(folder, f'cp "{made}" "$2/document.docx"')
        document = parse(old_word, "report.doc", ParseOptions())
        assert [block.text for block in document.blocks] == ["Cranes breed in the marshes."]
        assert document.mime_type == FileKind.DOC.mime_type == "application/msword"

    def test_it_is_told_to_run_no_macro_and_to_fetch_nothing_and_learns_no_secret(
        self, folder: Path, old_word: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CAIRN_SECRET_KEY", "of-the-server")
        _stand_in(folder, "exit 3")
        with pytest.raises(FileIsCorrupt, match="ended with 3"):
            parse(old_word, "report.doc", ParseOptions())
        assert "of-the-server" not in (folder / "environment").read_text()
        profile = (folder / "profile").read_text()
        for name in ("DisableMacrosExecution", "BlockUntrustedRefererLinks"):
            assert f'"{name}" oor:op="fuse"><value>true' in profile

    def test_nothing_is_left_behind(
        self, folder: Path, old_word: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scratch = tmp_path / "scratch"
        left_over = scratch / "cairn-soffice-killed"
        left_over.mkdir(parents=True)
        os.utime(left_over, (0, 0))
        monkeypatch.setattr("tempfile.tempdir", str(scratch))
        _stand_in(folder, "exit 0")
        with pytest.raises(FileIsCorrupt):
            parse(old_word, "report.doc", ParseOptions())
        assert not list(scratch.iterdir())


@pytest.mark.realdata
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.skipif(not DATA.is_dir(), reason="CAIRN_DATA names no folder with docs/docling")
class TestTheRealOne:
    @pytest.mark.parametrize(
        ("name", "kind"),
        [("doc/sources/legacy_sample.doc", FileKind.DOC), ("ppt/sources/legacy_sample.ppt", FileKind.PPT)],
    )
    def test_within_the_limits_of_a_child(self, name: str, kind: FileKind) -> None:
        path = DATA / name
        with Sandbox() as sandbox:
            sandbox.start()
            document = parse_file(sandbox, path, path.name, ParseOptions(), Limits())
        assert document.mime_type == kind.mime_type
        assert [block for block in document.blocks if block.kind is BlockKind.HEADING]
