from __future__ import annotations

from pathlib import Path

from bench.ingestion import read_uploads


class TestReadUploads:
    def test_prefers_whole_documents(self, tmp_path: Path) -> None:
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs" / "b.txt").write_text("second")
        (tmp_path / "docs" / "a.txt").write_text("first")
        assert [(one.file_name, one.content) for one in read_uploads(tmp_path)] == [
            ("a.txt", b"first"),
            ("b.txt", b"second"),
        ]

    def test_takes_the_corpus_where_there_are_none(self, tmp_path: Path) -> None:
        (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "title": "A", "text": "first"}\n')
        (tmp_path / "queries.jsonl").write_text("")
        (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n")
        assert [one.file_name for one in read_uploads(tmp_path)] == ["d1.md"]
