"""The seam to what computes a graph, and the choice between the two that can."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding.batches import Integers
from retrieval.embedding.errors import RuntimeMissing

Floats = NDArray[np.float32]
Output = Literal["sentence", "tokens"]
BF16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})


class Runtime(Protocol):
    """Safe to call from several threads at once."""

    def run(self, ids: Integers, mask: Integers, output: Output) -> Floats:
        """`sentence`: (batch, hidden); `tokens`: (batch, length, hidden). The array is the caller's."""


def choose_runtime(name: str, *, cpu_flags: frozenset[str]) -> str:
    """`auto` is OpenVINO where the CPU computes bf16 (twice as fast there), ONNX Runtime elsewhere.

    Raises RuntimeMissing for an unknown name and for OpenVINO where it is not installed.
    """
    if name == "auto":
        return "openvino" if cpu_flags & BF16_FLAGS and find_spec("openvino") else "onnxruntime"
    if name not in ("onnxruntime", "openvino"):
        raise RuntimeMissing(
            f"Unknown embedding runtime {name!r}; use auto, onnxruntime, openvino or sentence-transformers"
        )
    if find_spec(name) is None:
        raise RuntimeMissing(f"The embedding runtime {name!r} is not installed; install it or use auto")
    return name


def runtime_label(name: str, *, cpu_flags: frozenset[str]) -> str:
    """With the precision it computes in."""
    return "openvino-bf16" if name == "openvino" and cpu_flags & BF16_FLAGS else f"{name}-fp32"


def runtime_opener(label: str, *, threads: int, cache_dir: Path) -> Callable[[Path], Runtime]:
    """What opens a graph's file; nothing heavy is imported until then."""
    # Local imports: each runtime takes .1 s and tens of MB to import, and only the chosen one is needed.
    if label.startswith("openvino"):

        def open_openvino(graph: Path) -> Runtime:
            from retrieval.embedding.openvino_runtime import OpenVinoRuntime  # noqa: PLC0415 - see above

            return OpenVinoRuntime(graph, bf16=label.endswith("bf16"), threads=threads, cache_dir=cache_dir)

        return open_openvino

    def open_onnxruntime(graph: Path) -> Runtime:
        from retrieval.embedding.onnx_runtime import OnnxRuntime  # noqa: PLC0415 - see above

        return OnnxRuntime(graph, threads=threads)

    return open_onnxruntime


def read_cpu_flags(path: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What Linux says the CPU can do; empty elsewhere."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return frozenset()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return frozenset(flags.partition(":")[2].split())
