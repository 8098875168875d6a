"""ONNX Runtime, fp32."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from retrieval.embedding.batches import Integers
from retrieval.embedding.runtimes import Floats, Output


class OnnxRuntime:
    """One session; its runs share `threads` threads and go on side by side."""

    def __init__(self, graph: Path, *, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        # Spinning threads take the cores from everybody else: 30 chunks/s without against 10 with, on a busy machine.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])

    def run(self, ids: Integers, mask: Integers, output: Output) -> Floats:
        (values,) = self._session.run([output], {"input_ids": ids, "attention_mask": mask})
        return np.asarray(values, dtype=np.float32)
