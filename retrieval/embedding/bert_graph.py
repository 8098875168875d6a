"""A BERT sentence encoder as an ONNX graph, from its safetensors alone.

Inputs `input_ids` and `attention_mask`, int64 (batch, length). Outputs `tokens` (batch, length, hidden), the last
hidden states, and `sentence` (batch, hidden), pooled and, where the model says so, of unit length. Token type 0 is
added to the position table, and attention's 1/sqrt(head size) to the query weights.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from safetensors import safe_open

from retrieval.embedding.architecture import Architecture, Pooling
from retrieval.embedding.errors import ModelUnsupported

OPSET = 20  # the first with Gelu
IR_VERSION = 9
MASKED = -10000.0  # added to masked scores: far enough for softmax, and within bf16 and fp16

Weights = Mapping[str, NDArray[np.float32]]


def read_weights(path: Path) -> Weights:
    """All tensors as fp32, names without the `bert.` that some checkpoints put before them."""
    with safe_open(str(path), framework="numpy") as file:
        names = [name for name in file.keys() if not name.endswith("position_ids")]  # noqa: SIM118 - not a mapping
        kinds = {str(file.get_slice(name).get_dtype()) for name in names}
        if not kinds <= {"F32", "F16"}:
            raise ModelUnsupported(f"{path} holds {sorted(kinds)} tensors; the built-in runtime reads F32 and F16")
        return {name.removeprefix("bert."): file.get_tensor(name).astype(np.float32) for name in names}


def build_graph(weights: Weights, architecture: Architecture) -> ModelProto:
    """Raises ModelUnsupported where a tensor that BERT needs is missing."""
    try:
        return _BertGraph(weights, architecture).build()
    except KeyError as error:
        raise ModelUnsupported(f"The model's weights have no tensor {error}, so it is not a plain BERT") from error


class _BertGraph:
    def __init__(self, weights: Weights, architecture: Architecture) -> None:
        self._weights = weights
        self._architecture = architecture
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def build(self) -> ModelProto:
        states = self._embeddings()
        mask = self._attention_mask()
        for layer in range(self._architecture.layers):
            states = self._layer(states, mask, f"encoder.layer.{layer}")
        self._op("Identity", states, output="tokens")
        self._sentence(states)
        return self._model()

    def _embeddings(self) -> str:
        prefix = "embeddings"
        words = self._weight(f"{prefix}.word_embeddings.weight")
        positions = self._weights[f"{prefix}.position_embeddings.weight"]
        table = self._constant(positions + self._weights[f"{prefix}.token_type_embeddings.weight"][0])
        length = self._op("Shape", "input_ids", start=1, end=2)
        zero = self._constant(np.array([0], np.int64))
        used = self._op("Slice", table, zero, length, zero)
        return self._normed(self._op("Add", self._op("Gather", words, "input_ids"), used), f"{prefix}.LayerNorm")

    def _attention_mask(self) -> str:
        mask = self._op("Cast", "attention_mask", to=TensorProto.FLOAT)
        axes = self._constant(np.array([1, 2], np.int64))
        absent = self._op("Sub", self._constant(np.float32(1)), self._op("Unsqueeze", mask, axes))
        return self._op("Mul", absent, self._constant(np.float32(MASKED)))

    def _layer(self, states: str, mask: str, prefix: str) -> str:
        attended = self._dense(self._attention(states, mask, prefix), f"{prefix}.attention.output.dense")
        states = self._normed(self._op("Add", attended, states), f"{prefix}.attention.output.LayerNorm")
        inner = self._dense(states, f"{prefix}.intermediate.dense")
        inner = self._op("Gelu", inner, approximate=self._architecture.gelu)
        outer = self._dense(inner, f"{prefix}.output.dense")
        return self._normed(self._op("Add", outer, states), f"{prefix}.output.LayerNorm")

    def _attention(self, states: str, mask: str, prefix: str) -> str:
        heads, hidden = self._architecture.heads, self._architecture.hidden
        scale = 1 / math.sqrt(hidden // heads)
        self_prefix = f"{prefix}.attention.self"
        query = self._heads(self._dense(states, f"{self_prefix}.query", scale), (0, 2, 1, 3))
        key = self._heads(self._dense(states, f"{self_prefix}.key"), (0, 2, 3, 1))
        value = self._heads(self._dense(states, f"{self_prefix}.value"), (0, 2, 1, 3))
        scores = self._op("Add", self._op("MatMul", query, key), mask)
        mixed = self._op("MatMul", self._op("Softmax", scores, axis=-1), value)
        merged = self._op("Transpose", mixed, perm=(0, 2, 1, 3))
        return self._op("Reshape", merged, self._constant(np.array([0, 0, hidden], np.int64)))

    def _heads(self, states: str, order: tuple[int, ...]) -> str:
        heads, hidden = self._architecture.heads, self._architecture.hidden
        shape = self._constant(np.array([0, 0, heads, hidden // heads], np.int64))
        return self._op("Transpose", self._op("Reshape", states, shape), perm=order)

    def _sentence(self, states: str) -> None:
        pooled = self._mean(states) if self._architecture.pooling is Pooling.MEAN else self._first(states)
        if not self._architecture.normalize:
            self._op("Identity", pooled, output="sentence")
            return
        axis = self._constant(np.array([1], np.int64))
        norm = self._op("Max", self._op("ReduceL2", pooled, axis), self._constant(np.float32(1e-12)))
        self._op("Div", pooled, norm, output="sentence")

    def _mean(self, states: str) -> str:
        axis = self._constant(np.array([1], np.int64))
        last = self._constant(np.array([2], np.int64))
        mask = self._op("Unsqueeze", self._op("Cast", "attention_mask", to=TensorProto.FLOAT), last)
        total = self._op("ReduceSum", self._op("Mul", states, mask), axis, keepdims=0)
        return self._op("Div", total, self._op("ReduceSum", mask, axis, keepdims=0))

    def _first(self, states: str) -> str:
        return self._op("Gather", states, self._constant(np.array(0, np.int64)), axis=1)

    def _dense(self, states: str, name: str, scale: float = 1.0) -> str:
        weight = self._constant(np.ascontiguousarray(self._weights[f"{name}.weight"].T) * np.float32(scale))
        bias = self._constant(self._weights[f"{name}.bias"] * np.float32(scale))
        return self._op("Add", self._op("MatMul", states, weight), bias)

    def _normed(self, states: str, name: str) -> str:
        scale, bias = self._weight(f"{name}.weight"), self._weight(f"{name}.bias")
        return self._op("LayerNormalization", states, scale, bias, axis=-1, epsilon=self._architecture.epsilon)

    def _weight(self, name: str) -> str:
        return self._constant(self._weights[name])

    def _constant(self, value: np.generic | NDArray[np.float32] | NDArray[np.int64]) -> str:
        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def _op(self, kind: str, *inputs: str, output: str | None = None, **attributes: object) -> str:
        name = output or f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def _model(self) -> ModelProto:
        hidden = self._architecture.hidden
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"])
            for name in ("input_ids", "attention_mask")
        ]
        outputs = [
            helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["batch", "length", hidden]),
            helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["batch", hidden]),
        ]
        graph = helper.make_graph(self._nodes, "bert", inputs, outputs, initializer=self._constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
