"""Reranking by a cross-encoder of the sentence-transformers library. Needs the `models` extra (torch)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from retrieval.embedding.errors import ModelNotFound, ModelUnsupported, RuntimeMissing
from retrieval.embedding.once import Once
from retrieval.embedding.protocol import Passage
from retrieval.embedding.runtimes import BF16_FLAGS, read_cpu_flags
from retrieval.embedding.sentence_transformers_embedder import hub_is_offline, require_extra

GROUP = 4  # pairs between two looks at the clock


class PairScorer(Protocol):
    """What is used of sentence_transformers.CrossEncoder."""

    def predict(
        self, pairs: Sequence[tuple[str, str]], /, *, batch_size: int, show_progress_bar: bool
    ) -> NDArray[np.float32]: ...


class CrossEncoderScorer:
    """Reads question and passage together. Loads its model on first use; `clock` counts seconds."""

    def __init__(
        self, name: str, load: Callable[[], PairScorer], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._model = Once(load)
        self._clock = clock

    @property
    def name(self) -> str:
        return f"cross-encoder {self._name}"

    def score(self, query: str, passages: Sequence[Passage], *, seconds: float = math.inf) -> list[float]:
        """Scores in [0, 1] of the first passages, as many as fit into `seconds`, which do not count the loading.

        What of a passage is longer than the model reads is left out of its score.
        """
        model = self._model.get()
        started = self._clock()
        found: list[float] = []
        longest = 0.0
        while len(found) < len(passages):
            before = self._clock()
            if before - started + longest > seconds:
                break
            group = passages[len(found) : len(found) + GROUP]
            pairs = [(query, f"{one.context}\n{one.content}" if one.context else one.content) for one in group]
            scores = model.predict(pairs, batch_size=GROUP, show_progress_bar=False)
            found.extend(min(1.0, max(0.0, float(score))) for score in scores)
            longest = max(longest, self._clock() - before)
        return found


def open_cross_encoder(model: str, *, threads: int) -> CrossEncoderScorer:
    """Raises RuntimeMissing without the extra and ModelNotFound for a path that holds no model; a name on the hub is
    looked for when it is first used."""
    try:
        require_extra(model)
    except RuntimeMissing as error:
        raise RuntimeMissing(
            f"The reranking model {model!r} needs the sentence-transformers library: run `pip install 'cairn[models]'`"
        ) from error
    looks_like_path = model.startswith((".", "/", "~"))
    folder = Path(model).expanduser()
    if (looks_like_path or folder.is_dir()) and not (folder / "config.json").is_file():
        raise ModelNotFound(f"The reranking model {model!r} is no folder with a config.json; check CAIRN_RERANK_MODEL")
    target = str(folder) if folder.is_dir() else model
    return CrossEncoderScorer(folder.name if folder.is_dir() else model, lambda: load_pair_scorer(target, threads))


def load_pair_scorer(model: str, threads: int) -> PairScorer:
    """In bf16 where the CPU computes it. Raises ModelNotFound, and ModelUnsupported for one that is no reranker."""
    # Local imports: torch takes seconds to import and is an extra.
    import torch  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - there only with the extra
    from sentence_transformers import CrossEncoder  # noqa: PLC0415 - as torch

    torch.set_num_threads(threads)
    precision = {"dtype": "bfloat16"} if BF16_FLAGS & read_cpu_flags() else {}
    try:
        encoder = CrossEncoder(model, device="cpu", local_files_only=hub_is_offline(), model_kwargs=precision)
    except (OSError, ValueError) as error:
        raise ModelNotFound(
            f"The reranking model {model!r} cannot be loaded: {error}. "
            "Give a local folder, or let it be downloaded once"
        ) from error
    if encoder.num_labels != 1:
        raise ModelUnsupported(
            f"The reranking model {model!r} gives {encoder.num_labels} scores a pair; "
            "choose one that gives a single score"
        )
    return cast("PairScorer", encoder)
