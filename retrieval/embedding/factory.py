"""From the settings to an embedder. Nothing is loaded before the embedder is used."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from retrieval.embedding.architecture import TOKENIZER, Architecture, read_architecture
from retrieval.embedding.bert_embedder import BertEmbedder, Prompts
from retrieval.embedding.errors import ModelUnsupported
from retrieval.embedding.graph_cache import graph_path
from retrieval.embedding.protocol import Embedder, ModelInfo
from retrieval.embedding.runtimes import Runtime, choose_runtime, read_cpu_flags, runtime_label, runtime_opener
from retrieval.embedding.sentence_transformers_embedder import (
    SentenceTransformersEmbedder,
    load_model,
    require_extra,
)
from retrieval.embedding.source import ModelSource, find_model
from retrieval.embedding.tokenizer import read_tokenizer

SPECIAL_TOKENS = 2  # BERT's [CLS] and [SEP]


def create_embedder(*, model: str, runtime: str, cache_dir: Path, threads: int) -> Embedder:
    """A folder with a BERT architecture is served by the built-in runtimes, anything else by sentence-transformers.

    `runtime` is auto, onnxruntime, openvino or sentence-transformers. Raises ModelNotFound, RuntimeMissing, and
    ModelUnsupported where a built-in runtime is asked for by name and cannot serve the model.
    """
    source = find_model(model)
    architecture = None if runtime == "sentence-transformers" else _servable(source, runtime)
    if source.folder and architecture:
        return _built_in(source, source.folder, architecture, runtime=runtime, cache_dir=cache_dir, threads=threads)
    require_extra(model)
    target = str(source.folder or source.name)
    return SentenceTransformersEmbedder(name=source.name, load=partial(load_model, target, threads=threads))


def _servable(source: ModelSource, runtime: str) -> Architecture | None:
    if source.folder is None:
        if runtime == "auto":
            return None
        raise ModelUnsupported(f"The runtime {runtime!r} needs a local folder for the embedding model {source.name!r}")
    try:
        return read_architecture(source.folder)
    except ModelUnsupported:
        if runtime == "auto":
            return None
        raise


def _built_in(
    source: ModelSource, folder: Path, architecture: Architecture, *, runtime: str, cache_dir: Path, threads: int
) -> Embedder:
    flags = read_cpu_flags()
    label = runtime_label(choose_runtime(runtime, cpu_flags=flags), cpu_flags=flags)
    opener = runtime_opener(label, threads=threads, cache_dir=cache_dir)

    def open_runtime() -> Runtime:
        return opener(graph_path(folder, architecture, cache_dir=cache_dir, expected_sha256=source.sha256))

    return BertEmbedder(
        info=ModelInfo(
            provider="built-in",
            name=source.name,
            vector_size=architecture.hidden,
            window=architecture.window,
            special_tokens=SPECIAL_TOKENS,
            runtime=label,
        ),
        open_tokenizer=partial(read_tokenizer, folder / TOKENIZER),
        open_runtime=open_runtime,
        pad_id=architecture.pad_id,
        prompts=Prompts(architecture.query_prompt, architecture.document_prompt),
    )
