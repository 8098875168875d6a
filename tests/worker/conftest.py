"""A runtime whose worker takes a turn when a test says so: nothing happens behind a test's back."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from identity.bootstrap import operator
from identity.types import Principal
from ingest.datasets.errors import DatasetNotFound
from ingest.datasets.models import Dataset
from ingest.datasets.types import NewDataset
from ingest.files.models import Chunk, File, FileGeneration
from ingest.files.ports import Shelf
from ingest.files.types import FileView, IncomingFile, IngestOverrides, UploadedFile, UploadReceipt
from kit.jobs.models import Job
from kit.settings import Settings
from orchestration.runtime import Runtime, build_runtime
from retrieval.search.types import SearchHit, SearchRequest
from tests.clock import FrozenClock
from tests.mode import kept_objects, standing
from tests.postgres import throwaway_database

QUEUES = ("parse", "embed", "default")
NO_OVERRIDES = IngestOverrides()


@pytest.fixture(scope="package")
def still_clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """None: SQLite in the home. The same tests on both kinds of database."""
    if request.param == "sqlite":
        yield None
    else:
        with throwaway_database(request.getfixturevalue("_postgres_server")) as url:
            yield url


@pytest.fixture(scope="package")
def runtime(
    tmp_path_factory: pytest.TempPathFactory, still_clock: FrozenClock, database_url: str | None
) -> Iterator[Runtime]:
    home = tmp_path_factory.mktemp("worker") / "home"
    stand = standing(home, queue=False) | ({"database_url": database_url} if database_url else {})
    settings = Settings(_env_file=None, home=home, chunk_size=128, chunk_overlap=0, **stand)  # type: ignore[arg-type]  # pydantic reads texts
    runtime = build_runtime(settings, clock=still_clock)
    yield runtime
    runtime.close()


@dataclass(frozen=True)
class Bench:
    """One dataset, and what tests do with it."""

    runtime: Runtime
    clock: FrozenClock
    principal: Principal
    dataset: str
    collection: str

    @property
    def shelf(self) -> Shelf:
        with self.runtime.database.read() as session:
            dataset = session.get_one(Dataset, self.dataset)
        return Shelf(dataset.collection, dataset.embedding_model)

    def stored(self) -> set[str]:
        """Keys of the file store."""
        return kept_objects(self.runtime.settings)

    def upload(
        self, *named: tuple[str, str], overrides: IngestOverrides = NO_OVERRIDES, **more: object
    ) -> UploadReceipt:
        incoming = [IncomingFile(name, io.BytesIO(text.encode()), **more) for name, text in named]  # type: ignore[arg-type]  # fields of it
        with self.runtime.uploads.stage(incoming) as staged, self.runtime.database.write() as session:
            return self.runtime.uploads.register(session, self.principal, self.dataset, staged, overrides)

    def put(self, name: str, text: str, **more: Any) -> UploadedFile:
        (uploaded,) = self.upload((name, text), **more).uploaded
        return uploaded

    def turn(self, queue: str) -> bool:
        return self.runtime.worker._take_turn(queue)

    def drain(self, *queues: str) -> None:
        """Until no queue has anything due."""
        worked = True
        while worked:
            turns = [self.turn(queue) for queue in queues or QUEUES]
            worked = any(turns)

    def indexed(self, name: str, text: str) -> str:
        """The id of a file that is indexed."""
        file = self.put(name, text)
        self.drain()
        assert self.view(file.id).status == "indexed", self.view(file.id).error_message
        return file.id

    def view(self, file_id: str) -> FileView:
        with self.runtime.database.read() as session:
            return self.runtime.files.get(session, self.principal, self.dataset, file_id)

    def delete(self, file_id: str) -> int:
        with self.runtime.database.write() as session:
            return self.runtime.files.delete(session, self.principal, self.dataset, file_id)

    def found(self, query: str, **more: object) -> Sequence[SearchHit]:
        request = SearchRequest(query, [self.dataset], **more)  # type: ignore[arg-type]  # fields of it
        return self.runtime.search.search(self.principal, request).hits

    def points(self, file_id: str) -> dict[int, int]:
        """Points in the engine by generation."""
        counts = self.runtime.store.count_by_file(self.collection)
        return {count.generation: count.points for count in counts if count.file_id == file_id}

    def job(self, file_id: str, kind: str) -> Job:
        with self.runtime.database.read() as session:
            jobs = session.query(Job).filter_by(subject=file_id, kind=kind).order_by(Job.id.desc())
            found = jobs.first()
        assert found is not None
        return found

    def rows(self, file_id: str) -> tuple[int, int, int]:
        """How many rows there are of the file: itself, generations, chunks."""
        with self.runtime.database.read() as session:
            return (
                session.query(File).filter_by(id=file_id).count(),
                session.query(FileGeneration).filter_by(file_id=file_id).count(),
                session.query(Chunk).filter_by(file_id=file_id).count(),
            )


@pytest.fixture
def bench(runtime: Runtime, still_clock: FrozenClock) -> Iterator[Bench]:
    with runtime.database.write() as session:
        principal = operator(session)
        view = runtime.datasets.create(session, principal, NewDataset(name=f"bench {uuid4()}"))
    bench = Bench(runtime, still_clock, principal, view.id, view.collection)
    yield bench
    with suppress(DatasetNotFound), runtime.database.write() as session:
        runtime.datasets.delete(session, principal, view.id)
    bench.drain()
