"""From settings to the engines behind the protocols. What is heavy to import is imported by what needs it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pydantic import SecretStr

from ingest.parsers.options import ParseOptions
from ingest.parsers.sniffing import sniff
from ingest.pipeline.bounds import ParseBounds
from ingest.sandbox.docling_task import DoclingState
from ingest.sandbox.draft_task import Counting, rehearsal
from ingest.sandbox.limits import Limits
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.sniff_task import sniff_file
from ingest.settings import DoclingLimits, OcrLimits
from ingest.storage.folder import FolderStore
from ingest.storage.protocol import FileStore
from kit.clock import Clock
from kit.db.database import Database
from kit.home import Home
from kit.manifest import Uses
from kit.secrets.keys import KeyRing
from kit.secrets.store import Secrets
from kit.settings import Settings
from retrieval.embedding.models import Models
from retrieval.embedding.protocol import Embedder, ModelInfo, TokenStates
from retrieval.ranking.late_interaction import LateInteraction
from retrieval.search.reranking import Scorer
from retrieval.stores.edge.compaction import CompactionPolicy
from retrieval.stores.edge.store import EdgeStore
from retrieval.stores.protocol import CollectionSpec, VectorStore

_LOOKED_AT_HERE = 1024 * 1024
"""Bytes of a file up to which its kind is told in the server itself: even a hostile archive is over in no time."""


@dataclass(frozen=True, slots=True)
class Engines:
    """What the services stand on. `collection` is where vectors of new datasets go; `countings` are by model."""

    database: Database
    store: VectorStore
    files: FileStore
    sandbox: Sandbox
    countings: Mapping[str, Counting]
    models: Models
    collection: str
    secrets: Secrets
    docling: DoclingState

    @property
    def embedder(self) -> Embedder:
        """The model of new datasets."""
        return self.models.default

    def close(self) -> None:
        self.sandbox.close()
        self.store.close()
        self.database.close()


def open_engines(settings: Settings, home: Home, database: Database, *, clock: Clock) -> Engines:
    """The vector engine starts here; models and the parsers' process wait for their first use."""
    models, store = make_models(settings, home), make_store(settings, home)
    info = models.default.info
    collection = collection_of(info)
    store.ensure(CollectionSpec(collection, info.vector_size))
    files = make_files(settings, home)
    files.open()
    countings = make_countings(settings, models)
    secrets = Secrets(keys=make_keys(settings, home), clock=clock)
    sandbox = make_sandbox([*countings.values()])
    docling = make_docling(settings, sandbox)
    return Engines(database, store, files, sandbox, countings, models, collection, secrets, docling)


def make_keys(settings: Settings, home: Home) -> KeyRing:
    """A database server may be read from other machines, which do not have what is in this home."""
    given, is_shared = settings.secret_key, uses_of(settings).database != "sqlite"
    return KeyRing.of(given.get_secret_value() if given else None, home.secret_keys, is_shared=is_shared)


def uses_of(settings: Settings) -> Uses:
    """Which parts live in the home, in the words of its manifest."""
    database = "sqlite" if settings.resolved_database_url.startswith("sqlite") else "server"
    return Uses(database=database, vectors="server" if settings.vectors_url else "edge")


def make_models(settings: Settings, home: Home) -> Models:
    # Local: the tokenizer's library is not for processes that only import the app.
    from retrieval.embedding.factory import create_embedder  # noqa: PLC0415

    return Models(
        [
            create_embedder(
                model=model,
                runtime=settings.embedding_runtime,
                cache_dir=home.path / "models",
                threads=settings.resolved_embedding_threads,
            )
            for model in settings.embedding_model_names
        ]
    )


def make_scorer(settings: Settings, embedder: Embedder) -> Scorer | None:
    """ModelNotFound or RuntimeMissing where a cross-encoder is set and is not there."""
    if settings.rerank_model is not None:
        # Local: only installations with the extra set one.
        from retrieval.ranking.cross_encoder import open_cross_encoder  # noqa: PLC0415

        return open_cross_encoder(settings.rerank_model, threads=settings.resolved_embedding_threads)
    return LateInteraction(embedder) if isinstance(embedder, TokenStates) else None


