"""What the tests' installations stand on: themselves, or the engines of a cluster.

With CAIRN_TEST_MODE=cluster (`make test MODE=cluster`) every installation that a test starts has PostgreSQL, Redis, an
S3 bucket and a worker process, by settings alone; what tests ask of it is the same. Vectors stay with the embedded
engine, which the processes share: no Qdrant server is to be had as a package (tests/contracts covers its client).
"""

from __future__ import annotations

import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from secrets import token_bytes

from pydantic import SecretStr

from kit.home import Home
from kit.settings import Settings
from tests.draw import MODES
from tests.faults.services import ObjectStore, object_store, redis
from tests.postgres import POSTGRES, throwaway_database

MODE = os.environ.get("CAIRN_TEST_MODE") or "embedded"
if MODE not in MODES:
    raise ValueError(f"CAIRN_TEST_MODE is {MODE!r}: choose one of {', '.join(MODES)}")
IS_CLUSTER = MODE == "cluster"

_STOP_SECONDS = 60.0
_servers = ExitStack()


def close() -> None:
    """Ends the servers that were started for this process of tests."""
    _servers.close()


def standing(home: Path, *, queue: bool = True) -> dict[str, str]:
    """Settings by name for an installation on this home; the same again for the same home.

    Without `queue` the test itself takes the worker's turns, in its own process.
    """
    if not IS_CLUSTER:
        return {}
    shared = dict(_engines(home))
    return shared | {"queue_url": f"redis://127.0.0.1:{_broker(home)}/0"} if queue else shared


def variables(home: Path) -> dict[str, str]:
    """As `standing`, for the environment of a process."""
    return {f"CAIRN_{name.upper()}": value for name, value in standing(home).items()}


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """A worker process beside a server that does not work by itself. The home must be there."""
    if settings.queue_url is None:
        yield
        return
    with working_on(settings.home, _as_variables(settings)):
        yield


@contextmanager
def working_on(home: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """As `working`, where CAIRN_QUEUE_URL is among the variables."""
    if "CAIRN_QUEUE_URL" not in environment:
        yield
        return
    program = Path(sys.executable).with_name("cairn")
    with home.with_name("worker.log").open("ab") as log:
        process = subprocess.Popen(
            [program, "worker", "--home", str(home)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, **environment},
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        finally:
            process.kill()
            process.wait()


def kept_objects(settings: Settings) -> set[str]:
    """By their keys, everything that an installation's file store holds: originals, blocks, and what is staged."""
    if settings.files_url is None:
        folder = Home(settings.home).files
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    files = _object_store()
    prefix = settings.files_url.removeprefix(f"s3://{files.bucket}/") + "/"
    pages = files.client().get_paginator("list_objects_v2").paginate(Bucket=files.bucket, Prefix=prefix)
    return {one["Key"].removeprefix(prefix) for page in pages for one in page.get("Contents", ())}


@cache
def _engines(home: Path) -> Mapping[str, str]:
    files = _object_store()
    return {
        "database_url": _servers.enter_context(throwaway_database(POSTGRES)),
        "files_url": f"s3://{files.bucket}/{home.parent.name}-{home.name}",
        "s3_endpoint": files.url,
        "s3_region": "us-east-1",
        "s3_access_key": "key",
        "s3_secret_key": "secret",
        "secret_key": b64encode(token_bytes(32)).decode(),  # a cluster makes none by itself
    }


@cache
def _broker(home: Path) -> int:  # one each: the channels of all installations have the same names
    return _servers.enter_context(redis())


@cache
def _object_store() -> ObjectStore:
    return _servers.enter_context(object_store())


def _as_variables(settings: Settings) -> dict[str, str]:
    given = {
        name: value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings.model_dump(exclude_unset=True).items()
        if value is not None
    }
    return {f"CAIRN_{name.upper()}": value for name, value in given.items()}
