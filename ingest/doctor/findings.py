"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class Ailment(StrEnum):
    ORPHAN_VECTORS = "orphan_vectors"
    MISSING_VECTORS = "missing_vectors"
    MISSING_CHUNKS = "missing_chunks"
    MISSING_ORIGINAL = "missing_original"
    ORPHAN_FILE = "orphan_stored_file"
    STALLED_BUILD = "stalled_build"
    UNREMOVED_FILE = "unremoved_file"
    UNREMOVED_DATASET = "unremoved_dataset"
    DEAD_JOB = "dead_job"
    ENGINE_UNAVAILABLE = "parser_engine_unavailable"


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is the id or key it is about; `remedy` says what a repair does, or what a person must do.

    `repairable`: whether `Doctor.repair` mends it. `generation` and `collection` are set where vectors are meant.
    `tenant_id` is None where no row is left to tell whose it was.
    """

    ailment: Ailment
    subject: str
    message: str
    remedy: str
    repairable: bool
    generation: int = 0
    collection: str = ""
    tenant_id: str | None = None

    @property
    def id(self) -> str:
        """The same for the same trouble, whenever it is found."""
        named = f"{self.ailment}\0{self.subject}\0{self.generation}\0{self.collection}"
        return sha256(named.encode()).hexdigest()[:16]
