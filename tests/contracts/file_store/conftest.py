from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from moto.server import ThreadedMotoServer

from ingest.storage.folder import FolderStore
from ingest.storage.protocol import FileStore
from ingest.storage.s3 import Bucket, S3Store, connect


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """An S3 server in a thread: moto's, which keeps everything in memory."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_endpoint: str) -> Bucket:
    bucket = Bucket(f"cairn-{uuid4().hex}", "some/where", s3_endpoint, "us-east-1", "key", "secret")
    connect(bucket).create_bucket(Bucket=bucket.name)
    return bucket


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    store: FileStore
    if request.param == "folder":
        store = FolderStore(tmp_path / "files")
    else:
        store = S3Store(request.getfixturevalue("bucket"), tmp_path / "spool")
    store.open()
    return store
