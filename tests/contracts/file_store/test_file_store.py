"""What every file store keeps to: whole or not at all, under keys that never change, with nothing left behind."""

from __future__ import annotations

import hashlib
import os
from io import BytesIO
from pathlib import Path

import pytest

from ingest.storage.folder import FolderStore
from ingest.storage.protocol import FileStore
from ingest.storage.s3 import Bucket, S3Store, bucket_in, connect, make_bucket
from kit.errors import ConfigurationError, NotFound, TooLarge, Unavailable

LIMIT = 20_000_000
BIG = os.urandom(9_000_000)  # more than one part of a multipart upload


class TestStaging:
    def test_tells_size_and_hash_and_keeps_nothing_yet(self, store: FileStore) -> None:
        staged = store.stage(BytesIO(b"hello"), limit=LIMIT)

        assert (staged.size, staged.sha256) == (5, hashlib.sha256(b"hello").hexdigest())
        assert staged.place.read_bytes() == b"hello"
        assert list(store.keys()) == []

    def test_refuses_what_is_too_large_and_leaves_nothing(self, store: FileStore, tmp_path: Path) -> None:
        with pytest.raises(TooLarge):
            store.stage(BytesIO(b"x" * 11), limit=10)
        assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    def test_keeps_under_a_key_as_often_as_it_is_asked(self, store: FileStore) -> None:
        staged = store.stage(BytesIO(BIG), limit=LIMIT)
        store.keep(staged, "t/originals/ab/abc")
        again = store.stage(BytesIO(BIG), limit=LIMIT)
        store.keep(again, "t/originals/ab/abc")
        store.discard(staged)
        store.discard(again)

        assert list(store.keys()) == ["t/originals/ab/abc"]
        assert store.get("t/originals/ab/abc") == BIG

    def test_forgets_what_is_discarded(self, store: FileStore, tmp_path: Path) -> None:
        staged = store.stage(BytesIO(b"hello"), limit=LIMIT)
        store.discard(staged)
        store.discard(staged)

        assert not staged.place.exists()
        assert list(store.keys()) == []


class TestKeeping:
    def test_gives_back_what_was_put_whole_and_as_a_file(self, store: FileStore) -> None:
        store.put("t/blocks/1", b"blocks")

        assert store.exists("t/blocks/1")
        assert store.get("t/blocks/1") == b"blocks"
        with store.local("t/blocks/1") as path:
            assert path.read_bytes() == b"blocks"

    def test_says_so_when_it_does_not_have_a_key(self, store: FileStore) -> None:
        assert not store.exists("t/nothing")
        with pytest.raises(NotFound, match="t/nothing"):
            store.get("t/nothing")
        with pytest.raises(NotFound), store.local("t/nothing"):
            pass

    def test_deletes_quietly_what_is_there_and_what_is_not(self, store: FileStore) -> None:
        store.put("t/blocks/1", b"blocks")
        store.delete("t/blocks/1")
        store.delete("t/blocks/1")

        assert not store.exists("t/blocks/1")

    def test_lists_every_key_beyond_a_page_of_the_server(self, store: FileStore) -> None:
        names = {f"t/blocks/{number:04}" for number in range(1_003)}
        for name in names:
            store.put(name, b"")

        assert set(store.keys()) == names

    @pytest.mark.parametrize("key", ["../outside", "/etc/passwd", "t/../../outside"])
    def test_has_no_key_that_leads_elsewhere(self, store: FileStore, key: str) -> None:
        with pytest.raises(NotFound):
            store.put(key, b"x")


class TestFolder:
    def test_lets_nobody_but_its_owner_read(self, tmp_path: Path) -> None:
        store = FolderStore(tmp_path)
        store.put("t/put", b"x")
        store.keep(store.stage(BytesIO(b"y"), limit=10), "t/kept")

        assert {path.stat().st_mode & 0o777 for path in (tmp_path / "t").iterdir()} == {0o600}


class TestS3:
    def test_keeps_to_its_prefix(self, bucket: Bucket, tmp_path: Path) -> None:
        connect(bucket).put_object(Bucket=bucket.name, Key="some/body/elses", Body=b"x")
        store = S3Store(bucket, tmp_path)
        store.put("t/ours", b"x")

        assert list(store.keys()) == ["t/ours"]

    def test_leaves_no_copy_on_disk_after_reading(self, bucket: Bucket, tmp_path: Path) -> None:
        store = S3Store(bucket, tmp_path / "spool")
        store.put("t/ours", b"x")
        with store.local("t/ours"):
            pass

        assert list((tmp_path / "spool").iterdir()) == []

    def test_is_refused_at_the_start_when_the_bucket_is_missing(self, bucket: Bucket, tmp_path: Path) -> None:
        missing = Bucket("no-such-bucket", "", bucket.endpoint, "us-east-1", "key", "secret")
        with pytest.raises(ConfigurationError, match="no-such-bucket"):
            S3Store(missing, tmp_path).open()

    def test_can_make_its_bucket_as_often_as_it_is_asked(self, bucket: Bucket, tmp_path: Path) -> None:
        other = Bucket("another-bucket", "", bucket.endpoint, "us-east-1", "key", "secret")
        make_bucket(other)
        make_bucket(other)
        S3Store(other, tmp_path).open()

    def test_counts_a_server_that_is_away_as_an_outage(self, tmp_path: Path) -> None:
        away = Bucket("any", "", "http://127.0.0.1:9", "us-east-1", "key", "secret")
        with pytest.raises(Unavailable):
            S3Store(away, tmp_path).get("t/ours")

    def test_is_named_by_a_url(self) -> None:
        assert bucket_in("s3://name/a/b/") == ("name", "a/b")
        with pytest.raises(ConfigurationError, match="s3://bucket"):
            bucket_in("https://name/a")
