"""A whole installation of processes: API, workers and beat over PostgreSQL, Redis and S3.

The vector engine is the embedded one, shared by the processes of this machine: a Qdrant server is not to be had as a
package. What differs there is covered by the contract suite, which runs on the server's client.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from pydantic import SecretStr

from bench.server import KnowledgeBase, Server, throwaway_home
from kit.settings import Settings
from tests.faults.services import ObjectStore, Postgres, object_store, postgres, redis

QUEUES = ("parse,default,crawl,evaluate", "embed")


@dataclass
class Cluster:
    """`workers` are parents by what they serve; their children do the work."""

    home: Path
    database: Postgres
    redis_port: int
    files: ObjectStore
    key: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    apis: list[Server] = field(default_factory=list)
    workers: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)
    beat: subprocess.Popen[bytes] | None = None
    revived: int = 0
    """Workers that had ended by themselves, or because of their children, and were started again."""
    more: Mapping[str, str] = field(default_factory=dict)
    """Further variables of all processes."""

    @property
    def variables(self) -> dict[str, str]:
        return {
            "CAIRN_ADMIN_KEY": self.key,
            "CAIRN_HOME": str(self.home),
            "CAIRN_DATABASE_URL": self.database.url,
            "CAIRN_QUEUE_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "CAIRN_FILES_URL": f"s3://{self.files.bucket}",
            "CAIRN_S3_ENDPOINT": self.files.url,
            "CAIRN_S3_REGION": "us-east-1",
            "CAIRN_S3_ACCESS_KEY": "key",
            "CAIRN_S3_SECRET_KEY": "secret",
            "CAIRN_LEASE_SECONDS": "5",
            "CAIRN_EMBEDDING_THREADS": "1",
            **self.more,
        }

    @property
    def settings(self) -> Settings:
        """For looking at what the processes have left, from a process of the test's own."""
        given = {name.removeprefix("CAIRN_").lower(): value for name, value in self.variables.items()}
        given["admin_key"] = SecretStr(self.key)  # type: ignore[assignment]  # the others are texts
        return Settings(_env_file=None, **given)  # type: ignore[arg-type]  # pydantic reads texts

    def start(self, *, apis: int = 1, workers: int = 1) -> None:
        """The first API process makes the home; the others come when it is there."""
        for number in range(apis):
            server = Server(self.home)
            server.key = self.key
            server.log = self.home.with_name(f"api-{number}.log")
            server.variables = self.variables
            server.start()
            server.wait_until_ready()
            self.apis.append(server)
        for _ in range(workers):
            self.workers += [(queues, self.spawn("worker", "--queues", queues)) for queues in QUEUES]
        self.beat = self.spawn("beat")

    def spawn(self, *arguments: str) -> subprocess.Popen[bytes]:
        program = Path(sys.executable).with_name("cairn")
        with self.home.with_name("workers.log").open("ab") as log:
            return subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.home.parent,
                env={**os.environ, **self.variables},
                start_new_session=True,
            )

    def knowledge_base(self, api: int = 0) -> KnowledgeBase:
        return self.apis[api].knowledge_base()

    def kill_a_worker(self, chosen: random.Random) -> str:
        """SIGKILL to one worker: its parent alone, the child that works, or the whole group. A parent that is gone is
        started again, as a service manager would. Returns what was killed."""
        self.revive()
        number = chosen.randrange(len(self.workers))
        queues, parent = self.workers[number]
        what = chosen.choice(["parent", "child", "group"])
        children = _children(parent.pid)
        if what == "child" and children:
            _kill(chosen.choice(children))
        elif what == "group":
            with suppress(ProcessLookupError):  # it ended just now
                os.killpg(parent.pid, signal.SIGKILL)
        else:
            what = "parent"
            parent.kill()
        if what != "child":
            parent.wait()
            self.workers[number] = (queues, self.spawn("worker", "--queues", queues))
        return f"{what} of {queues}"

    def revive(self) -> None:
        """Start workers again that have ended, as a service manager would."""
        for number, (queues, parent) in enumerate(self.workers):
            if parent.poll() is not None:
                self.workers[number] = (queues, self.spawn("worker", "--queues", queues))
                self.revived += 1

    def stop(self) -> None:
        started = [process for _, process in self.workers] + ([self.beat] if self.beat else [])
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for server in self.apis:
            server.stop()


def _children(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return []


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return


@contextmanager
def cluster(*, apis: int = 1, workers: int = 1, more: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    with ExitStack() as stack:
        home = stack.enter_context(throwaway_home())
        parts = Cluster(
            home,
            stack.enter_context(postgres()),
            stack.enter_context(redis()),
            stack.enter_context(object_store()),
            more=more or {},
        )
        stack.callback(parts.stop)
        parts.start(apis=apis, workers=workers)
        yield parts
