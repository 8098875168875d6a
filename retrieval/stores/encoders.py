"""The encoder that a collection was made with."""

from __future__ import annotations

from retrieval.stores.bm25 import ENGINE_ANALYSIS, Bm25Encoder, Encoder


def encoder_of(*, analysis: int, average_length: float, language: str) -> Encoder:
    """Invalid for a language that there is no stemmer for."""
    if analysis == ENGINE_ANALYSIS:
        # Local: of all processes that use a store, only those that meet an old collection load the engine's library.
        from retrieval.stores.engine_bm25 import EngineEncoder  # noqa: PLC0415

        return EngineEncoder(average_length=average_length, language=language)
    return Bm25Encoder(average_length=average_length, language=language)
