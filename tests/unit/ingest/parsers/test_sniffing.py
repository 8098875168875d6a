from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ingest.parsers.errors import FileHasNoText, FileIsCorrupt, FileIsEncrypted, UnsupportedFileType
from ingest.parsers.kinds import FileKind
from ingest.parsers.sniffing import sniff


def _zip(*names: str, mimetype: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return buffer.getvalue()


def _sniff(tmp_path: Path, content: bytes | str, file_name: str) -> FileKind:
    path = tmp_path / "stored"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return sniff(path, file_name)


class TestContentDecides:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [
            (b"%PDF-1.7\nrest", FileKind.PDF),
            (b"{\\rtf1\\ansi text}", FileKind.RTF),
            (_zip("[Content_Types].xml", "word/document.xml"), FileKind.DOCX),
            (_zip("[Content_Types].xml", "ppt/presentation.xml"), FileKind.PPTX),
            (_zip("[Content_Types].xml", "xl/workbook.xml"), FileKind.XLSX),
            (_zip("META-INF/container.xml", mimetype="application/epub+zip"), FileKind.EPUB),
            ("<!DOCTYPE html><html><body>x</body></html>", FileKind.HTML),
            ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><p>x</p></html>', FileKind.HTML),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", FileKind.PICTURE),
            ('{"a": [1, 2]}', FileKind.JSON),
            ('{"a": 1}\n{"a": 2}\n', FileKind.JSON_LINES),
            ("From: a@example.com\nTo: b@example.com\nSubject: hi\n\nbody", FileKind.EML),
        ],
    )
    def test_whatever_the_file_is_called(self, tmp_path: Path, content: bytes | str, kind: FileKind) -> None:
        assert _sniff(tmp_path, content, "misleading.txt") is kind


class TestTheNameBreaksTies:
    @pytest.mark.parametrize(
        ("file_name", "kind"),
        [
            ("notes.md", FileKind.MARKDOWN),
            ("notes.txt", FileKind.TXT),
            ("notes", FileKind.TXT),
            ("notes.csv", FileKind.CSV),
            ("notes.tsv", FileKind.TSV),
            ("notes.html", FileKind.TXT),
            ("notes.pdf", FileKind.TXT),
            ("notes.eml", FileKind.TXT),
        ],
    )
    def test_among_kinds_of_plain_text(self, tmp_path: Path, file_name: str, kind: FileKind) -> None:
        assert _sniff(tmp_path, "# A heading\n\nand a line", file_name) is kind

    def test_markdown_may_begin_with_html_or_a_bracket(self, tmp_path: Path) -> None:
        assert _sniff(tmp_path, "<p align='center'>Logo</p>\n\n# Title", "README.md") is FileKind.MARKDOWN
        assert _sniff(tmp_path, "[link](http://example.com)", "README.md") is FileKind.MARKDOWN

    def test_prose_with_colons_is_no_message(self, tmp_path: Path) -> None:
        assert _sniff(tmp_path, "Note: this\nis not mail\n", "a.txt") is FileKind.TXT


class TestUnsupportedFiles:
    @pytest.fixture(autouse=True)
    def _no_programs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """LibreOffice would make a supported kind of some."""
        monkeypatch.setenv("PATH", str(tmp_path))

    @pytest.mark.parametrize(
        ("content", "detected", "remedy"),
        [
            (b"8BPS\x00\x01\x00\x00\x00\x00\x00\x00", "a picture", "PNG"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), ".doc", ".docx"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "PowerPoint Document".encode("utf-16-le"), ".ppt", ".pptx"),
            (_zip("a.txt"), "a zip archive", "unpack"),
            (b"\x00\x01\x02\x03 and no more", "binary", "export"),
            ("<?xml version='1.0'?><rss><channel/></rss>", "XML", "HTML"),
        ],
    )
    def test_the_message_names_kind_remedy_and_what_is_supported(
        self, tmp_path: Path, content: bytes | str, detected: str, remedy: str
    ) -> None:
        with pytest.raises(UnsupportedFileType) as refused:
            _sniff(tmp_path, content, "upload.pdf")
        assert detected in refused.value.message
        assert remedy in refused.value.message
        assert "'upload.pdf'" in refused.value.message
        assert "Markdown" in refused.value.message

    def test_an_office_file_behind_a_password_is_encrypted(self, tmp_path: Path) -> None:
        content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
        with pytest.raises(FileIsEncrypted, match="password"):
            _sniff(tmp_path, content, "a.docx")

    def test_a_cut_off_archive_is_corrupt(self, tmp_path: Path) -> None:
        with pytest.raises(FileIsCorrupt):
            _sniff(tmp_path, _zip("[Content_Types].xml", "word/document.xml")[:60], "a.docx")

    @pytest.mark.parametrize("content", [b"", b" \n\t\r\n"])
    def test_an_empty_file_has_no_text(self, tmp_path: Path, content: bytes) -> None:
        with pytest.raises(FileHasNoText, match="the file is empty"):
            _sniff(tmp_path, content, "a.txt")
