"""A token counter alone, for processes that cut texts but never embed."""

from __future__ import annotations

from pathlib import Path

from retrieval.embedding.architecture import TOKENIZER
from retrieval.embedding.errors import ModelNotFound
from retrieval.embedding.protocol import TokenCounter
from retrieval.embedding.source import find_model
from retrieval.embedding.tokenizer import read_tokenizer


def load_token_counter(model: str) -> TokenCounter:
    """Reads the model's tokenizer.json and nothing else. Raises ModelNotFound."""
    return read_tokenizer(tokenizer_file(model))


def tokenizer_file(model: str) -> Path:
    source = find_model(model)
    return source.folder / TOKENIZER if source.folder else _hub_file(source.name)


def _hub_file(name: str) -> Path:
    # Local: only models by a hub name need it, and it takes .2 s to import.
    from huggingface_hub import hf_hub_download  # noqa: PLC0415

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(hf_hub_download(repository, TOKENIZER))  # honours HF_HUB_OFFLINE
    except (OSError, ValueError) as error:
        raise ModelNotFound(f"The tokenizer of the embedding model {name!r} is not in reach: {error}") from error
