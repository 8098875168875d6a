from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Passage
from retrieval.embedding.sentence_transformers_embedder import (
    LoadedModel,
    SentenceTransformersEmbedder,
    hub_is_offline,
)
from retrieval.embedding.tokenizer import read_tokenizer
from tests.unit.retrieval.embedding.tiny_bert import write_tiny_bert


class LengthEncoder:
    """Points a text of n characters at n degrees; notes what it was given."""

    max_seq_length: int | None = 32
    prompts: Mapping[str, str] = {"query": "query : ", "passage": "passage : "}

    def __init__(self) -> None:
        self.seen: list[Sequence[str]] = []

    def encode_query(self, texts: list[str], /, *, normalize_embeddings: bool) -> NDArray[np.float32]:
        return self.encode_document(texts, normalize_embeddings=normalize_embeddings)

    def encode_document(self, texts: list[str], /, *, normalize_embeddings: bool) -> NDArray[np.float32]:
        assert normalize_embeddings
        self.seen.append(texts)
        angles = np.radians([len(text) for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


@pytest.fixture
def encoder() -> LengthEncoder:
    return LengthEncoder()


@pytest.fixture
def embedder(encoder: LengthEncoder, tmp_path: Path) -> SentenceTransformersEmbedder:
    tokenizer = read_tokenizer(write_tiny_bert(tmp_path) / "tokenizer.json")
    return SentenceTransformersEmbedder(name="any", load=lambda: LoadedModel(encoder, tokenizer, 32, 2))


class TestEmbedPassages:
    def test_gives_each_passage_its_own_windows(self, embedder: SentenceTransformersEmbedder) -> None:
        short, long, last = embedder.embed_passages([Passage("river"), Passage("river " * 60), Passage("bank flows")])
        assert (len(short), len(last)) == (1, 1)
        assert len(long) > 2
        np.testing.assert_allclose(last[0], [np.cos(np.radians(10)), np.sin(np.radians(10))], rtol=1e-5)

    def test_gives_the_model_up_between_turns(
        self, embedder: SentenceTransformersEmbedder, encoder: LengthEncoder
    ) -> None:
        embedder.embed_passages([Passage("river")] * 20)
        assert [len(texts) for texts in encoder.seen] == [8, 8, 4]


class TestEmbedQuery:
    def test_longer_than_the_window_is_the_unit_mean(
        self, embedder: SentenceTransformersEmbedder, encoder: LengthEncoder
    ) -> None:
        vector = embedder.embed_query("river " * 60)
        assert len(encoder.seen[0]) > 1
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


class TestInfo:
    def test_comes_from_the_model(self, embedder: SentenceTransformersEmbedder) -> None:
        info = embedder.info
        assert (info.provider, info.name, info.vector_size, info.window) == ("sentence-transformers", "any", 2, 32)


class TestHubIsOffline:
    @pytest.mark.parametrize(("value", "offline"), [("1", True), ("true", True), ("0", False), ("", False)])
    def test_reads_the_hub_librarys_own_variable(
        self, monkeypatch: pytest.MonkeyPatch, value: str, offline: bool
    ) -> None:
        monkeypatch.setenv("HF_HUB_OFFLINE", value)
        assert hub_is_offline() is offline


@pytest.mark.skipif(find_spec("sentence_transformers") is None, reason="needs `pip install 'cairn[models]'`")
@pytest.mark.filterwarnings("default")  # the library's own warnings are not ours to fix
class TestTheLibrary:
    def test_agrees_with_the_built_in_runtime(self, tmp_path: Path) -> None:
        passages = [Passage("This is an example sentence"), Passage("The bank of the river. " * 80, "Rivers")]
        built_in, library = (
            create_embedder(model="all-MiniLM-L6-v2", runtime=runtime, cache_dir=tmp_path, threads=2)
            for runtime in ("onnxruntime", "sentence-transformers")
        )
        ours, theirs = built_in.embed_passages(passages)[0][0], library.embed_passages(passages)[0][0]
        assert float(ours @ theirs) > 0.999
        assert float(built_in.embed_query("river banks") @ library.embed_query("river banks")) > 0.999
        assert (library.info.vector_size, library.info.window) == (384, 256)
        assert library.tokens.count("river banks") == built_in.tokens.count("river banks")
