from __future__ import annotations

import pytest

from api.dashboard.knowledge_base.schemas.uploads import Rejected, UploadAnswer, Uploaded
from bench.retrieval_quality import as_file, documents_by_file, ranking
from bench.retrieval_sets import CorpusDocument
from bench.server import Upload
from ingest.files.types import ShownStatus, UploadOutcome


def answer(*files: tuple[str, str, UploadOutcome]) -> UploadAnswer:
    uploaded = [
        Uploaded(id=file_id, file_name=name, status=ShownStatus.PENDING, job_id=None, outcome=outcome)
        for file_id, name, outcome in files
    ]
    return UploadAnswer(uploaded_files=uploaded, rejected_files=[])


class TestAsFile:
    def test_makes_the_title_a_heading_of_one_line(self) -> None:
        made = as_file(CorpusDocument("d1", "On\nthings", "Text."))
        assert made == Upload("d1.md", b"# On things\n\nText.\n")

    def test_writes_no_heading_without_a_title(self) -> None:
        assert as_file(CorpusDocument("d1", "", "Text.")).content == b"Text.\n"

    def test_makes_a_file_name_of_any_id(self) -> None:
        assert as_file(CorpusDocument("a/b#1", "", "Text.")).file_name == "a-b-1.md"


class TestDocumentsByFile:
    def test_complains_of_a_document_that_took_the_place_of_another(self) -> None:
        uploads = {"a/b": Upload("a-b.md", b"1"), "a-b": Upload("a-b.md", b"2")}
        with pytest.raises(ValueError, match=r"two documents became 'a-b\.md'"):
            documents_by_file(uploads, [answer(("f1", "a-b.md", UploadOutcome.REPLACED))])

    def test_complains_of_a_refused_file(self) -> None:
        refused = UploadAnswer(
            uploaded_files=[], rejected_files=[Rejected(file_name="d1.md", code="EMPTY", message="is empty")]
        )
        with pytest.raises(ValueError, match="is empty"):
            documents_by_file({"d1": Upload("d1.md", b"")}, [refused])

    def test_gives_a_file_all_documents_of_the_same_bytes(self) -> None:
        uploads = {"d1": Upload("d1.md", b"x"), "d2": Upload("d2.md", b"y"), "d3": Upload("d3.md", b"x")}
        answers = [
            answer(("f1", "d1.md", UploadOutcome.CREATED), ("f2", "d2.md", UploadOutcome.CREATED)),
            answer(("f1", "d1.md", UploadOutcome.IDENTICAL)),
        ]
        assert documents_by_file(uploads, answers) == {"f1": ["d1", "d3"], "f2": ["d2"]}


class TestRanking:
    def test_counts_a_document_at_its_best_chunk(self) -> None:
        documents = {"f1": ["d1"], "f2": ["d2", "d3"]}
        assert ranking(["f2", "f1", "f2"], documents) == ["d2", "d3", "d1"]
