from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from bench.retrieval_sets import data_folder, load_retrieval_set

CORPUS = '{"_id": "d1", "title": "A", "text": "first"}\n\n{"_id": 2, "text": "second"}\n'
QUERIES = '{"_id": "q1", "text": "judged"}\n{"_id": "q2", "text": "not judged"}\n'
JUDGED = "query-id\tcorpus-id\tscore\nq1\td1\t1\nq1\t2\t0\nq9\td1\t1\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(CORPUS)
    (tmp_path / "queries.jsonl").write_text(QUERIES)
    (tmp_path / "qrels.tsv").write_text(JUDGED)
    return tmp_path


class TestLoadRetrievalSet:
    def test_names_the_part_that_is_missing(self, folder: Path) -> None:
        (folder / "qrels.tsv").unlink()
        with pytest.raises(FileNotFoundError, match=r"qrels\.tsv"):
            load_retrieval_set(folder)

    def test_names_the_line_that_is_no_document(self, folder: Path) -> None:
        (folder / "corpus.jsonl").write_text(CORPUS + '{"_id": "d3"}\n')
        with pytest.raises(ValueError, match=r"corpus\.jsonl:4 has no _id and text"):
            load_retrieval_set(folder)

    def test_wants_a_header(self, folder: Path) -> None:
        (folder / "qrels.tsv").write_text("q1\td1\t1\nq1\td2\t1\n")
        with pytest.raises(ValueError, match="expected query-id, corpus-id and score"):
            load_retrieval_set(folder)

    def test_reads_documents_with_and_without_a_title(self, folder: Path) -> None:
        corpus = load_retrieval_set(folder).corpus
        assert [(one.id, one.title, one.text) for one in corpus.values()] == [("d1", "A", "first"), ("2", "", "second")]

    def test_reads_a_packed_corpus(self, folder: Path) -> None:
        (folder / "corpus.jsonl").unlink()
        (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(CORPUS.encode()))
        assert list(load_retrieval_set(folder).corpus) == ["d1", "2"]

    def test_leaves_out_queries_that_nobody_judged_and_judgements_of_no_query(self, folder: Path) -> None:
        loaded = load_retrieval_set(folder)
        assert loaded.queries == {"q1": "judged"}
        assert loaded.judged == {"q1": {"d1": 1, "2": 0}}

    @pytest.mark.realdata
    def test_reads_the_real_layout(self) -> None:
        path = data_folder() / "retrieval" / "scifact"
        if not path.is_dir():
            pytest.skip(f"no question sets in {path}; set CAIRN_DATA")
        loaded = load_retrieval_set(path)
        assert (len(loaded.corpus), len(loaded.queries)) == (5183, 300)
