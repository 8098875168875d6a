"""Originals in an S3-compatible object store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ingest.storage.protocol import StagedBlob, check_size
from kit.errors import ConfigurationError, NotFound, Unavailable

_BLOCK = 1024 * 1024
_STAGING = ".staging/"
_STALE = timedelta(hours=1)
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True, slots=True)
class Bucket:
    """`endpoint` None: AWS. Without keys the client looks where AWS tools look (environment, profile, instance)."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None


def connect(bucket: Bucket) -> Any:
    """A client; usable from several threads. Passing failures are tried again by the client itself."""
    return boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region or "us-east-1",
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        config=Config(
            retries={"mode": "standard", "max_attempts": 4},
            connect_timeout=5,
            read_timeout=60,
            s3={"addressing_style": "path"},
            # other servers than AWS do not know the newer checksums, which are the client's default
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def make_bucket(bucket: Bucket) -> None:
    """For installations that bring their own server; does nothing where the bucket is there."""
    client = connect(bucket)
    try:
        client.head_bucket(Bucket=bucket.name)
    except ClientError:
        client.create_bucket(Bucket=bucket.name)


class S3Store:
    """A `FileStore`. Bytes pass through files in `spool`, never whole through memory.

    What is staged lies in the bucket already, so that keeping it, which happens inside a transaction, is a copy within
    the server.
    """

    def __init__(self, bucket: Bucket, spool: Path, *, client: Any = None) -> None:
        self._client = client or connect(bucket)
        self._bucket = bucket.name
        self._prefix = f"{bucket.prefix.strip('/')}/" if bucket.prefix.strip("/") else ""
        self._spool = spool

    def open(self) -> None:
        """Checks the bucket; clears what killed uploads left behind some time ago, here and there."""
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        oldest = datetime.now(UTC) - _STALE
        for leftover in self._spool.iterdir():
            with suppress(FileNotFoundError):
                if leftover.stat().st_mtime < oldest.timestamp():
                    leftover.unlink()
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            raise ConfigurationError(
                f"bucket {self._bucket!r} cannot be used ({_code(error)}): make it, and give Cairn's key the right to "
                "list, read, write and delete in it"
            ) from error
        except BotoCoreError as error:
            raise Unavailable(f"the S3 server does not answer: {error}") from error
        for name, changed in list(self._objects(_STAGING)):
            if changed < oldest:
                self.delete(_STAGING + name)

    def stage(self, stream: BinaryIO, *, limit: int) -> StagedBlob:
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        with NamedTemporaryFile(dir=self._spool, delete=False) as target:
            place = Path(target.name)
            try:
                while data := stream.read(_BLOCK):
                    size += len(data)
                    check_size(size, limit)
                    digest.update(data)
                    target.write(data)
                target.flush()
                with _asking():
                    self._client.upload_file(str(place), self._bucket, self._staged(place))
            except BaseException:
                place.unlink(missing_ok=True)
                raise
        return StagedBlob(sha256=digest.hexdigest(), size=size, place=place)

    def keep(self, staged: StagedBlob, key: str) -> None:
        source = {"Bucket": self._bucket, "Key": self._staged(staged.place)}
        with _asking(key):
            self._client.copy(source, self._bucket, self._key(key))

    def discard(self, staged: StagedBlob) -> None:
        staged.place.unlink(missing_ok=True)
        with suppress(Unavailable):  # what stays is cleared at a later start
            self.delete(_STAGING + staged.place.name)

    def put(self, key: str, data: bytes) -> None:
        with _asking(key):
            self._client.put_object(Bucket=self._bucket, Key=self._key(key), Body=data)

    def get(self, key: str) -> bytes:
        with _asking(key):
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key(key))
            data: bytes = answer["Body"].read()
            return data

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._spool, delete=False) as target:
            place = Path(target.name)
        try:
            with _asking(key):
                self._client.download_file(self._bucket, self._key(key), str(place))
            yield place
        finally:
            place.unlink(missing_ok=True)

    def exists(self, key: str) -> bool:
        try:
            with _asking(key):
                self._client.head_object(Bucket=self._bucket, Key=self._key(key))
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        with suppress(NotFound), _asking(key):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(key))

    def keys(self) -> Iterator[str]:
        for key, _ in self._objects(""):
            if not key.startswith(_STAGING):
                yield key

    def _objects(self, under: str) -> Iterator[tuple[str, datetime]]:
        """Names below a prefix of ours, with the time of their last change."""
        prefix = self._key(under) if under else self._prefix
        with _asking():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield found["Key"].removeprefix(prefix), found["LastModified"]

    def _staged(self, place: Path) -> str:
        return self._key(_STAGING + place.name)

    def _key(self, key: str) -> str:
        if ".." in key.split("/") or key.startswith("/"):
            raise NotFound(f"{key!r} is not a key of this store")
        return self._prefix + key


@contextmanager
def _asking(key: str = "") -> Iterator[None]:
    """The client's errors as ours: what is not there, and everything else that trying again may help."""
    try:
        yield
    except ClientError as error:
        if _code(error) in _MISSING:
            raise NotFound(
                f"stored file {key} is missing; restore it from a backup, or upload the file again"
            ) from error
        raise Unavailable(f"the S3 server refused: {_code(error)}") from error
    except (BotoCoreError, Boto3Error) as error:
        raise Unavailable(f"the S3 server does not answer: {type(error).__name__}") from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def bucket_in(url: str) -> tuple[str, str]:
    """Name and prefix from `s3://name/prefix`; ConfigurationError for anything else."""
    scheme, _, rest = url.partition("://")
    name, _, prefix = rest.partition("/")
    if scheme != "s3" or not name:
        raise ConfigurationError(f"CAIRN_FILES_URL {url!r} is not of the form s3://bucket or s3://bucket/prefix")
    return name, prefix.strip("/")
