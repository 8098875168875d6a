"""What the Edge store promises about its processes: shared, started again when killed, nothing acknowledged lost."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import psutil
import pytest

from kit.errors import Unavailable
from retrieval.stores.edge.address import published
from retrieval.stores.edge.framing import receive_frame, send_frame
from retrieval.stores.edge.messages import Hello
from retrieval.stores.edge.store import EdgeStore
from tests.contracts.vector_store.conftest import SPEC
from tests.contracts.vector_store.library import Library, vector


def engine_of(folder: Path) -> psutil.Process:
    address = published(folder)
    assert address is not None
    return psutil.Process(address.pid)


def worker_of(folder: Path) -> psutil.Process:
    (worker,) = engine_of(folder).children()
    return worker


def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Fails unless the condition comes true in time; it polls, since another process makes it true."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)


@pytest.fixture
def library(edge: EdgeStore) -> Library:
    return Library(edge, SPEC.name)


class TestKilledBetweenCalls:
    @pytest.mark.parametrize("which", [engine_of, worker_of])
    def test_keeps_every_acknowledged_point_and_serves_the_next_call(
        self, library: Library, tmp_path: Path, which: Callable[[Path], psutil.Process]
    ) -> None:
        library.add("a", [f"text {i}" for i in range(100)])
        which(tmp_path).kill()
        assert library.counts() == {("a", 1): 100}
        assert len(library.search("text", pool=200).scores) == 100

    def test_every_idle_connection_of_many_threads_may_be_dead(self, library: Library, tmp_path: Path) -> None:
        library.add("a", ["text"])
        assert isinstance(library.store, EdgeStore)
        client = library.store._client
        for connection in [client._borrow() for _ in range(10)]:
            client._give_back(connection)
        engine_of(tmp_path).kill()
        assert library.counts() == {("a", 1): 1}

    def test_the_worker_dies_with_the_engine(self, library: Library, tmp_path: Path) -> None:
        worker = worker_of(tmp_path)
        engine_of(tmp_path).kill()
        until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
        assert library.counts() == {}


class TestKilledDuringCalls:
    @pytest.mark.parametrize("which", [engine_of, worker_of])
    def test_writers_and_searchers_notice_nothing(
        self, library: Library, tmp_path: Path, which: Callable[[Path], psutil.Process]
    ) -> None:
        library.add("first", ["seed text"])
        done = threading.Event()

        def searching() -> bool:
            while not done.is_set():
                if "seed text" not in library.found("seed"):
                    return False
            return True

        with ThreadPoolExecutor(1) as pool:
            searched = pool.submit(searching)
            try:
                for number in range(12):
                    if number in {4, 8}:
                        which(tmp_path).kill()
                    library.add(f"file {number}", [f"text {number} {i}" for i in range(64)])
            finally:
                done.set()
            assert searched.result()
        assert library.counts() == {("first", 1): 1} | {(f"file {n}", 1): 64 for n in range(12)}


class TestSecondProcess:
    def test_shares_the_engine_and_sees_the_same_points(self, library: Library, tmp_path: Path) -> None:
        library.add("a", ["shared text"])
        script = (
            "import sys; from pathlib import Path\n"
            "from retrieval.stores.edge.store import EdgeStore\n"
            "store = EdgeStore(Path(sys.argv[1])); print(list(store.count_by_file('contract'))[0].points)\n"
            f"print(store.delete_file('contract', {library.file('a')!r})); store.close()\n"
        )
        engine = engine_of(tmp_path).pid
        ran = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
        )
        assert ran.stdout.split() == ["1", "1"]
        assert engine_of(tmp_path).pid == engine
        assert library.found("shared") == set()

    def test_stores_that_start_at_once_end_up_with_one_engine(self, tmp_path: Path) -> None:
        stores = [EdgeStore(tmp_path, linger=0.2) for _ in range(4)]
        threads = [threading.Thread(target=store.ensure, args=[SPEC]) for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [store.collections() for store in stores] == [[SPEC.name]] * 4
        for store in stores:
            store.close()


def has_ended(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:  # between the two questions
        return True


class TestAfterTheLastClient:
    def test_the_engine_goes_and_the_next_client_finds_everything(self, library: Library, tmp_path: Path) -> None:
        library.add("a", ["kept text"])
        engine = engine_of(tmp_path)
        library.store.close()
        until(lambda: has_ended(engine))
        again = Library(EdgeStore(tmp_path, linger=0.2), SPEC.name, tenant=library.tenant, pages=library.pages)
        assert again.found("kept") == {"kept text"}
        again.store.close()


class TestCannotStart:
    def test_a_lock_held_by_a_silent_process_is_named_with_the_remedy(self, tmp_path: Path) -> None:
        with (tmp_path / "engine.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            store = EdgeStore(tmp_path, start_seconds=1.0)
            with pytest.raises(Unavailable, match="did not start within 1 s"):
                store.collections()

    def test_a_missing_shard_is_refused_and_not_replaced_by_an_empty_one(
        self, library: Library, tmp_path: Path
    ) -> None:
        library.add("a", ["text"])
        engine_of(tmp_path).kill()
        (tmp_path / SPEC.name / "gen-000001").rename(tmp_path / "elsewhere")
        with pytest.raises(Unavailable, match="gen-000001"):
            library.counts()
        (tmp_path / "elsewhere").rename(tmp_path / SPEC.name / "gen-000001")
        assert library.counts() == {("a", 1): 1}

    def test_a_damaged_shard_is_named_with_the_remedy(self, library: Library, tmp_path: Path) -> None:
        library.add("a", ["text"])
        engine_of(tmp_path).kill()
        (tmp_path / SPEC.name / "gen-000001" / "edge_config.json").write_text("{")
        with pytest.raises(Unavailable, match=r"gen-000001.*backup"):
            library.counts()

    def test_a_long_path_gets_a_private_socket_elsewhere(self, tmp_path: Path) -> None:
        folder = tmp_path / ("long-" * 12) / ("path-" * 12)
        store = EdgeStore(folder, linger=0.2)
        store.ensure(SPEC)
        address = published(folder)
        assert address is not None
        assert Path(address.socket).stat().st_mode & 0o777 == 0o600
        assert Path(address.socket).parent.stat().st_mode & 0o777 == 0o700
        store.close()

    def test_a_client_of_another_version_is_told_so(self, edge: EdgeStore, tmp_path: Path) -> None:
        address = published(tmp_path)
        assert address is not None
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(address.socket)
            send_frame(connection, msgspec.msgpack.encode(Hello(protocol=99)))
            assert b"another Cairn version" in receive_frame(connection)


class TestCompaction:
    def test_removes_the_dead_and_keeps_the_living(self, library: Library, tmp_path: Path) -> None:
        library.add("a", [f"text {i}" for i in range(60)])
        library.add("b", [f"text {i}" for i in range(60)])
        library.store.delete_file(library.collection, library.file("a"))
        before = library.search("text 7", near=vector(1), pool=100)
        compact(library)
        after = library.search("text 7", near=vector(1), pool=100)
        assert library.counts() == {("b", 1): 60}
        assert {s.chunk_id: round(s.bm25, 4) for s in after.scores} == {
            s.chunk_id: round(s.bm25, 4) for s in before.scores
        }
        assert [path.name for path in (tmp_path / SPEC.name).glob("gen-*")] == ["gen-000002"]

    def test_loses_no_write_that_comes_meanwhile(self, library: Library) -> None:
        library.add("gone", [f"text {i}" for i in range(64)])
        library.add("changed", ["old text"])
        compacting = threading.Thread(target=compact, args=[library])
        compacting.start()
        numbers = 0
        while compacting.is_alive() or numbers < 3:
            library.add(f"file {numbers}", [f"text {numbers}"])
            numbers += 1
        library.store.delete_file(library.collection, library.file("gone"))
        library.add("changed", ["new text"], generation=2)
        compacting.join()
        expected = {(f"file {n}", 1): 1 for n in range(numbers)}
        assert library.counts() == expected | {("changed", 1): 1, ("changed", 2): 1}
        assert library.found("old") == set()

    def test_killed_in_the_middle_goes_on_with_the_old_shard_and_cleans_up(
        self, library: Library, tmp_path: Path
    ) -> None:
        library.add("a", [f"text {i}" for i in range(300)])
        compacting = threading.Thread(target=compact, args=[library])
        compacting.start()
        until((tmp_path / SPEC.name / "gen-000002").exists)
        engine_of(tmp_path).kill()
        assert library.counts() == {("a", 1): 300}
        compacting.join()
        current = (tmp_path / SPEC.name / "CURRENT").read_text()
        assert [path.name for path in (tmp_path / SPEC.name).glob("gen-*")] == [current]


class TestStart:
    def test_on_leftovers_of_a_compaction_removes_them(self, library: Library, tmp_path: Path) -> None:
        library.add("a", ["text"])
        leftover = tmp_path / SPEC.name / "gen-000009"
        engine_of(tmp_path).send_signal(signal.SIGKILL)
        leftover.mkdir()
        (leftover / "half").write_text("copied")
        assert library.counts() == {("a", 1): 1}
        assert not leftover.exists()

    def test_after_a_fork_does_not_share_connections(self, library: Library) -> None:
        library.add("a", ["text"])
        store = library.store
        assert isinstance(store, EdgeStore)
        store._client._owner = os.getpid() + 1
        assert library.found("text") == {"text"}


def compact(library: Library) -> None:
    assert isinstance(library.store, EdgeStore)
    library.store.compact(library.collection)
