"""Everything that ingests and searches, on a real database, with a worker that takes its turns when a test says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from identity.models import Tenant
from identity.types import ROLE_SCOPES, Principal, Role
from ingest.bundles.importing import BundleReader
from ingest.bundles.reading import BundleLimits
from ingest.bundles.writing import BundleWriter
from ingest.datasets.directory import Directory
from ingest.datasets.gate import Gate
from ingest.datasets.service import Datasets, ModelBinding
from ingest.datasets.types import DatasetView, NewDataset
from ingest.doctor.doctor import Doctor
from ingest.doctor.tidying import TidyHandler
from ingest.documents import ParseType
from ingest.files import repository
from ingest.files.builds import Builds
from ingest.files.jobs import DEFAULT_QUEUE, EMBED_QUEUE, PARSE_QUEUE
from ingest.files.models import File
from ingest.files.passages import Passages
from ingest.files.ports import Shelf
from ingest.files.service import Files
from ingest.files.types import (
    FileChange,
    FileSource,
    FileView,
    IncomingFile,
    IngestOverrides,
    UploadedFile,
    UploadReceipt,
)
from ingest.files.uploads import Uploads
from ingest.model_changes.clearing import ClearShelvesHandler
from ingest.model_changes.filling import Filling
from ingest.model_changes.handler import ModelChangeHandler
from ingest.model_changes.service import ModelChanges
from ingest.parsers.options import ParseOptions
from ingest.parsers.sniffing import sniff
from ingest.pipeline.bounds import ParseBounds
from ingest.pipeline.build import BuildBook
from ingest.pipeline.embedding import EmbedHandler
from ingest.pipeline.parsing import ParseHandler
from ingest.pipeline.refreshing import RefreshHandler
from ingest.pipeline.removal import DatasetRemoval, FileRemoval
from ingest.pipeline.sweeping import SweepHandler
from ingest.pipeline.switching import Switch, SwitchHandler
from ingest.pipeline.unpacking import UnpackHandler
from ingest.sandbox.docling_task import DoclingState
from ingest.sandbox.draft_task import Counting
from ingest.sandbox.limits import MEBIBYTE, Limits
from ingest.sandbox.sandbox import Sandbox
from ingest.settings import ChunkDefaults, DoclingLimits, OcrLimits, UploadLimits
from ingest.storage.folder import FolderStore
from ingest.storage.protocol import original_key
from kit.db.base import Base
from kit.db.database import Database
from kit.ids import new_id
from kit.jobs.handler import Signals
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from orchestration.worker.worker import Worker
from retrieval.embedding.models import Models
from retrieval.filters import SearchFilter
from retrieval.golden.comparing import PlaceComparison
from retrieval.search.service import Search
from retrieval.search.types import SearchRequest
from retrieval.stores.protocol import CollectionSpec
from tests.clock import FrozenClock
from tests.unit.ingest.watched_store import WatchedStore
from tests.unit.ingest.word_embedder import SIZE, WordEmbedder

COLLECTION = "chunks-words"
OTHER_COLLECTION = "chunks-other-words"
KEPT_DAYS = 7
QUEUES = (PARSE_QUEUE, EMBED_QUEUE, DEFAULT_QUEUE)
GO_ON = Signals(stopping=lambda: False)
LEASE = 30


@dataclass
class Workshop:
    database: Database
    clock: FrozenClock
    root: Path
    sandbox: Sandbox
    counting: Counting
    limits: UploadLimits = field(default_factory=lambda: UploadLimits(20, 1_000_000, 3_000_000, 100))

    def __post_init__(self) -> None:
        self.store = WatchedStore()
        self.store.ensure(CollectionSpec(COLLECTION, SIZE, average_length=8.0))
        self.embedder = WordEmbedder()
        self.other = WordEmbedder("other words", size=48)
        self.models = Models([self.embedder, self.other])
        self.files = FolderStore(self.root)
        self.files.open()
        self.gate = Gate()
        self.queue = JobQueue(clock=self.clock, lease=timedelta(seconds=LEASE))
        self.builds = Builds(queue=self.queue, clock=self.clock)
        self.book = BuildBook(gate=self.gate, queue=self.queue, clock=self.clock)
        self.switch = Switch(database=self.database, store=self.store, gate=self.gate)
        self.worker = Worker(database=self.database, queue=self.queue, handlers=self._handlers(), lanes=())
        self.caller = self.settle("acme")

    def _handlers(self) -> Sequence[Any]:
        engines: dict[str, Any] = {"gate": self.gate, "store": self.store, "files": self.files}
        rows: dict[str, Any] = {"database": self.database, "jobs": self.queue}
        self.parsing = ParseHandler(
            **rows,
            book=self.book,
            store=self.files,
            sandbox=self.sandbox,
            countings=dict.fromkeys(self.models.names, self.counting),
            options=ParseOptions(),
            bounds=ParseBounds(
                limits=Limits(),
                ocr=OcrLimits(page_seconds=180, memory_bytes=2048 * MEBIBYTE),
                docling=DoclingLimits(page_seconds=60, memory_bytes=4096 * MEBIBYTE),
                max_pages=5000,
                has_docling=False,
            ),
        )
        self.embedding = EmbedHandler(**rows, book=self.book, store=self.store, models=self.models)
        self.unpacking = UnpackHandler(
            **rows,
            store=self.files,
            sandbox=self.sandbox,
            uploads=self.uploads,
            files=self.file_service,
            limits=Limits(),
        )
        filling = Filling(**rows, store=self.store, models=self.models, switch=self.switch)
        self.changing = ModelChangeHandler(
            **rows,
            store=self.store,
            clock=self.clock,
            changes=self.model_changes,
            filling=filling,
            comparison=PlaceComparison(self.database, self.search_service),
        )
        return (
            self.parsing,
            self.embedding,
            self.unpacking,
            RefreshHandler(**rows, gate=self.gate, store=self.store, models=self.models),
            SwitchHandler(**rows, switch=self.switch),
            SweepHandler(**rows, **engines),
            FileRemoval(**rows, **engines),
            DatasetRemoval(**rows, **engines),
            TidyHandler(**rows, doctor=self.doctor),
            self.changing,
            ClearShelvesHandler(**rows, store=self.store, clock=self.clock),
        )

    @property
    def doctor(self) -> Doctor:
        return Doctor(
            database=self.database,
            queue=self.queue,
            gate=self.gate,
            builds=self.builds,
            store=self.store,
            files=self.files,
            models=self.models,
            docling=DoclingState(self.sandbox, None, limits=Limits()),
        )

    @property
    def datasets(self) -> Datasets:
        model = self.embedder.info
        return Datasets(
            gate=self.gate,
            builds=self.builds,
            queue=self.queue,
            clock=self.clock,
            defaults=ChunkDefaults(size=512, overlap=64),
            model=ModelBinding(model.provider, model.name, model.vector_size, COLLECTION),
        )

    @property
    def model_changes(self) -> ModelChanges:
        infos = {COLLECTION: self.embedder.info, OTHER_COLLECTION: self.other.info}
        bindings = {one.name: ModelBinding(one.provider, one.name, one.vector_size, at) for at, one in infos.items()}
        return ModelChanges(queue=self.queue, clock=self.clock, models=bindings, keep=timedelta(days=KEPT_DAYS))

    @property
    def bundle_writer(self) -> BundleWriter:
        return BundleWriter(
            database=self.database, gate=self.gate, store=self.store, files=self.files, clock=self.clock
        )

    @property
    def bundle_reader(self) -> BundleReader:
        return BundleReader(
            database=self.database,
            queue=self.queue,
            gate=self.gate,
            builds=self.builds,
            store=self.store,
            files=self.files,
            embedders=self.models,
            models=self.model_changes.models,
            clock=self.clock,
            limits=BundleLimits(original=self.limits.file_bytes, inflated=1_000_000),
        )

    @property
    def uploads(self) -> Uploads:
        return Uploads(
            store=self.files,
            gate=self.gate,
            queue=self.queue,
            builds=self.builds,
            clock=self.clock,
            limits=self.limits,
            sniff=lambda path, name: sniff(path, name).mime_type,
        )

    @property
    def file_service(self) -> Files:
        return Files(gate=self.gate, store=self.files, queue=self.queue, builds=self.builds, clock=self.clock)

    @property
    def search_service(self) -> Search:
        return Search(
            directory=Directory(self.database),
            passages=Passages(self.database),
            store=self.store,
            models=self.models,
            scorer=None,
            pool=100,
            rerank_seconds=1.0,
        )

    @property
    def shelf(self) -> Shelf:
        return Shelf(COLLECTION, self.embedder.name)

    def settle(self, name: str) -> Principal:
        """An administrator of a new tenant."""
        tenant = Tenant(id=new_id(), name=name, created_at=self.clock.now())
        with self.database.write() as session:
            session.add(tenant)
        return Principal(
            tenant_id=tenant.id,
            key_id="",
            user_id=None,
            name=name,
            role=Role.ADMIN,
            scopes=ROLE_SCOPES[Role.ADMIN],
        )

    @contextmanager
    def acting_as(self, caller: Principal) -> Any:
        before, self.caller = self.caller, caller
        yield
        self.caller = before

    def dataset(self, name: str = "manuals", **wanted: Any) -> str:
        """One that cuts at lines of `---` and nowhere else."""
        new = replace(NewDataset(name, parse_type=ParseType.MANUAL, separators=("---",)), **wanted)
        with self.database.write() as session:
            return self.datasets.create(session, self.caller, new).id

    def dataset_view(self, dataset_id: str) -> DatasetView:
        with self.database.read() as session:
            return self.datasets.get(session, self.caller, dataset_id)

    def upload_all(
        self,
        dataset_id: str,
        files: Mapping[str, str | bytes],
        *,
        labels: Mapping[str, str] | None = None,
        source: FileSource = FileSource.UPLOAD,
        origin: str | None = None,
        **overrides: Any,
    ) -> UploadReceipt:
        """`origin` is that of a site whose pages they are."""
        incoming = [
            IncomingFile(
                name,
                BytesIO(content if isinstance(content, bytes) else content.encode()),
                labels or {},
                FileSource.WEBSITE_CRAWL if origin else source,
                f"{origin}/{name}" if origin else None,
            )
            for name, content in files.items()
        ]
        with self.uploads.stage(incoming) as staged, self.database.write() as session:
            return self.uploads.register(session, self.caller, dataset_id, staged, IngestOverrides(**overrides))

    def upload(self, dataset_id: str, name: str, content: str | bytes, **how: Any) -> UploadedFile:
        (uploaded,) = self.upload_all(dataset_id, {name: content}, **how).uploaded
        return uploaded

    def indexed(self, dataset_id: str, name: str, content: str | bytes, **how: Any) -> str:
        """The id of a file that is uploaded and built."""
        uploaded = self.upload(dataset_id, name, content, **how)
        self.work()
        return uploaded.id

    def change(self, dataset_id: str, file_id: str, **change: Any) -> FileView:
        with self.database.write() as session:
            return self.file_service.change(session, self.caller, dataset_id, file_id, FileChange(**change))

    def delete(self, dataset_id: str, file_id: str) -> int:
        with self.database.write() as session:
            return self.file_service.delete(session, self.caller, dataset_id, file_id)

    def delete_dataset(self, dataset_id: str) -> None:
        with self.database.write() as session:
            self.datasets.delete(session, self.caller, dataset_id)

    def work(self, *queues: str) -> None:
        """Until nothing is due in these queues, or in any."""
        while any(self.worker._take_turn(queue) for queue in queues or QUEUES):
            pass

    def turn(self, queue: str) -> None:
        """One turn of the worker."""
        self.worker._take_turn(queue)

    def claim(self, queue: str, owner: str = "w1") -> list[Claim]:
        with self.database.write() as session:
            return self.queue.claim(session, queue=queue, owner=owner, limit=32)

    def lose_leases(self) -> None:
        """As if another worker had taken over what runs."""
        with self.database.write() as session:
            session.execute(update(Job).where(Job.state == "running").values(turn=Job.turn + 1))

    def view(self, dataset_id: str, file_id: str) -> FileView:
        with self.database.read() as session:
            return self.file_service.get(session, self.caller, dataset_id, file_id)

    def names(self, dataset_id: str) -> list[str]:
        with self.database.read() as session:
            return [view.name for view in self.file_service.list(session, self.caller, dataset_id)]

    def row(self, file_id: str) -> File | None:
        with self.database.read() as session:
            return session.get(File, file_id)

    def generations(self, file_id: str) -> dict[int, str]:
        """States by number."""
        with self.database.read() as session:
            return {one.number: one.state for one in repository.generations(session, file_id)}

    def count(self, model: type[Base]) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def jobs(self, **fields: str) -> list[Job]:
        with self.database.read() as session:
            return list(session.scalars(select(Job).filter_by(**fields).order_by(Job.id)))

    def vectors(self, collection: str = COLLECTION) -> dict[tuple[str, int], int]:
        """Points by file and generation."""
        return {(one.file_id, one.generation): one.points for one in self.store.count_by_file(collection)}

    def has_original(self, sha256: str) -> bool:
        return self.files.exists(original_key(tenant_id=self.caller.tenant_id, sha256=sha256))

    def stored(self) -> set[str]:
        """What the file store keeps: `originals` and `blocks`."""
        kept = self.files.keys()
        return {key.split("/", 2)[1] for key in kept}

    def staging(self) -> list[Path]:
        return list((self.root / ".staging").iterdir())

    def found(self, text: str, *datasets: str, where: SearchFilter | None = None, alpha: float = 0.0) -> set[str]:
        """Contents of what a search finds by words, unless `alpha` says otherwise."""
        request = SearchRequest(text, datasets, top_k=20, alpha=alpha, where=where or SearchFilter())
        return {hit.passage.content for hit in self.search_service.search(self.caller, request).hits}


def pages(*texts: str) -> str:
    """A text file that becomes one chunk for each text."""
    return "\n---\n".join(texts)


def numbered(count: int, word: str = "page") -> str:
    return pages(*(f"{word} number{number}" for number in range(count)))
