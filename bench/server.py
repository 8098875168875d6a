"""A server for a measurement: started on a home of its own, spoken to over HTTP, ended with all its processes."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
import psutil

from api.dashboard.knowledge_base.schemas.chunks import Chunk, ChunkPage
from api.dashboard.knowledge_base.schemas.datasets import DatasetDetail, DatasetList
from api.dashboard.knowledge_base.schemas.search import SearchAnswer
from api.dashboard.knowledge_base.schemas.uploads import UploadAnswer
from ingest.datasets.types import DatasetStatus

HOST = "127.0.0.1"
FILES_AT_ONCE = 20
CHUNKS_A_PAGE = 200
START_SECONDS = 120.0
STOP_SECONDS = 30.0
LAST_LINES = 20


class ServerFailed(RuntimeError):
    """With the end of the server's log."""


@dataclass(frozen=True, slots=True)
class Upload:
    file_name: str
    content: bytes


class KnowledgeBase:
    """The part of the API that measurements use. May be used by several threads; raises httpx.HTTPError.

    A context manager that closes its connections.
    """

    def __init__(self, url: str, key: str) -> None:
        self.http = httpx.Client(
            base_url=f"{url}/dashboard/v1/knowledge-base", headers={"Authorization": f"Bearer {key}"}, timeout=60
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.http.close()

    def create_dataset(self, name: str) -> str:
        return DatasetDetail.model_validate_json(self._post("/datasets", {"name": name})).id

    def get_dataset(self, dataset_id: str) -> DatasetDetail:
        return DatasetDetail.model_validate_json(self._get(f"/datasets/{dataset_id}"))

    def upload(self, dataset_id: str, files: Sequence[Upload]) -> UploadAnswer:
        """At most FILES_AT_ONCE files in one request."""
        parts = [("files", (file.file_name, file.content, "application/octet-stream")) for file in files]
        answer = self.http.post(f"/datasets/{dataset_id}/files/upload", files=parts).raise_for_status()
        return UploadAnswer.model_validate_json(answer.content)

    def upload_all(self, dataset_id: str, files: Sequence[Upload], *, requests: int = 4) -> Sequence[UploadAnswer]:
        """Any number of files, several requests at a time."""
        batches = [files[start : start + FILES_AT_ONCE] for start in range(0, len(files), FILES_AT_ONCE)]
        with ThreadPoolExecutor(requests) as pool:
            return list(pool.map(lambda batch: self.upload(dataset_id, batch), batches))

    def wait_until_settled(self, dataset_id: str, *, seconds: float = 3600, every: float = 0.25) -> DatasetDetail:
        """The dataset once none of its files is on its way; TimeoutError when that takes longer than `seconds`."""
        ends = time.monotonic() + seconds
        while self._status(dataset_id) is DatasetStatus.BUILDING:
            if time.monotonic() > ends:
                raise TimeoutError(f"dataset {dataset_id} is still building after {seconds:g} s")
            time.sleep(every)
        return self.get_dataset(dataset_id)

    def chunks(self, dataset_id: str, file_id: str) -> Sequence[Chunk]:
        chunks: list[Chunk] = []
        cursor: str | None = None
        while True:
            asked = {"limit": str(CHUNKS_A_PAGE)} | ({"cursor": cursor} if cursor else {})
            page = ChunkPage.model_validate_json(self._get(f"/datasets/{dataset_id}/files/{file_id}/chunks", asked))
            chunks.extend(page.data)
            cursor = page.pagination.next_cursor
            if cursor is None:
                return chunks

    def search(
        self,
        query: str,
        dataset_ids: Sequence[str],
        *,
        top_k: int,
        alpha: float | None = None,
        file_ids: Sequence[str] | None = None,
    ) -> SearchAnswer:
        """What is None is not sent."""
        question: dict[str, object] = {"query": query, "datasetIds": list(dataset_ids), "topK": top_k}
        question |= {} if alpha is None else {"hybridAlpha": alpha}
        question |= {} if file_ids is None else {"filter": {"fileIds": list(file_ids)}}
        return SearchAnswer.model_validate_json(self._post("/search", question))

    def _status(self, dataset_id: str) -> DatasetStatus:
        """From the list of datasets: a list of files would cost the server time that is being measured."""
        listed = DatasetList.model_validate_json(self._get("/datasets")).data
        return next(dataset.status for dataset in listed if dataset.id == dataset_id)

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> bytes:
        return self.http.get(path, params=query).raise_for_status().content

    def _post(self, path: str, body: Mapping[str, object]) -> bytes:
        return self.http.post(path, json=body).raise_for_status().content


class Server:
    """`cairn serve` as a process that leads a group of its own. It can be started again after it has ended.

    It runs beside its home, so that a .env of the folder where the measurement was started does not count.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = f"http://{HOST}:{free_port()}"
        self.key = secrets.token_urlsafe(32)
        self.variables: Mapping[str, str] = {}
        self.log = home.with_name(f"{home.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Raises ServerFailed before the first start."""
        if self._process is None:
            raise ServerFailed("the server was never started")
        return self._process.pid

    @property
    def exit_status(self) -> int | None:
        """Of the last process; None while it runs, and before the first start."""
        return None if self._process is None else self._process.poll()

    def knowledge_base(self) -> KnowledgeBase:
        return KnowledgeBase(self.url, self.key)

    def start(self) -> None:
        """Returns at once."""
        program = Path(sys.executable).with_name("cairn")
        port = self.url.rpartition(":")[2]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [program, "serve", "--host", HOST, "--port", port, "--home", self.home],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home.parent,
                env={**os.environ, "CAIRN_ADMIN_KEY": self.key, **self.variables},
                start_new_session=True,
            )

    def wait_until_ready(self, *, seconds: float = START_SECONDS) -> None:
        """Raises ServerFailed when it ends or is not ready in time."""
        ends = time.monotonic() + seconds
        while not self._is_ready():
            if not self.is_running:
                raise ServerFailed(f"the server ended before it was ready: {self._last_words()}")
            if time.monotonic() > ends:
                raise ServerFailed(f"the server is not ready after {seconds:g} s: {self._last_words()}")
            time.sleep(0.02)

    def family(self) -> Sequence[psutil.Process]:
        """The server's descendants; none where it has ended."""
        try:
            return psutil.Process(self.pid).children(recursive=True) if self.is_running else []
        except psutil.NoSuchProcess:
            return []

    def stop(self, *, linger: bool = False) -> None:
        """SIGTERM, and SIGKILL where that does not help.

        The vector engine waits a moment for another client. It is ended as well, unless it is to `linger`.
        """
        if self._process is None:
            return
        family = self.family()
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if not linger:
            _end(family)

    def kill(self, *, group: bool) -> None:
        """SIGKILL to the server alone or to its process group, and wait for the server's end."""
        if self._process is not None and self._process.poll() is None:
            if group:
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
            self._process.wait()

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])


def _end(family: Sequence[psutil.Process]) -> None:
    """Those whose parent is gone are asked to end; they look after their own children."""
    numbers = {process.pid for process in family}
    for process in family:
        with suppress(psutil.NoSuchProcess):
            if process.ppid() not in numbers:
                process.terminate()
    _, left = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for process in left:
        process.kill()


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """A server that is ready; it is stopped as the block ends, however it does."""
    server = Server(home)
    try:
        server.start()
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


@contextmanager
def throwaway_home() -> Iterator[Path]:
    """The path of a home that is not there yet, in a folder that vanishes with the block."""
    with tempfile.TemporaryDirectory(prefix="cairn-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "home"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port
