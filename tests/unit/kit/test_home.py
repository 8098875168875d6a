"""A home that lost a part of itself is not taken for a fresh one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit.errors import ConfigurationError
from kit.home import Home, newer_database
from kit.manifest import Uses
from kit.worker_lock import WorkerLock
from tests.clock import FrozenClock

EMBEDDED = Uses(database="sqlite", vectors="edge")
SERVERS = Uses(database="server", vectors="server")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def used(path: Path, clock: FrozenClock) -> Path:
    """A home in which everything embedded has been in use."""
    home = Home(path, clock=clock)
    home.open(EMBEDDED)
    home.database.touch()
    (home.vectors / "segment").mkdir(parents=True)
    home.remember(database="sqlite", vectors="edge")
    return path


def manifest(path: Path) -> dict[str, object]:
    loaded: dict[str, object] = json.loads((path / "home.json").read_text())
    return loaded


class TestOpen:
    def test_makes_a_private_folder_with_a_manifest(self, path: Path, clock: FrozenClock) -> None:
        Home(path, clock=clock).open(EMBEDDED)

        assert path.stat().st_mode & 0o777 == 0o700
        assert (path / "files").is_dir()
        assert manifest(path) == {
            "format": 1,
            "cairn": "0.1.0",
            "created_at": "2026-03-01T12:00:00+00:00",
            "uses": {"database": None, "vectors": None},
            "initialised": False,
        }

    def test_accepts_a_first_start_that_was_cut_short(self, path: Path) -> None:
        Home(path).open(EMBEDDED)
        assert not Home(path).open(EMBEDDED).initialised

    def test_accepts_a_home_that_is_whole(self, used: Path) -> None:
        opened = Home(used).open(EMBEDDED)
        assert opened.initialised
        assert opened.uses == EMBEDDED

    def test_refuses_a_missing_database(self, used: Path) -> None:
        (used / "cairn.db").unlink()
        with pytest.raises(ConfigurationError, match=r"cairn\.db is missing.*restore it.*or move the home away"):
            Home(used).open(EMBEDDED)
        assert not (used / "cairn.db").exists()

    def test_refuses_missing_files(self, used: Path) -> None:
        (used / "files").rmdir()
        with pytest.raises(ConfigurationError, match=r"files is missing.*restore"):
            Home(used).open(EMBEDDED)

    @pytest.mark.parametrize("loss", ["empty", "missing"])
    def test_refuses_lost_vectors_unless_it_is_to_repair_them(self, used: Path, loss: str) -> None:
        (used / "vectors" / "segment").rmdir()
        if loss == "missing":
            (used / "vectors").rmdir()
        with pytest.raises(ConfigurationError, match=r"vectors is missing or empty.*cairn doctor --repair"):
            Home(used).open(EMBEDDED)
        assert Home(used).open(EMBEDDED, repairing=True).initialised

    def test_does_not_look_for_parts_that_moved_to_servers(self, used: Path) -> None:
        (used / "cairn.db").unlink()
        (used / "vectors" / "segment").rmdir()
        home = Home(used)
        home.open(SERVERS)
        home.remember(database="server", vectors="server")
        assert manifest(used)["uses"] == {"database": "server", "vectors": "server"}

    def test_looks_for_vectors_where_it_is_told(self, used: Path, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="elsewhere is missing"):
            Home(used).open(EMBEDDED, vectors=tmp_path / "elsewhere")

    def test_refuses_a_newer_format(self, used: Path) -> None:
        (used / "home.json").write_text(json.dumps(manifest(used) | {"format": 2, "cairn": "9.1"}))
        with pytest.raises(ConfigurationError, match=r"newer Cairn \(9\.1, home format 2; this one knows up to 1\)"):
            Home(used).open(EMBEDDED)

    @pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"format": 1, "uses": 3}'])
    def test_refuses_a_manifest_that_is_none(self, used: Path, content: str) -> None:
        (used / "home.json").write_text(content)
        with pytest.raises(ConfigurationError, match=r"home\.json is not a manifest.*restore it"):
            Home(used).open(EMBEDDED)

    def test_refuses_a_place_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(ConfigurationError, match=r"cannot be written to.*CAIRN_HOME"):
            Home(tmp_path / "file").open(EMBEDDED)
        with pytest.raises(ConfigurationError, match="cannot be written to"):
            Home(tmp_path / "file" / "below").open(EMBEDDED)

    def test_leaves_the_rights_of_an_existing_folder_alone(self, path: Path) -> None:
        path.mkdir(mode=0o755)
        Home(path).open(EMBEDDED)
        assert path.stat().st_mode & 0o777 == 0o755


class TestRemember:
    def test_needs_an_open_home(self, path: Path) -> None:
        with pytest.raises(RuntimeError, match="is not open"):
            Home(path).remember(database="sqlite")

    def test_leaves_the_old_manifest_whole_when_writing_fails(
        self, used: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = Home(used)
        home.open(EMBEDDED)
        before = (used / "home.json").read_bytes()

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            home.remember(vectors="server")

        assert (used / "home.json").read_bytes() == before
        assert [entry.name for entry in used.iterdir() if entry.name.startswith(".")] == []

    def test_writes_nothing_when_nothing_changes(self, used: Path) -> None:
        home = Home(used)
        home.open(EMBEDDED)
        before = (used / "home.json").stat().st_mtime_ns
        home.remember(database="sqlite", vectors="edge")
        assert (used / "home.json").stat().st_mtime_ns == before


class TestNewerDatabase:
    def test_names_revision_and_remedy(self) -> None:
        error = newer_database("0042")
        assert "written by a newer Cairn (database revision 0042" in error.message
        assert "install that version" in error.message


class TestWorkerLock:
    def test_has_one_holder(self, tmp_path: Path) -> None:
        first, second = WorkerLock(tmp_path), WorkerLock(tmp_path)

        assert first.try_acquire()
        assert first.try_acquire()
        assert not second.try_acquire()
        first.release()
        assert second.try_acquire()
        second.release()

    def test_is_shared_by_those_who_work_and_tells_newcomers_so(self, tmp_path: Path) -> None:
        first, second, newcomer = WorkerLock(tmp_path), WorkerLock(tmp_path), WorkerLock(tmp_path)
        assert first.try_acquire()
        first.share()
        second.share()

        assert not first.try_acquire()
        first.release()
        assert not newcomer.try_acquire()
        second.release()
        assert newcomer.try_acquire()
        newcomer.release()

    def test_is_free_once_its_process_is_gone_however_it_ended(self, tmp_path: Path) -> None:
        code = (
            "import sys, time; from pathlib import Path; from kit.worker_lock import WorkerLock;"
            f"lock = WorkerLock(Path({str(tmp_path)!r})); print(lock.try_acquire(), flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "True\n"
            lock = WorkerLock(tmp_path)
            assert not lock.try_acquire()
            other.kill()
            other.wait()
            assert lock.try_acquire()
            lock.release()

    def test_does_not_stay_with_a_forked_child(self, tmp_path: Path) -> None:
        code = (
            "import os, sys; from pathlib import Path; from kit.worker_lock import WorkerLock;"
            f"lock = WorkerLock(Path({str(tmp_path)!r})); lock.try_acquire();"
            "child = os.fork();"
            "child or (print('forked', flush=True), sys.stdin.read()); os._exit(0)"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "forked\n"
            other.wait()
            lock = WorkerLock(tmp_path)
            assert lock.try_acquire()  # although the child still waits for its input
            lock.release()
