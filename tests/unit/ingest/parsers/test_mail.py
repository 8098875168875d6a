from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

from ingest.parsers.kinds import FileKind
from ingest.parsers.mail import internet, outlook
from ingest.parsers.sniffing import sniff
from tests.unit.ingest.parsers.conftest import ParseBytes

PICTURE = b"\x89PNG\r\n\x1a\n"


def letter(subject: str = "Plans", text: str = "See the plan.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ada@example.org", "bob@example.org", subject
    made["Date"] = "Mon, 06 May 2024 10:00:00 +0200"
    made.set_content(text)
    return made


def attachments(tmp_path: Path, message: EmailMessage) -> list[tuple[str, bytes]]:
    path = tmp_path / "stored"
    path.write_bytes(message.as_bytes())
    return [(one.name, one.data) for one in internet.attachments(path)]


class TestAttachments:
    def test_have_their_names_and_bytes(self, tmp_path: Path) -> None:
        message = letter()
        message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Plän.pdf")
        message.add_attachment("a;b", subtype="csv", filename="table.csv")
        found = attachments(tmp_path, message)
        assert [(name, data.strip()) for name, data in found] == [("Plän.pdf", b"%PDF-1.7"), ("table.csv", b"a;b")]

    def test_without_a_name_are_given_one(self, tmp_path: Path) -> None:
        message = letter()
        message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf")
        assert [name for name, _ in attachments(tmp_path, message)] == ["attachment 1.pdf"]

    def test_that_are_messages_stay_whole(self, tmp_path: Path) -> None:
        inner = letter("Inner", "Within.")
        inner.add_attachment("deep", filename="deep.txt")
        message = letter()
        message.add_attachment(inner)
        ((name, data),) = attachments(tmp_path, message)
        assert name == "message 1.eml"
        assert [one for one, _ in attachments(tmp_path, _parsed(data))] == ["deep.txt"]

    def test_are_not_the_pictures_that_the_text_shows(self, tmp_path: Path) -> None:
        message = letter()
        message.add_alternative("<p>Hello <img src='cid:logo'></p>", subtype="html")
        _, html = message.iter_parts()
        html.add_related(PICTURE, maintype="image", subtype="png", cid="<logo>")
        message.add_attachment(PICTURE, maintype="image", subtype="png", filename="photo.png")
        assert [name for name, _ in attachments(tmp_path, message)] == ["photo.png"]

    def test_of_text_are_no_part_of_the_messages_own_text(self, parse_bytes: ParseBytes) -> None:
        message = letter()
        message.add_attachment("Secret of the attachment", filename="notes.txt")
        document = parse_bytes(message.as_bytes(), "a.eml")
        assert [block.text for block in document.blocks] == ["Plans", "See the plan."]
        assert document.attachments == 1

    def test_of_broken_messages_do_not_stop_anything(self, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        head = b"From: a\nSubject: b\nContent-Type: multipart/mixed; boundary=x\n\n"
        path.write_bytes(head + b"--x\nContent-Type: message/rfc822\n\n")
        assert all(isinstance(one.data, bytes) for one in internet.attachments(path))


def _parsed(data: bytes) -> EmailMessage:
    from email import message_from_bytes, policy  # noqa: PLC0415 - the test's own reading

    return message_from_bytes(data, EmailMessage, policy=policy.default)


@pytest.mark.realdata
class TestOutlook:
    @pytest.fixture
    def folder(self, data_dir: Path) -> Path:
        return data_dir / "docs" / "docling" / "email" / "sources"

    def test_messages_are_told_by_their_content(self, folder: Path) -> None:
        for name in ("msg_simple.msg", "msg_with_attachment.msg"):
            assert sniff(folder / name, "a.bin") is FileKind.MSG

    def test_say_who_wrote_what_and_when(self, folder: Path, parse_bytes: ParseBytes) -> None:
        document = parse_bytes((folder / "msg_simple.msg").read_bytes(), "a.msg")
        assert document.mime_type == FileKind.MSG.mime_type
        assert document.title
        assert document.metadata["from"]
        assert document.metadata["to"]
        assert len(document.blocks) > 1

    def test_attachments_are_taken_out(self, folder: Path, parse_bytes: ParseBytes) -> None:
        path = folder / "msg_with_attachment.msg"
        found = list(outlook.attachments(path))
        assert found
        assert all(one.name and one.data for one in found)
        assert parse_bytes(path.read_bytes(), "a.msg").attachments == len(found)
