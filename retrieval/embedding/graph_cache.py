"""The ONNX file of a model folder: built at first start, found again afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path

from retrieval.embedding.architecture import WEIGHTS, Architecture
from retrieval.embedding.atomic_file import write_atomically
from retrieval.embedding.checksum import weights_sha256

BUILDER_VERSION = 1  # raise it with every change to what bert_graph builds


def graph_path(folder: Path, architecture: Architecture, *, cache_dir: Path, expected_sha256: str | None) -> Path:
    """The file's name holds the weights, the architecture and the builder, so a change of any makes a new file."""
    weights = folder / WEIGHTS
    sha256 = weights_sha256(weights, cache_dir=cache_dir, expected=expected_sha256)
    identity = hashlib.sha256(f"{sha256} {architecture} {BUILDER_VERSION}".encode()).hexdigest()[:16]
    path = cache_dir / f"bert-{identity}.onnx"
    if not path.is_file():
        write_atomically(path, _build(weights, architecture))
    return path


def _build(weights: Path, architecture: Architecture) -> bytes:
    # Local: importing onnx takes .3 s, and only the first start needs it.
    from retrieval.embedding.bert_graph import build_graph, read_weights  # noqa: PLC0415

    return bytes(build_graph(read_weights(weights), architecture).SerializeToString())
