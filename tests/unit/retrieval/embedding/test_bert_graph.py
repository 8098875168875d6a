"""The graph against a forward pass written down in numpy from the BERT paper."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from retrieval.embedding.architecture import read_architecture
from retrieval.embedding.bert_graph import build_graph, read_weights
from retrieval.embedding.errors import ModelUnsupported
from retrieval.embedding.graph_cache import graph_path
from retrieval.embedding.onnx_runtime import OnnxRuntime
from tests.unit.retrieval.embedding.tiny_bert import HIDDEN, LAYERS, random_weights, write_tiny_bert

Floats = NDArray[np.float32]
IDS = np.array([[2, 7, 8, 9, 3], [2, 6, 3, 0, 0]])
MASK = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]])
HEADS = 2


def reference_states(ids: list[int]) -> Floats:
    weights = random_weights()
    states = weights["embeddings.word_embeddings.weight"][ids]
    states = states + weights["embeddings.position_embeddings.weight"][: len(ids)]
    states = normed(states + weights["embeddings.token_type_embeddings.weight"][0], "embeddings")
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        attended = dense(attention(states, prefix), f"{prefix}.attention.output.dense")
        states = normed(attended + states, f"{prefix}.attention.output")
        inner = dense(states, f"{prefix}.intermediate.dense")
        inner = inner * 0.5 * (1 + np.vectorize(math.erf)(inner / math.sqrt(2)))
        states = normed(dense(inner, f"{prefix}.output.dense") + states, f"{prefix}.output")
    return states


def attention(states: Floats, prefix: str) -> Floats:
    size = HIDDEN // HEADS
    query, key, value = (dense(states, f"{prefix}.attention.self.{name}") for name in ("query", "key", "value"))
    mixed = []
    for head in range(HEADS):
        part = slice(head * size, (head + 1) * size)
        scores = np.exp(query[:, part] @ key[:, part].T / math.sqrt(size))
        mixed.append(scores / scores.sum(axis=1, keepdims=True) @ value[:, part])
    return np.concatenate(mixed, axis=1)


def dense(states: Floats, name: str) -> Floats:
    weights = random_weights()
    return np.asarray(states @ weights[f"{name}.weight"].T + weights[f"{name}.bias"])


def normed(states: Floats, name: str) -> Floats:
    weights = random_weights()
    centred = states - states.mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt(states.var(axis=1, keepdims=True) + 1e-12)
    return np.asarray(scaled * weights[f"{name}.LayerNorm.weight"] + weights[f"{name}.LayerNorm.bias"])


def open_runtime(folder: Path) -> OnnxRuntime:
    path = graph_path(folder, read_architecture(folder), cache_dir=folder / "cache", expected_sha256=None)
    return OnnxRuntime(path, threads=1)


class TestTokens:
    def test_are_the_last_hidden_states(self, tmp_path: Path) -> None:
        states = open_runtime(write_tiny_bert(tmp_path)).run(IDS, MASK, "tokens")
        np.testing.assert_allclose(states[0], reference_states([2, 7, 8, 9, 3]), rtol=1e-4, atol=1e-5)

    def test_do_not_depend_on_the_padding(self, tmp_path: Path) -> None:
        states = open_runtime(write_tiny_bert(tmp_path)).run(IDS, MASK, "tokens")
        np.testing.assert_allclose(states[1, :3], reference_states([2, 6, 3]), rtol=1e-4, atol=1e-5)


class TestSentence:
    def test_is_the_unit_mean_of_the_tokens_that_are_there(self, tmp_path: Path) -> None:
        sentence = open_runtime(write_tiny_bert(tmp_path)).run(IDS, MASK, "sentence")
        mean = reference_states([2, 6, 3]).mean(axis=0)
        np.testing.assert_allclose(sentence[1], mean / np.linalg.norm(mean), rtol=1e-4, atol=1e-5)

    def test_is_the_first_token_with_cls_pooling(self, tmp_path: Path) -> None:
        sentence = open_runtime(write_tiny_bert(tmp_path, pooling="cls_token")).run(IDS, MASK, "sentence")
        first = reference_states([2, 6, 3])[0]
        np.testing.assert_allclose(sentence[1], first / np.linalg.norm(first), rtol=1e-4, atol=1e-5)


class TestWeights:
    def test_may_carry_the_prefix_of_a_bigger_model(self, tmp_path: Path) -> None:
        architecture = read_architecture(write_tiny_bert(tmp_path))
        prefixed = {f"bert.{name}": value for name, value in random_weights().items()}

        save_file(prefixed, str(tmp_path / "model.safetensors"))
        assert build_graph(read_weights(tmp_path / "model.safetensors"), architecture).graph.node

    def test_that_miss_a_tensor_are_refused_by_its_name(self, tmp_path: Path) -> None:
        architecture = read_architecture(write_tiny_bert(tmp_path))
        weights = dict(read_weights(tmp_path / "model.safetensors"))
        del weights["encoder.layer.1.output.dense.bias"]
        with pytest.raises(ModelUnsupported, match=r"encoder\.layer\.1\.output\.dense\.bias"):
            build_graph(weights, architecture)
