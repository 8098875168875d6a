"""Passages of files as tools tell them: each with its citation, as many as a model can read at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ingest.files.reading import Piece, Place
from orchestration.tasks.types import Json
from retrieval.search.citation import citation_key

ROOM = 4000
"""The embedding model's tokens that one answer of a tool holds; at least one passage, however long."""


def piece_told(place: Place, piece: Piece) -> Json:
    return {
        "chunk_id": piece.chunk_id,
        "file_id": place.file_id,
        "citation": citation_key(file_id=place.file_id, page=piece.page, content=piece.content),
        "dataset": place.dataset_name,
        "file": place.file_name,
        "page": piece.page,
        "headings": [*piece.heading_path],
        "text": piece.content,
    }


def pieces_told(place: Place, pieces: Sequence[Piece]) -> dict[str, Json]:
    """In their order, as far as there is room. `more` says how many were left out, and with which they begin."""
    kept, used = 0, 0
    while kept < len(pieces) and (not kept or used + pieces[kept].token_count <= ROOM):
        used += pieces[kept].token_count
        kept += 1
    told: dict[str, Json] = {"passages": [piece_told(place, one) for one in pieces[:kept]]}
    if kept < len(pieces):
        told["more"] = {"passages": len(pieces) - kept, "from_chunk_id": pieces[kept].chunk_id}
    return told


def place_told(place: Place) -> Mapping[str, Json]:
    return {"file_id": place.file_id, "file": place.file_name, "dataset": place.dataset_name}
