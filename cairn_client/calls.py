"""The operations, each once: a function from arguments to a request and the type of its answer. Both clients speak
them.

Every function raises nothing; what its call may raise stands in `cairn_client.errors`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote

from cairn_client import models

T_co = TypeVar("T_co", bound=models.Answer, covariant=True)
Content: TypeAlias = tuple[str, bytes]
"""A file's name and bytes."""

_BASE = "/dashboard/v1"
_KB = f"{_BASE}/knowledge-base"


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """A request that is not sent yet. `template` is its path as the OpenAPI document has it."""

    answer: type[T_co]
    method: str
    template: str
    ids: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = None
    files: Sequence[Content] = ()

    @property
    def path(self) -> str:
        path = self.template
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return path


def me() -> Call[models.Caller]:
    """Whose key this is, and what it may do."""
    return Call(models.Caller, "GET", f"{_BASE}/me")


def list_datasets() -> Call[models.DatasetList]:
    """The datasets that the key may see."""
    return Call(models.DatasetList, "GET", f"{_KB}/datasets")


def create_dataset(
    name: str, *, description: str | None = None, chunk_size: int | None = None, chunk_overlap: int | None = None,
    parse_type: str | None = None, allowed_agent_roles: Sequence[str] = (), redact: Sequence[str] = (),
    countries: Sequence[str] = (), ocr_pages: int | None = None, only_main_content: bool = True,
) -> Call[models.DatasetDetail]:  # fmt: skip
    """A new dataset; what is left out is the server's default. Sizes are in the model's tokens. `redact`: kinds of
    personal data that are replaced before indexing (`email`, `phone`, `iban`, `card`, `ip`, `national_id`);
    `countries`: whose phone numbers and national ids, by ISO 3166. `ocr_pages`: how many pages of a file text
    recognition may read; None: it is off. `only_main_content`: web pages without navigation and the like."""
    redaction = {"kinds": list(redact), "countries": list(countries)}
    body = _given(
        name=name, description=description, chunkSize=chunk_size, chunkOverlap=chunk_overlap, parseType=parse_type,
        allowedAgentRoles=list(allowed_agent_roles), redaction=redaction if redact else None,
        ocr={"enabled": True, "maxPages": ocr_pages} if ocr_pages else None,
        onlyMainContent=None if only_main_content else False,
    )  # fmt: skip
    return Call(models.DatasetDetail, "POST", f"{_KB}/datasets", body=body)


def get_dataset(dataset_id: str) -> Call[models.DatasetDetail]:
    """A dataset with its settings and files."""
    return Call(models.DatasetDetail, "GET", f"{_KB}/datasets/{{datasetId}}", {"datasetId": dataset_id})


def delete_dataset(dataset_id: str) -> Call[models.Deleted]:
    """A dataset with everything in it, irreversibly."""
    return Call(models.Deleted, "DELETE", f"{_KB}/datasets/{{datasetId}}", {"datasetId": dataset_id})


def upload(
    dataset_id: str, files: Sequence[Content], *, metadata: Mapping[str, str] | None = None
) -> Call[models.Upload]:
    """Files into a dataset. They are worked off by and by: `wait` tells when they can be found."""
    form = {"metadata": json.dumps(dict(metadata))} if metadata else {}
    return Call(
        models.Upload, "POST", f"{_KB}/datasets/{{datasetId}}/files/upload", {"datasetId": dataset_id}, form=form,
        files=tuple(files),
    )  # fmt: skip


def file_status(dataset_id: str, file_id: str) -> Call[models.FileStatus]:
    """How far a file's ingestion is."""
    return Call(
        models.FileStatus, "GET", f"{_KB}/datasets/{{datasetId}}/files/{{fileId}}/status", _file(dataset_id, file_id)
    )


def delete_file(dataset_id: str, file_id: str) -> Call[models.FileDeleted]:
    """A file with its chunks; no search finds it any more."""
    return Call(
        models.FileDeleted, "DELETE", f"{_KB}/datasets/{{datasetId}}/files/{{fileId}}", _file(dataset_id, file_id)
    )


def chunks(dataset_id: str, file_id: str, *, limit: int = 50, cursor: str | None = None) -> Call[models.ChunkPage]:
    """A page of a file's chunks, in the file's order."""
    query = _given(limit=limit, cursor=cursor)
    return Call(
        models.ChunkPage, "GET", f"{_KB}/datasets/{{datasetId}}/files/{{fileId}}/chunks", _file(dataset_id, file_id),
        query,
    )  # fmt: skip


def search(
    query: str, dataset_ids: Sequence[str], *, top_k: int | None = None, hybrid_alpha: float | None = None,
    min_score: float | None = None, rerank: bool = False, where: Mapping[str, Any] | None = None,
) -> Call[models.Search]:  # fmt: skip
    """Passages by meaning and by words, best first. `where` is the request's `filter`, such as
    `{"metadata": {"language": ["en"]}, "publishedAfter": "2025-01-01"}`."""
    body = _given(
        query=query, datasetIds=list(dataset_ids), topK=top_k, hybridAlpha=hybrid_alpha, minScore=min_score,
        rerank=rerank or None, filter=None if where is None else dict(where),
    )  # fmt: skip
    return Call(models.Search, "POST", f"{_KB}/search", body=body)


def list_keys() -> Call[models.KeyList]:
    """A manager sees the tenant's keys, others their own."""
    return Call(models.KeyList, "GET", f"{_BASE}/access-keys")


def create_key(
    name: str, *, role: str = "member", scopes: Sequence[str] | None = None, agent_role: str | None = None,
    dataset_ids: Sequence[str] | None = None, expires_at: datetime | None = None, rate_limit: int | None = None,
) -> Call[models.IssuedKey]:  # fmt: skip
    """A new key, which never does more than the one that asks. `rate_limit` is requests a minute."""
    body = _given(
        name=name, role=role, scopes=None if scopes is None else list(scopes), agentRole=agent_role,
        datasetIds=None if dataset_ids is None else list(dataset_ids),
        expiresAt=None if expires_at is None else expires_at.isoformat(), rateLimit=rate_limit,
    )  # fmt: skip
    return Call(models.IssuedKey, "POST", f"{_BASE}/access-keys", body=body)


def revoke_key(key_id: str) -> Call[models.Key]:
    """For good, and in every process of the server within a second."""
    return Call(models.Key, "DELETE", f"{_BASE}/access-keys/{{keyId}}", {"keyId": key_id})


def _file(dataset_id: str, file_id: str) -> dict[str, str]:
    return {"datasetId": dataset_id, "fileId": file_id}


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
