"""Any model that the sentence-transformers library can load. Needs the `models` extra (torch)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from threading import Lock
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from retrieval.embedding.errors import ModelNotFound, RuntimeMissing
from retrieval.embedding.once import Once
from retrieval.embedding.protocol import ModelInfo, Passage, TokenCounter
from retrieval.embedding.text_windows import text_windows
from retrieval.embedding.tokenizer import ModelTokenizer
from retrieval.types import Vector

DOCUMENT_PROMPTS = ("document", "passage", "corpus")  # the names that encode_document tries, in its order
TURN = 8  # texts computed before another thread may have the model
DEFAULT_WINDOW = 512  # for a model that names no longest input


class Encoder(Protocol):
    """What is used of sentence_transformers.SentenceTransformer. Vectors are (texts, size)."""

    max_seq_length: int | None
    prompts: Mapping[str, str]

    def encode_query(self, texts: list[str], /, *, normalize_embeddings: bool) -> NDArray[np.float32]: ...

    def encode_document(self, texts: list[str], /, *, normalize_embeddings: bool) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class LoadedModel:
    encoder: Encoder
    tokenizer: ModelTokenizer
    window: int
    vector_size: int

    def prompt(self, *names: str) -> str:
        return next((self.encoder.prompts[name] for name in names if self.encoder.prompts.get(name)), "")


class SentenceTransformersEmbedder:
    """`info` loads the model: only the model itself knows its vector size. Every other promise is Embedder's."""

    def __init__(self, *, name: str, load: Callable[[], LoadedModel]) -> None:
        self._name = name
        self._loaded = Once(load)
        self._turn = Lock()

    @property
    def info(self) -> ModelInfo:
        model = self._loaded.get()
        return ModelInfo(
            provider="sentence-transformers",
            name=self._name,
            vector_size=model.vector_size,
            window=model.window,
            special_tokens=model.tokenizer.special_tokens,
            runtime="torch",
        )

    @property
    def tokens(self) -> TokenCounter:
        return self._loaded.get().tokenizer

    def warm(self) -> None:
        self.embed_query("warm")

    def embed_query(self, text: str) -> Vector:
        model = self._loaded.get()
        windows = text_windows(model.tokenizer, Passage(text), size=model.window, prompt=model.prompt("query"))
        vectors = model.encoder.encode_query(list(windows), normalize_embeddings=True)
        mean = np.asarray(vectors, dtype=np.float32).mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)

    def embed_passages(self, passages: Sequence[Passage]) -> Sequence[Sequence[Vector]]:
        model = self._loaded.get()
        prompt = model.prompt(*DOCUMENT_PROMPTS)
        groups = [text_windows(model.tokenizer, one, size=model.window, prompt=prompt) for one in passages]
        vectors = self._documents(model, [window for group in groups for window in group])
        return [[next(vectors) for _ in group] for group in groups]

    def _documents(self, model: LoadedModel, texts: Sequence[str]) -> Iterator[Vector]:
        for start in range(0, len(texts), TURN):
            with self._turn:
                vectors = model.encoder.encode_document(list(texts[start : start + TURN]), normalize_embeddings=True)
            yield from np.asarray(vectors, dtype=np.float32)


def require_extra(model: str) -> None:
    """Raises RuntimeMissing where the extra is not installed."""
    if find_spec("sentence_transformers") is None:
        raise RuntimeMissing(
            f"The embedding model {model!r} needs the sentence-transformers library: run `pip install 'cairn[models]'`"
        )


def load_model(model: str, *, threads: int) -> LoadedModel:
    """From a folder, the hub's cache, or, unless HF_HUB_OFFLINE is set, the hub. Raises ModelNotFound."""
    # Local imports: torch takes seconds to import and is an extra.
    import torch  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - there only with the extra
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as torch

    torch.set_num_threads(threads)
    try:
        encoder = SentenceTransformer(model, device="cpu", local_files_only=hub_is_offline())
    except (OSError, ValueError) as error:
        raise ModelNotFound(
            f"The embedding model {model!r} cannot be loaded: {error}. "
            "Give a local folder, or let it be downloaded once"
        ) from error
    tokenizer = ModelTokenizer(Tokenizer.from_str(encoder.tokenizer.backend_tokenizer.to_str()))
    size = len(encoder.encode_query("size"))
    return LoadedModel(cast("Encoder", encoder), tokenizer, encoder.max_seq_length or DEFAULT_WINDOW, size)


def hub_is_offline() -> bool:
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}