def make_store(settings: Settings, home: Home) -> VectorStore:
    if settings.vectors_url is None:
        return EdgeStore(home.vectors, policy=CompactionPolicy(quantized=settings.vectors_quantized))
    # Local: the client of a server that most installations do not have.
    from retrieval.stores.qdrant_server import QdrantServerStore, ServerOptions, connect  # noqa: PLC0415

    options = ServerOptions(
        shards=settings.vectors_shards,
        replicas=settings.vectors_replicas,
        on_disk=settings.vectors_on_disk,
        quantized=settings.vectors_quantized,
    )
    return QdrantServerStore(
        connect(settings.vectors_url, api_key=_revealed(settings.vectors_api_key)), options=options
    )


def make_files(settings: Settings, home: Home) -> FileStore:
    if settings.files_url is None:
        return FolderStore(home.files)
    # Local: the client of a store that most installations do not have.
    from ingest.storage.s3 import Bucket, S3Store, bucket_in  # noqa: PLC0415

    name, prefix = bucket_in(settings.files_url)
    bucket = Bucket(
        name=name,
        prefix=prefix,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key=_revealed(settings.s3_access_key),
        secret_key=_revealed(settings.s3_secret_key),
    )
    return S3Store(bucket, home.path / "spool")


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None


def collection_of(model: ModelInfo) -> str:
    """One collection for each embedding model and size, such as `chunks-all-minilm-l6-v2-384`."""
    name = re.sub(r"[^a-z0-9]+", "-", model.name.lower()).strip("-")
    return f"chunks-{name[-80:]}-{model.vector_size}"


def make_countings(settings: Settings, models: Models) -> Mapping[str, Counting]:
    """By the model's name."""
    # Local: as in make_models.
    from retrieval.embedding.token_counter import tokenizer_file  # noqa: PLC0415

    given = zip(settings.embedding_model_names, models.names, strict=True)
    return {name: Counting(tokenizer_file(model), models.of(name).info.special_tokens) for model, name in given}


def make_sandbox(countings: Sequence[Counting]) -> Sandbox:
    return Sandbox(prepare=[rehearsal(counting) for counting in countings])


def parse_options(settings: Settings) -> ParseOptions:
    return ParseOptions(
        max_pages=settings.parse_max_pages,
        max_rows=settings.parse_max_rows,
        max_inflated_bytes=settings.parse_max_inflated,
        max_characters=settings.parse_max_characters,
        max_pixels=settings.parse_max_pixels,
        docling_models=str(settings.docling_models) if settings.docling_models else None,
    )


def parse_limits(settings: Settings) -> Limits:
    return Limits(
        seconds=settings.parse_timeout, cpu_seconds=settings.parse_cpu_seconds, memory_bytes=settings.parse_memory
    )


def parse_bounds(settings: Settings) -> ParseBounds:
    return ParseBounds(
        limits=parse_limits(settings),
        ocr=OcrLimits(page_seconds=settings.ocr_page_seconds, memory_bytes=settings.ocr_memory),
        docling=DoclingLimits(page_seconds=settings.docling_page_seconds, memory_bytes=settings.docling_memory),
        max_pages=settings.parse_max_pages,
        has_docling=settings.docling_models is not None,
    )


def make_docling(settings: Settings, sandbox: Sandbox) -> DoclingState:
    limits = replace(parse_limits(settings), memory_bytes=settings.docling_memory)
    return DoclingState(sandbox, settings.docling_models, limits=limits)


def mime_type_of(sandbox: Sandbox, path: Path, file_name: str) -> str:
    """Implements the Sniffer of uploads."""
    look = sniff if path.stat().st_size <= _LOOKED_AT_HERE else partial(sniff_file, sandbox)
    return look(path, file_name).mime_type
