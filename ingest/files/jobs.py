"""The kinds of work about files. Payloads hold ids; the rows say what is to be done."""

from __future__ import annotations

from dataclasses import replace

from kit.jobs.types import NewJob

PARSE = "file.parse"
EMBED = "file.embed"
SWITCH = "file.switch"
SWEEP = "file.sweep"
REMOVE = "file.remove"
UNPACK = "file.unpack"

BUILDING = (PARSE, EMBED)

PARSE_QUEUE = "parse"
EMBED_QUEUE = "embed"
DEFAULT_QUEUE = "default"

_SOON = 50


def parse_job(*, tenant_id: str, dataset_id: str, file_id: str, generation: int, lot: str | None = None) -> NewJob:
    job = _build_job(PARSE, PARSE_QUEUE, generation, tenant_id=tenant_id, dataset_id=dataset_id, file_id=file_id)
    return replace(job, lot=lot)


def embed_job(*, tenant_id: str, dataset_id: str, file_id: str, generation: int) -> NewJob:
    """Any may be embedded with any other."""
    job = _build_job(EMBED, EMBED_QUEUE, generation, tenant_id=tenant_id, dataset_id=dataset_id, file_id=file_id)
    return replace(job, lot=EMBED)


def unpack_job(*, tenant_id: str, dataset_id: str, file_id: str, generation: int) -> NewJob:
    """Make files of what came with a message."""
    return _build_job(UNPACK, PARSE_QUEUE, generation, tenant_id=tenant_id, dataset_id=dataset_id, file_id=file_id)


def switch_job(*, tenant_id: str, dataset_id: str, file_id: str) -> NewJob:
    """Make the vectors follow the row's `enabled`."""
    return _upkeep_job(SWITCH, tenant_id, dataset_id, file_id)


def sweep_job(*, tenant_id: str, dataset_id: str, file_id: str) -> NewJob:
    """Remove the file's generations that serve no more."""
    return _upkeep_job(SWEEP, tenant_id, dataset_id, file_id)


def remove_job(*, tenant_id: str, dataset_id: str, file_id: str) -> NewJob:
    """Remove all that is left of a deleted file."""
    return _upkeep_job(REMOVE, tenant_id, dataset_id, file_id)


def _build_job(kind: str, queue: str, generation: int, *, tenant_id: str, dataset_id: str, file_id: str) -> NewJob:
    return NewJob(
        kind=kind,
        queue=queue,
        key=f"{kind}:{file_id}:{generation}",
        subject=file_id,
        payload={"file_id": file_id, "generation": generation},
        tenant_id=tenant_id,
        dataset_id=dataset_id,
    )


def _upkeep_job(kind: str, tenant_id: str, dataset_id: str, file_id: str) -> NewJob:
    return NewJob(
        kind=kind,
        queue=DEFAULT_QUEUE,
        key=f"{kind}:{file_id}",
        subject=file_id,
        payload={"file_id": file_id},
        tenant_id=tenant_id,
        dataset_id=dataset_id,
        priority=_SOON,
        max_attempts=20,
    )
