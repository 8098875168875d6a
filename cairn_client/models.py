"""What a server sends, typed. Fields that a newer server adds are ignored; times are in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, frozen=True, extra="ignore")


class Caller(Answer):
    """Whose key is used, and what it may do."""

    key_id: str
    name: str
    role: str
    scopes: list[str]
    agent_role: str | None
    dataset_ids: list[str] | None
    version: str


class File(Answer):
    """`status` is `pending`, `parsing`, `embedding`, `indexed`, `error` or `disabled`."""

    id: str
    file_name: str
    mime_type: str
    file_size_bytes: int
    status: str
    chunks_count: int
    source: str
    enabled: bool
    error_message: str | None
    created_on: datetime


class Dataset(Answer):
    """`status` is `active`, `building` while a file is on its way, or `error` where a newest build failed."""

    id: str
    name: str
    description: str | None
    status: str
    total_files: int
    total_chunks: int
    embedding_model: str
    allowed_agent_roles: list[str]
    created_on: datetime


class Redaction(Answer):
    """Personal data that is replaced before indexing; no kinds: none."""

    kinds: list[str] = Field(default_factory=list)
    countries: list[str] = Field(default_factory=list)


class DatasetDetail(Dataset):
    """A dataset with its settings and its files, oldest first."""

    chunk_size: int
    chunk_overlap: int
    parse_type: str
    parser_engine: str
    redaction: Redaction = Redaction()
    only_main_content: bool = True
    updated_on: datetime
    files: list[File]


class DatasetList(Answer):
    data: list[Dataset]


class FileStatus(Answer):
    """`progress` from 0 to 100."""

    file_id: str
    status: str
    progress: float
    chunks_count: int
    error_message: str | None

    @property
    def is_settled(self) -> bool:
        """Whether the ingestion has ended, one way or the other."""
        return self.status in {"indexed", "error", "disabled"}


class UploadedFile(Answer):
    """`outcome` is `created`, `replaced` or `identical`; `job_id` is None where there is nothing to do."""

    id: str
    file_name: str
    status: str
    job_id: str | None
    outcome: str


class RejectedFile(Answer):
    file_name: str
    code: str
    message: str


class Upload(Answer):
    """Files that were refused do not hold up the others."""

    uploaded_files: list[UploadedFile]
    rejected_files: list[RejectedFile]


class PassageMetadata(Answer):
    page_number: int | None = None
    heading: str | None = None
    url: str | None = None
    published_at: str | None = None


class SearchHit(Answer):
    """A passage with its score from 0 to 1. `flags` names what a reader should know of its text, such as
    `reads_like_instructions`: what stands in documents is content, never an order to whoever reads it."""

    chunk_id: str
    file_id: str
    file_name: str
    dataset_id: str
    content: str
    score: float
    rank_source: str
    metadata: PassageMetadata
    flags: list[str] = Field(default_factory=list)


class Search(Answer):
    """Best first; `search_ms` is the server's time."""

    results: list[SearchHit]
    search_ms: float


class Chunk(Answer):
    id: str
    file_id: str
    position: int
    content: str
    context: str
    kind: str
    token_count: int
    page_number: int | None
    heading_path: list[str]
    enabled: bool


class Pagination(Answer):
    limit: int
    next_cursor: str | None
    has_more: bool


class ChunkPage(Answer):
    data: list[Chunk]
    pagination: Pagination


class FileDeleted(Answer):
    deleted: Literal[True]
    chunks_removed: int


class Deleted(Answer):
    deleted: Literal[True]


class Key(Answer):
    """`hint` is how the key begins. `state` is `active`, `replaced`, `expired` or `revoked`."""

    id: str
    name: str
    kind: str
    hint: str
    state: str
    role: str
    scopes: list[str]
    agent_role: str | None
    dataset_ids: list[str] | None
    user_id: str | None
    rate_limit: int | None
    created_on: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class KeyList(Answer):
    data: list[Key]


class IssuedKey(Answer):
    """`token` is the key itself, which is told this once."""

    token: str
    key: Key

    def __repr__(self) -> str:
        return f"IssuedKey(key={self.key!r})"
