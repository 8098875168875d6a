"""Importing the app is light: what parses, crawls or computes is loaded by those who do that."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "torch", "sentence_transformers", "onnxruntime", "openvino", "onnx", "tokenizers", "safetensors",
    "pypdfium2", "docx", "pptx", "openpyxl", "trafilatura", "bs4", "lxml", "markdown_it", "striprtf", "docling",
    "scrapy", "twisted.internet", "celery", "qdrant_client", "qdrant_edge",
    "openai", "anthropic",
}  # fmt: skip
"""Of Twisted its network: structlog loads the logger of a Twisted that is installed, whoever uses it."""


class TestImportingTheApp:
    def test_loads_no_parser_no_crawler_and_no_model_runtime(self) -> None:
        code = "import sys, api.app; print(*sys.modules)"
        loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
        assert "fastapi" in loaded
        assert HEAVY & set(loaded) == set()
