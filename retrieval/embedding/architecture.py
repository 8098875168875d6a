"""What a sentence-transformers folder says about itself, read from its JSON files without loading the weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from retrieval.embedding.errors import ModelNotFound, ModelUnsupported

WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
ACTIVATIONS = {"gelu": "none", "gelu_new": "tanh", "gelu_pytorch_tanh": "tanh"}  # to ONNX Gelu's `approximate`
DOCUMENT_PROMPTS = ("document", "passage", "corpus")  # the names sentence-transformers tries, in its order


class Pooling(StrEnum):
    MEAN = "mean"
    CLS = "cls"


@dataclass(frozen=True, slots=True)
class Architecture:
    """A BERT encoder with pooling. `window` counts special tokens; prompts are put before every input."""

    layers: int
    heads: int
    hidden: int
    epsilon: float
    gelu: str
    pad_id: int
    window: int
    pooling: Pooling
    normalize: bool
    query_prompt: str = ""
    document_prompt: str = ""


def read_architecture(folder: Path) -> Architecture:
    """Raises ModelUnsupported, naming the reason, for anything that is not plain BERT with mean or cls pooling."""
    config = _read(folder / "config.json")
    _require(config.get("model_type") == "bert", folder, f"model_type {config.get('model_type')!r} is not 'bert'")
    _require(_text(config, "hidden_act") in ACTIVATIONS, folder, f"hidden_act {config.get('hidden_act')!r}")
    _require(config.get("position_embedding_type", "absolute") == "absolute", folder, "relative positions")
    _require((folder / TOKENIZER).is_file(), folder, f"it has no {TOKENIZER}")
    _require((folder / WEIGHTS).is_file(), folder, f"it has no {WEIGHTS} in one piece")
    pooling, normalize = _modules(folder)
    query, document = _prompts(folder)
    return Architecture(
        layers=_integer(config, "num_hidden_layers"),
        heads=_integer(config, "num_attention_heads"),
        hidden=_integer(config, "hidden_size"),
        epsilon=float(str(config.get("layer_norm_eps", 1e-12))),
        gelu=ACTIVATIONS[_text(config, "hidden_act")],
        pad_id=_integer(config, "pad_token_id", 0),
        window=_window(folder, _integer(config, "max_position_embeddings")),
        pooling=pooling,
        normalize=normalize,
        query_prompt=query,
        document_prompt=document,
    )


def _modules(folder: Path) -> tuple[Pooling, bool]:
    modules = json.loads((folder / "modules.json").read_text()) if (folder / "modules.json").is_file() else []
    kinds = {str(module["type"]).rsplit(".", 1)[-1]: str(module["path"]) for module in modules}
    unknown = sorted(set(kinds) - {"Transformer", "Pooling", "Normalize"})
    _require(not unknown, folder, f"modules {unknown}")
    _require(not kinds.get("Transformer"), folder, "its transformer is in a subfolder")
    pooling = _pooling(folder, kinds["Pooling"]) if "Pooling" in kinds else Pooling.MEAN
    return pooling, "Normalize" in kinds


def _pooling(folder: Path, path: str) -> Pooling:
    config = _read(folder / path / "config.json")
    modes = {key.removeprefix("pooling_mode_") for key, on in config.items() if key.startswith("pooling_mode_") and on}
    if isinstance(config.get("pooling_mode"), str):  # the newer spelling: one key with the mode's name
        modes = {_text(config, "pooling_mode")}
    _require(config.get("include_prompt", True) is True, folder, "prompts are left out of its pooling")
    if modes in ({"mean_tokens"}, {"mean"}):
        return Pooling.MEAN
    _require(modes in ({"cls_token"}, {"cls"}), folder, f"pooling {sorted(modes)}")
    return Pooling.CLS


def _window(folder: Path, positions: int) -> int:
    path = folder / "sentence_bert_config.json"
    config = _read(path) if path.is_file() else {}
    _require(not config.get("do_lower_case"), folder, "it lowercases outside its tokenizer")
    longest = config.get("max_seq_length")
    return min(positions, longest) if isinstance(longest, int) else positions


def _prompts(folder: Path) -> tuple[str, str]:
    path = folder / "config_sentence_transformers.json"
    prompts = _read(path).get("prompts") if path.is_file() else None
    if not isinstance(prompts, dict):
        return "", ""
    document = next((str(prompts[name]) for name in DOCUMENT_PROMPTS if prompts.get(name)), "")
    return str(prompts.get("query") or ""), document


def _read(path: Path) -> dict[str, object]:
    if not path.is_file():
        raise ModelNotFound(f"The embedding model needs {path}, which is not there; use a sentence-transformers folder")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelNotFound(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ModelNotFound(f"{path} holds no JSON object")
    return value


def _integer(config: dict[str, object], key: str, default: int | None = None) -> int:
    value = config.get(key, default)
    if not isinstance(value, int):
        raise ModelNotFound(f"The embedding model's config.json has {key}={value!r}, not a whole number")
    return value


def _text(config: dict[str, object], key: str) -> str:
    return str(config.get(key, ""))


def _require(holds: bool, folder: Path, reason: str) -> None:
    if not holds:
        raise ModelUnsupported(f"{folder} cannot be served by the built-in runtime: {reason}")
