from __future__ import annotations

import json
from pathlib import Path

import pytest

from retrieval.embedding.architecture import Pooling, read_architecture
from retrieval.embedding.errors import ModelNotFound, ModelUnsupported
from tests.unit.retrieval.embedding.tiny_bert import write_json, write_tiny_bert


class TestReadArchitecture:
    def test_names_the_file_that_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(ModelNotFound, match=r"config\.json"):
            read_architecture(tmp_path)

    def test_names_a_file_that_is_not_json(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text("{")
        with pytest.raises(ModelNotFound, match="is not JSON"):
            read_architecture(tmp_path)

    @pytest.mark.parametrize(
        ("key", "value"),
        [("model_type", "roberta"), ("hidden_act", "relu"), ("position_embedding_type", "relative_key")],
    )
    def test_refuses_other_architectures(self, tmp_path: Path, key: str, value: str) -> None:
        write_tiny_bert(tmp_path)
        config = json.loads((tmp_path / "config.json").read_text())
        write_json(tmp_path / "config.json", {**config, key: value})
        with pytest.raises(ModelUnsupported):
            read_architecture(tmp_path)

    def test_refuses_modules_it_does_not_build(self, tmp_path: Path) -> None:
        write_tiny_bert(tmp_path)
        write_json(tmp_path / "modules.json", [{"type": "sentence_transformers.models.Dense", "path": "2_Dense"}])
        with pytest.raises(ModelUnsupported, match="Dense"):
            read_architecture(tmp_path)

    def test_refuses_pooling_it_does_not_build(self, tmp_path: Path) -> None:
        with pytest.raises(ModelUnsupported, match="max_tokens"):
            read_architecture(write_tiny_bert(tmp_path, pooling="max_tokens"))

    def test_refuses_weights_in_several_files(self, tmp_path: Path) -> None:
        write_tiny_bert(tmp_path)
        (tmp_path / "model.safetensors").unlink()
        with pytest.raises(ModelUnsupported, match=r"model\.safetensors"):
            read_architecture(tmp_path)

    def test_reads_pooling_window_and_normalisation(self, tmp_path: Path) -> None:
        architecture = read_architecture(write_tiny_bert(tmp_path, window=32, pooling="cls_token"))
        assert (architecture.pooling, architecture.window, architecture.normalize) == (Pooling.CLS, 32, True)

    def test_never_takes_a_window_longer_than_the_position_table(self, tmp_path: Path) -> None:
        assert read_architecture(write_tiny_bert(tmp_path, window=4096)).window == 64

    def test_understands_the_newer_spelling_of_pooling(self, tmp_path: Path) -> None:
        write_tiny_bert(tmp_path)
        write_json(tmp_path / "1_Pooling" / "config.json", {"pooling_mode": "cls"})
        assert read_architecture(tmp_path).pooling is Pooling.CLS

    def test_reads_prompts(self, tmp_path: Path) -> None:
        write_tiny_bert(tmp_path)
        prompts = {"query": "query: ", "passage": "passage: "}
        write_json(tmp_path / "config_sentence_transformers.json", {"prompts": prompts})
        architecture = read_architecture(tmp_path)
        assert (architecture.query_prompt, architecture.document_prompt) == ("query: ", "passage: ")
