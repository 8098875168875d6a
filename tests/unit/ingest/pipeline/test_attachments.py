"""What comes with a message becomes files of their own, and goes with it."""

from __future__ import annotations

from email.message import EmailMessage
from io import BytesIO
from zipfile import ZipFile

import pytest

from ingest.files.attachments import ATTACHMENT_OF
from ingest.files.types import FileView, ShownStatus
from ingest.pipeline.unpacking import MOST_NESTED
from tests.unit.ingest.workshop import Workshop


def letter(text: str = "the letter", **attached: str | bytes | EmailMessage) -> EmailMessage:
    """Underscores in names of attachments stand for dots."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ada@example.org", "bob@example.org", "subject"
    made["Date"] = "Mon, 06 May 2024 10:00:00 +0200"
    made.set_content(text)
    for name, content in attached.items():
        named = name.replace("_", ".")
        if isinstance(content, EmailMessage):
            made.add_attachment(content, filename=named)
        elif isinstance(content, bytes):
            made.add_attachment(content, maintype="application", subtype="octet-stream", filename=named)
        else:
            made.add_attachment(content, filename=named)
    return made


class Post:
    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self.dataset = workshop.dataset()

    def put(self, message: EmailMessage, name: str = "letter.eml", **how: object) -> str:
        return self.workshop.indexed(self.dataset, name, message.as_bytes(), **how)

    def views(self) -> dict[str, FileView]:
        with self.workshop.database.read() as session:
            views = self.workshop.file_service.list(session, self.workshop.caller, self.dataset)
        return {view.name: view for view in views}

    def left_out(self, name: str = "letter.eml") -> list[str]:
        return [str(one) for one in self.views()[name].warnings if "left" in str(one)]


@pytest.fixture
def post(workshop: Workshop) -> Post:
    return Post(workshop)


class TestAttachments:
    def test_are_files_that_are_found(self, post: Post) -> None:
        post.put(letter(plan_txt="harbour plan"), labels={"team": "red"})
        plan = post.views()["letter.eml/plan.txt"]
        assert plan.status is ShownStatus.INDEXED
        assert plan.labels == {"team": "red", ATTACHMENT_OF: "letter.eml"}
        assert post.workshop.found("harbour", post.dataset) == {"harbour plan"}

    def test_of_the_same_message_change_nothing(self, post: Post) -> None:
        post.put(letter(plan_txt="harbour plan"))
        before = post.views()["letter.eml/plan.txt"].id
        with post.workshop.database.write() as session:
            post.workshop.datasets.reindex(session, post.workshop.caller, post.dataset)
        post.workshop.work()
        assert set(post.views()) == {"letter.eml", "letter.eml/plan.txt"}
        assert post.views()["letter.eml/plan.txt"].id == before
        assert post.workshop.found("harbour", post.dataset) == {"harbour plan"}

    def test_follow_a_newer_message(self, post: Post) -> None:
        post.put(letter(plan_txt="harbour old", gone_txt="harbour gone"))
        post.put(letter(plan_txt="harbour new"))
        assert set(post.views()) == {"letter.eml", "letter.eml/plan.txt"}
        assert post.workshop.found("harbour", post.dataset) == {"harbour new"}
        post.put(letter("no more of them"))
        assert set(post.views()) == {"letter.eml"}
        assert post.workshop.found("harbour", post.dataset) == set()

    def test_go_with_their_message_and_with_no_other(self, post: Post) -> None:
        file_id = post.put(letter(plan_txt="harbour one"))
        post.put(letter("another letter", plan_txt="harbour two"), "other.eml")
        post.workshop.upload(post.dataset, "letter.eml/own.txt", "harbour three")
        post.workshop.work()
        with post.workshop.database.write() as session:
            lost = post.workshop.file_service.delete(session, post.workshop.caller, post.dataset, file_id)
        post.workshop.work()
        assert lost == 2
        assert set(post.views()) == {"other.eml", "other.eml/plan.txt", "letter.eml/own.txt"}
        assert post.workshop.found("harbour", post.dataset) == {"harbour two", "harbour three"}

    def test_that_cannot_be_read_are_named_in_the_message_and_harm_no_other(self, post: Post) -> None:
        packed = BytesIO()
        with ZipFile(packed, "w") as archive:
            archive.writestr("a.txt", "x")
        post.put(letter(bundle_zip=packed.getvalue(), plan_txt="harbour plan"))
        assert set(post.views()) == {"letter.eml", "letter.eml/plan.txt"}
        (said,) = post.left_out()
        assert "bundle.zip" in said
        assert "unpack" in said

    def test_of_one_name_are_told_apart(self, post: Post) -> None:
        message = letter(plan_txt="harbour one")
        message.add_attachment("harbour two", filename="plan.txt")
        message.add_attachment("harbour three", filename="sub/dir\\plan.txt")
        post.put(message)
        assert set(post.views()) == {
            "letter.eml", "letter.eml/plan.txt", "letter.eml/plan (2).txt", "letter.eml/plan (3).txt",
        }  # fmt: skip

    def test_of_attached_messages_are_taken_out_as_deep_as_is_sensible(self, post: Post) -> None:
        message = letter("innermost", note_txt="harbour too deep")
        for depth in range(MOST_NESTED):
            message = letter(f"depth {depth}", inner_eml=message, note_txt=f"harbour {depth}")
        file_id = post.put(message)
        deepest = "/".join(["letter.eml", *["inner.eml"] * MOST_NESTED])
        assert f"{deepest}/note.txt" not in post.views()
        assert post.workshop.found("harbour", post.dataset) == {f"harbour {depth}" for depth in range(MOST_NESTED)}
        assert "deep in one another" in post.left_out(deepest)[0]
        with post.workshop.database.write() as session:
            post.workshop.file_service.delete(session, post.workshop.caller, post.dataset, file_id)
        post.workshop.work()
        assert post.views() == {}
        assert post.workshop.found("harbour", post.dataset) == set()
