"""Settings: read once by a composition root from CAIRN_* and a .env, then passed down as values."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kit.errors import ConfigurationError, Detail

MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """Every field is the environment variable CAIRN_<FIELD>. Sizes are in bytes, times in seconds unless named."""

    model_config = SettingsConfigDict(env_prefix="CAIRN_", env_file=".env", extra="ignore", frozen=True)

    home: Path = Field(
        Path("cairn-home"), description="Folder that holds everything embedded: database, vectors, files"
    )
    host: str = Field("127.0.0.1", description="Address that the server listens on")
    port: int = Field(8420, ge=0, le=65535, description="Port that the server listens on")
    public_url: str | None = Field(
        None,
        description="Address that people reach the server at, for links; unset: as the request names it, and in mails "
        "that anybody can have sent as the server listens",
    )
    admin_key: SecretStr | None = Field(
        None, description="Key of the first administrator; made at first start if unset"
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Keys that logins and other secrets are sealed with: 32 random bytes each, in base64, the newest "
        "first, with commas between; unset: made in the home",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged")
    log_format: Literal["auto", "json", "console"] = Field("auto", description="auto: console on a terminal, else JSON")

    database_url: str | None = Field(None, description="SQLAlchemy URL; unset: SQLite in the home")
    vectors_url: str | None = Field(None, description="URL of a Qdrant server; unset: Qdrant Edge in the home")
    vectors_api_key: SecretStr | None = Field(None, description="API key of the Qdrant server")

    vectors_shards: int = Field(1, ge=1, le=64, description="Shards of a new collection on the Qdrant server")
    vectors_replicas: int = Field(1, ge=1, le=16, description="Copies of each shard on the Qdrant cluster")
    vectors_quantized: bool = Field(
        True, description="Walk graphs of more than 200,000 vectors by a byte a dimension; scores stay exact"
    )
    vectors_on_disk: bool = Field(False, description="Keep vectors of new collections on disk rather than in memory")

    files_url: str | None = Field(None, description="`s3://bucket/prefix` for uploaded files; unset: in the home")
    s3_endpoint: str | None = Field(None, description="URL of the S3-compatible server; unset: AWS")
    s3_region: str | None = Field(None, description="Region of the bucket")
    s3_access_key: SecretStr | None = Field(None, description="Access key id; unset: where AWS tools look")
    s3_secret_key: SecretStr | None = Field(None, description="Secret access key; unset: where AWS tools look")

    queue_url: SecretStr | None = Field(
        None, description="Redis URL for workers in processes of their own; unset: work is done in the server"
    )
    worker_niceness: int = Field(
        10,
        ge=0,
        le=19,
        description="How far a worker process steps back (as `nice`) from what answers people; one that serves `chat` "
        "does not",
    )
    worker_seconds: float = Field(
        20, gt=0, description="How long a worker process works off a queue before it looks at the others again"
    )

    embedding_model: str = Field(
        "all-MiniLM-L6-v2", description="Model name, or folder of a sentence-transformers model"
    )
    embedding_models: str | None = Field(
        None, description="Further models, with commas between, that datasets may be changed to; names or folders"
    )
    reindex_keep_days: float = Field(
        7, ge=0, description="Days that old vectors stay after a change of the embedding model, to go back to"
    )
    embedding_runtime: Literal["auto", "onnxruntime", "openvino", "sentence-transformers"] = Field(
        "auto", description="auto: OpenVINO with bf16 where the CPU has it, else ONNX Runtime"
    )
    embedding_threads: int = Field(0, ge=0, description="Threads of the embedding model; 0: one per core")

    parse_workers: int = Field(2, ge=1, le=64, description="Files parsed at the same time")
    parse_timeout: float = Field(120, gt=0, description="Wall-clock seconds that one file may take to parse")
    parse_cpu_seconds: int = Field(90, ge=1, description="CPU seconds that one file may take to parse")
    parse_memory: int = Field(1024 * MEBIBYTE, ge=64 * MEBIBYTE, description="Bytes of memory one parse may take")
    parse_max_pages: int = Field(5000, ge=1, description="Pages (slides, sheets) of one file")
    parse_max_rows: int = Field(200_000, ge=1, description="Table rows of one file")
    parse_max_inflated: int = Field(512 * MEBIBYTE, ge=1, description="Bytes that an archive-based file may inflate to")
    parse_max_pixels: int = Field(100_000_000, ge=1, description="Pixels of one picture")
    parse_max_characters: int = Field(50_000_000, ge=1, description="Characters of text in one file")
    ocr_page_seconds: int = Field(
        180, ge=1, description="Seconds, of CPU and of the clock, that text recognition may take for one page"
    )
    ocr_memory: int = Field(
        2048 * MEBIBYTE, ge=1024 * MEBIBYTE, description="Bytes of memory one parse may take with text recognition"
    )
    docling_models: Path | None = Field(
        None,
        description="Folder of the models of the parser engine DOCLING (extra `docling`); unset: that engine is not "
        "used, and files that ask for it by name are refused",
    )
    docling_page_seconds: int = Field(
        60, ge=1, description="Seconds, of CPU and of the clock, that Docling may take for one page of a PDF"
    )
    docling_memory: int = Field(
        4096 * MEBIBYTE, ge=2048 * MEBIBYTE, description="Bytes of memory one parse may take with Docling"
    )

    upload_max_files: int = Field(20, ge=1, description="Files in one upload")
    upload_max_file: int = Field(50 * MEBIBYTE, ge=1, description="Bytes of one uploaded file")
    upload_max_batch: int = Field(200 * MEBIBYTE, ge=1, description="Bytes of one upload in all")
    upload_max_waiting: int = Field(
        20_000, ge=1, description="Files waiting to be parsed or embedded before uploads are put off with 503"
    )

    chunk_size: int = Field(512, ge=128, le=2048, description="Chunk size of new datasets, in the model's tokens")
    chunk_overlap: int = Field(64, ge=0, le=512, description="Chunk overlap of new datasets, in the model's tokens")

    search_pool: int = Field(100, ge=20, le=1000, description="Candidates taken from each leg, whatever topK is")
    rerank_model: str | None = Field(
        None,
        min_length=1,
        description="Cross-encoder that reranks, a name or a folder (extra `models`); left out, the embedding model's "
        "own token vectors do",
    )
    rerank_seconds: float = Field(1.5, gt=0, description="Time budget of reranking one search")
    search_records_days: int = Field(
        90, ge=0, le=3650, description="Days that a record of each search is kept; 0 keeps none"
    )

    crawl_workers: int = Field(2, ge=1, le=32, description="Websites crawled at the same time")
    crawl_user_agent: str = Field("Cairn", min_length=1, description="What crawls call themselves, robots.txt included")
    crawl_pages_per_second: float = Field(
        5, gt=0, description="Pages a second from one host, over all crawls on all machines"
    )
    crawl_concurrency: int = Field(8, ge=1, le=64, description="Requests of one crawl at the same time")
    crawl_timeout: float = Field(30, gt=0, description="Seconds that one page may take to come")
    crawl_retries: int = Field(3, ge=0, le=10, description="Further tries for a page whose server is busy or away")
    crawl_max_page: int = Field(20 * MEBIBYTE, ge=1, description="Bytes of one page, unpacked")
    crawl_max_bytes: int = Field(2048 * MEBIBYTE, ge=1, description="Bytes of one crawl")
    crawl_max_seconds: float = Field(6 * 3600, gt=0, description="Seconds of one crawl")
    crawl_memory: int = Field(512 * MEBIBYTE, ge=128 * MEBIBYTE, description="Bytes of memory one crawl may take")
    crawl_removal_share: float = Field(
        0.3, ge=0, le=1, description="Share of a site's pages that a crawl removes without asking a person"
    )
    crawl_browser: str | None = Field(
        None, description="Chromium that draws pages made by scripts; unset: the one that Playwright has installed"
    )
    crawl_browser_sandbox: bool = Field(
        True, description="Whether Chromium shuts its pages in; off only where a container does, or it runs as root"
    )
    crawl_browser_memory: int = Field(
        1024 * MEBIBYTE, ge=256 * MEBIBYTE, description="Bytes of memory the browser of one crawl may take"
    )
    crawl_render_pages: int = Field(100, ge=0, description="Pages of one crawl that are drawn in a browser")
    crawl_render_seconds: float = Field(20, gt=0, le=300, description="Seconds that drawing one page may take")
    crawl_render_concurrency: int = Field(1, ge=1, le=2, description="Pages of one crawl drawn at the same time")
    agent_workers: int = Field(1, ge=1, le=32, description="Runs of agents at the same time")
    agent_run_turns: int = Field(12, ge=1, le=1000, description="Turns that one run of an agent may take")
    agent_run_seconds: float = Field(300, gt=0, description="Seconds that the turns of one run may take together")
    chat_agent: str = Field(
        "researcher",
        min_length=1,
        max_length=64,
        description="Role of the agent that answers in conversations: it reads what that role and the person who asks "
        "may both read",
    )
    chat_workers: int = Field(2, ge=1, le=32, description="Answers in conversations that are made at the same time")
    chat_wait_seconds: float = Field(
        120, gt=0, le=3600, description="Seconds that a request waits for an answer, which is made also without it"
    )
    openai_url: str | None = Field(
        None,
        description="Base URL of an OpenAI-compatible server for agents whose adapter is `openai`, such as "
        "`http://127.0.0.1:11434/v1` of Ollama; unset: https://api.openai.com/v1, if there is a key",
    )
    openai_key: SecretStr | None = Field(None, description="Key of that server; an agent may have one of its own")
    openai_model: str | None = Field(None, description="Model of agents whose adapter is `openai` and that name none")
    anthropic_url: str | None = Field(
        None,
        description="Base URL of the server for agents whose adapter is `anthropic`; unset: "
        "https://api.anthropic.com, if there is a key",
    )
    anthropic_key: SecretStr | None = Field(None, description="Key of that server; an agent may have one of its own")
    anthropic_model: str | None = Field(
        None, description="Model of agents whose adapter is `anthropic` and that name none"
    )
    model_allow: str | None = Field(
        None,
        description="Networks, with commas between, that the servers of `CAIRN_OPENAI_URL` and `CAIRN_ANTHROPIC_URL` "
        "may be in although they are not public, beside `CAIRN_EGRESS_ALLOW`; no tenant's server may for this",
    )
    model_prices: str | None = Field(
        None,
        description="US dollars for a million tokens read and written, `model=0.25/2`, with commas between; what a "
        "model costs that is not there is not known",
    )
    model_silence: float = Field(60, gt=0, description="Seconds that a model's server may say nothing")
    model_reply_tokens: int = Field(4096, ge=16, description="Tokens that one reply of a model may have")
    schedule_seconds: float = Field(10, gt=0, description="How often a worker looks for what is due by schedule")
    egress_allow: str | None = Field(
        None, description="Networks, with commas between, that may be fetched from although they are not public"
    )
    smtp_url: SecretStr | None = Field(
        None, description="Mail server, smtp://user:password@host:587 or smtps://…; unset: mail goes to home/outbox"
    )
    mail_from: str = Field("cairn@localhost", description="Sender of the mail that Cairn sends")
    oidc_issuer: str | None = Field(
        None, description="OpenID provider that people may sign in by, as it calls itself; unset: none"
    )
    oidc_client_id: str | None = Field(None, description="What Cairn is called at the OpenID provider")
    oidc_client_secret: SecretStr | None = Field(None, description="What Cairn proves that with")
    oidc_role: Literal["admin", "member", "reviewer"] | None = Field(
        None, description="Role of people who are new here; unset: only people who were invited are let in"
    )
    rate_limit: int = Field(0, ge=0, description="Requests a minute of one key that has no limit of its own; 0: none")
    task_rate_limit: int = Field(
        60, ge=0, description="Tasks a minute that one key may make at the platform's surface; 0: no limit"
    )
    quota_storage: int = Field(0, ge=0, description="Bytes of originals that each tenant may keep; 0: no limit")
    quota_chunks: int = Field(0, ge=0, description="Chunks that each tenant may keep; 0: no limit")
    quota_searches: int = Field(0, ge=0, description="Searches a day (UTC) of each tenant; 0: no limit")
    quota_requests: int = Field(0, ge=0, description="Requests a minute of each tenant, over all its keys; 0: no limit")
    audit_days: int = Field(0, ge=0, description="Days that the audit trail is kept; 0: for ever")

    lease_seconds: float = Field(30, ge=1, description="How long a job stays with a worker that has gone silent")
    job_days: float = Field(30, ge=0, description="Days that finished jobs are listed; failed ones stay until dropped")
    drain_seconds: int = Field(
        20, ge=0, description="Time that a stopping server gives to requests which it has taken in; streams end at once"
    )
    shutdown_seconds: float = Field(10, ge=0, description="Time that a stopping server gives to its running steps")

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("docling_models")
    @classmethod
    def _absolute_where_set(cls, folder: Path | None) -> Path | None:
        return None if folder is None else folder.expanduser().absolute()

    @property
    def sqlite_path(self) -> Path:
        return self.home / "cairn.db"

    @property
    def resolved_database_url(self) -> str:
        return self.database_url or f"sqlite:///{self.sqlite_path}"

    @property
    def address(self) -> str:
        """Where the server says that it is, without a slash at the end: for links that no request may have a say in."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def embedding_model_names(self) -> list[str]:
        """As they are given, that of new datasets first."""
        further = (name.strip() for name in (self.embedding_models or "").split(","))
        return list(dict.fromkeys([self.embedding_model, *(name for name in further if name)]))

    @property
    def resolved_embedding_threads(self) -> int:
        return self.embedding_threads or os.cpu_count() or 1


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment, with given values on top; ConfigurationError names each bad variable."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # checked by pydantic, which reports below
    except ValidationError as error:
        details = [Detail(f"CAIRN_{str(e['loc'][0]).upper()}", e["msg"]) for e in error.errors()]
        named = "; ".join(f"{d.field}: {d.message}" for d in details)
        raise ConfigurationError(f"settings are not usable: {named}", details=details) from error
