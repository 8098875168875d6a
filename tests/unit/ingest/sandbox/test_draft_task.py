from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from ingest.chunking.chunker import chunk
from ingest.documents import ChunkSettings, ParseType
from ingest.parsers.errors import FileIsCorrupt, LimitExceeded
from ingest.parsers.options import ParseOptions
from ingest.parsers.parsing import parse
from ingest.sandbox.draft_task import Counting, Drafted, draft_file, draft_request
from ingest.sandbox.errors import OutOfMemory, TaskCancelled
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.sandbox import Sandbox
from retrieval.embedding.tokenizer import read_tokenizer

SETTINGS = ChunkSettings(ParseType.MARKDOWN, 128, 16)


class TestDraftFile:
    def draft(self, sandbox: Sandbox, counting: Counting, path: Path, options: ParseOptions | None = None) -> Drafted:
        return draft_file(
            sandbox,
            draft_request(path, "a.md", options=options or ParseOptions(), settings=SETTINGS, counting=counting),
            limits=Limits(),
        )

    def test_gives_what_parsing_and_chunking_give_here(
        self, drafting_sandbox: Sandbox, counting: Counting, tmp_path: Path
    ) -> None:
        path = tmp_path / "stored"
        path.write_text("# Rivers\n\n" + "the river flows and the money flows. " * 60 + "\n\n## Banks\n\na loan\n")
        drafted = self.draft(drafting_sandbox, counting, path)

        document = parse(path, "a.md", ParseOptions())
        here = chunk(
            document,
            file_name="a.md",
            settings=SETTINGS,
            tokens=read_tokenizer(counting.tokenizer),
            special_tokens=counting.special_tokens,
        )
        assert len(here) > 3
        assert [draft.content for draft in drafted.drafts] == [draft.content for draft in here]
        assert [draft.context for draft in drafted.drafts] == [draft.context for draft in here]
        assert [draft.token_count for draft in drafted.drafts] == [draft.token_count for draft in here]
        assert max(draft.token_count for draft in drafted.drafts) <= SETTINGS.size
        assert drafted.document.title == document.title

    def test_gives_no_drafts_of_what_has_no_letters(
        self, drafting_sandbox: Sandbox, counting: Counting, tmp_path: Path
    ) -> None:
        path = tmp_path / "stored"
        path.write_text("!!! --- !!!\n")
        assert list(self.draft(drafting_sandbox, counting, path).drafts) == []

    def test_refuses_what_parsing_refuses(self, drafting_sandbox: Sandbox, counting: Counting, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_text("words " * 100)
        with pytest.raises(LimitExceeded):
            self.draft(drafting_sandbox, counting, path, ParseOptions(max_characters=50))
        path.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
        with pytest.raises(FileIsCorrupt):
            draft_file(
                drafting_sandbox,
                draft_request(path, "a.pdf", options=ParseOptions(), settings=SETTINGS, counting=counting),
                limits=Limits(),
            )

    def test_is_bounded_in_memory(self, drafting_sandbox: Sandbox, counting: Counting, tmp_path: Path) -> None:
        path = tmp_path / "stored"
        path.write_text("words and more words " * 1_000_000)
        with pytest.raises(OutOfMemory):
            draft_file(
                drafting_sandbox,
                draft_request(path, "a.txt", options=ParseOptions(), settings=SETTINGS, counting=counting),
                limits=Limits(memory_bytes=64 * MEBIBYTE),
            )

    def test_ends_when_it_is_cancelled(self, drafting_sandbox: Sandbox, counting: Counting, tmp_path: Path) -> None:
        path, cancelled = tmp_path / "stored", Event()
        path.write_text("words")
        cancelled.set()
        with pytest.raises(TaskCancelled):
            draft_file(
                drafting_sandbox,
                draft_request(path, "a.txt", options=ParseOptions(), settings=SETTINGS, counting=counting),
                limits=Limits(),
                cancel=cancelled.is_set,
            )
