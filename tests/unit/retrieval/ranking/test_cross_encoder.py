from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.embedding.errors import ModelNotFound, RuntimeMissing
from retrieval.embedding.protocol import Passage
from retrieval.ranking import cross_encoder
from retrieval.ranking.cross_encoder import GROUP, CrossEncoderScorer, open_cross_encoder


class Pairs:
    """A model whose score is the share of the question's words in the passage; `seconds` pass for each call."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.now = 0.0
        self.seen: list[tuple[str, str]] = []
        self._seconds = seconds

    def clock(self) -> float:
        return self.now

    def predict(
        self, pairs: Sequence[tuple[str, str]], /, *, batch_size: int, show_progress_bar: bool
    ) -> NDArray[np.float32]:
        assert len(pairs) <= batch_size
        assert not show_progress_bar
        self.now += self._seconds
        self.seen += pairs
        return np.array([np.mean([word in text for word in query.split()]) for query, text in pairs], dtype=np.float32)


def scorer(pairs: Pairs) -> CrossEncoderScorer:
    return CrossEncoderScorer("small", lambda: pairs, clock=pairs.clock)


class TestScore:
    def test_is_the_models_own(self) -> None:
        found = scorer(Pairs()).score("river bank", [Passage("a river"), Passage("the bank of a river"), Passage("x")])
        assert found == pytest.approx([0.5, 1.0, 0.0])

    def test_reads_the_context_before_the_content(self) -> None:
        pairs = Pairs()
        scorer(pairs).score("q", [Passage("content", context="title"), Passage("alone")])
        assert pairs.seen == [("q", "title\ncontent"), ("q", "alone")]

    def test_stops_when_time_is_up(self) -> None:
        pairs = Pairs(seconds=1.0)
        assert len(scorer(pairs).score("q", [Passage("text")] * 20, seconds=2.5)) == 2 * GROUP

    def test_of_nothing_is_nothing(self) -> None:
        assert scorer(Pairs()).score("q", []) == []

    def test_stays_in_its_range(self) -> None:
        class Wild(Pairs):
            def predict(
                self, pairs: Sequence[tuple[str, str]], /, *, batch_size: int, show_progress_bar: bool
            ) -> NDArray[np.float32]:
                return np.array([3.0, -2.0], dtype=np.float32)

        assert scorer(Wild()).score("q", [Passage("a"), Passage("b")]) == [1.0, 0.0]


class TestOpening:
    def test_needs_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def missing(model: str) -> None:
            raise RuntimeMissing(model)

        monkeypatch.setattr(cross_encoder, "require_extra", missing)
        with pytest.raises(RuntimeMissing, match=r"The reranking model 'some/model' needs .*cairn\[models\]"):
            open_cross_encoder("some/model", threads=1)

    def test_refuses_a_folder_without_a_model_before_anybody_searches(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(cross_encoder, "require_extra", lambda model: None)
        with pytest.raises(ModelNotFound, match="CAIRN_RERANK_MODEL"):
            open_cross_encoder(str(tmp_path), threads=1)
        with pytest.raises(ModelNotFound, match="CAIRN_RERANK_MODEL"):
            open_cross_encoder("/nowhere/at/all", threads=1)

    def test_loads_a_folder_only_when_it_is_used(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text("{}")
        loaded: list[tuple[str, int]] = []

        def load(model: str, threads: int) -> Pairs:
            loaded.append((model, threads))
            return Pairs()

        monkeypatch.setattr(cross_encoder, "require_extra", lambda model: None)
        monkeypatch.setattr(cross_encoder, "load_pair_scorer", load)
        opened = open_cross_encoder(str(tmp_path), threads=3)
        assert opened.name == f"cross-encoder {tmp_path.name}"
        assert loaded == []
        opened.score("q", [Passage("a")])
        opened.score("q", [Passage("a")])
        assert loaded == [(str(tmp_path), 3)]
