"""A BERT folder small enough for a test, with random weights and a vocabulary of a few words."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

HIDDEN, LAYERS, INNER, POSITIONS = 16, 2, 32, 64
VOCABULARY = """
[PAD] [UNK] [CLS] [SEP] [MASK] a the river bank flows water money loan query passage : title of and . , ? sep
[ ] ##s ##er ##ing zero one two three four five six seven eight nine
"""
WORDS = VOCABULARY.split()


def write_tiny_bert(folder: Path, *, window: int = 32, pooling: str = "mean_tokens", **config: object) -> Path:
    """A sentence-transformers folder; `config` overrides what config.json says."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / "config.json", {**_config(), **config})
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": window, "do_lower_case": False})
    write_json(folder / "modules.json", _modules())
    (folder / "1_Pooling").mkdir(exist_ok=True)
    write_json(folder / "1_Pooling" / "config.json", {f"pooling_mode_{pooling}": True})
    save_file(random_weights(), str(folder / "model.safetensors"))
    _tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value))


def random_weights() -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    random = np.random.default_rng(7)
    return {name: random.normal(0, 0.3, shape).astype(np.float32) for name, shape in _shapes().items()}


def _config() -> dict[str, object]:
    return {
        "model_type": "bert",
        "hidden_act": "gelu",
        "hidden_size": HIDDEN,
        "intermediate_size": INNER,
        "num_hidden_layers": LAYERS,
        "num_attention_heads": 2,
        "max_position_embeddings": POSITIONS,
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    }


def _modules() -> list[dict[str, object]]:
    kinds = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize"}
    return [{"type": f"sentence_transformers.models.{kind}", "path": path} for kind, path in kinds.items()]


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(WORDS), HIDDEN),
        "embeddings.position_embeddings.weight": (POSITIONS, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
        **_norm("embeddings"),
    }
    for layer in range(LAYERS):
        prefix = f"encoder.layer.{layer}"
        for name in ("query", "key", "value"):
            shapes |= _dense(f"{prefix}.attention.self.{name}", HIDDEN, HIDDEN)
        shapes |= _dense(f"{prefix}.attention.output.dense", HIDDEN, HIDDEN) | _norm(f"{prefix}.attention.output")
        shapes |= _dense(f"{prefix}.intermediate.dense", HIDDEN, INNER)
        shapes |= _dense(f"{prefix}.output.dense", INNER, HIDDEN) | _norm(f"{prefix}.output")
    return shapes


def _dense(name: str, inner: int, outer: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (outer, inner), f"{name}.bias": (outer,)}


def _norm(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.LayerNorm.weight": (HIDDEN,), f"{name}.LayerNorm.bias": (HIDDEN,)}


def _tokenizer() -> Tokenizer:
    vocabulary = {word: index for index, word in enumerate(WORDS)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    # As shipped with real models: what must be switched off or text is lost without a word.
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8)
    return tokenizer
