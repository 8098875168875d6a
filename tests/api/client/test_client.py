"""Both clients do what they say, over a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cairn_client import (
    AsyncCairn,
    Cairn,
    ComeBackLater,
    IngestionFailed,
    NotAllowed,
    NotThere,
    Refused,
    ServerUnreachable,
)
from tests.api.conftest import ADMIN_KEY

UNKNOWN = "01KAAAAAAAAAAAAAAAAAAAAAAA"


class TestCairn:
    def test_takes_files_in_and_finds_them(self, cairn: Cairn, filled: str, tmp_path: Path) -> None:
        path = tmp_path / "mole.md"
        path.write_text("# Mole\n\nThe mole of the harbour is of granite.", encoding="utf-8")
        uploaded = cairn.upload_paths(filled, [path]).uploaded_files[0]
        assert cairn.wait(filled, uploaded.id).status == "indexed"
        best = cairn.search("What is the mole made of?", [filled], top_k=1).results[0]
        assert (best.file_name, best.file_id) == ("mole.md", uploaded.id)
        assert cairn.chunks(filled, uploaded.id).data[0].heading_path == ["Mole"]
        assert {file.file_name for file in cairn.get_dataset(filled).files} == {"harbour.md", "mole.md"}
        assert cairn.delete_file(filled, uploaded.id).deleted
        assert [hit.file_name for hit in cairn.search("granite", [filled]).results] == ["harbour.md"]

    def test_makes_keys_that_may_do_less(self, cairn: Cairn, filled: str, url: str) -> None:
        issued = cairn.create_key("crew", scopes=["knowledge:search"], dataset_ids=[filled])
        assert issued.token not in repr(issued)
        with Cairn(url, issued.token) as crew:
            assert crew.me().scopes == ["knowledge:search"]
            assert crew.search("lantern", [filled]).results
            with pytest.raises(NotAllowed, match="knowledge:manage") as refused:
                crew.create_dataset("mine")
            assert (refused.value.status, refused.value.code) == (403, "FORBIDDEN")
            assert refused.value.request_id
            cairn.revoke_key(issued.key.id)
            with pytest.raises(NotAllowed):
                crew.me()

    def test_says_what_the_server_says(self, cairn: Cairn, filled: str) -> None:
        with pytest.raises(NotThere, match=UNKNOWN):
            cairn.get_dataset(UNKNOWN)
        with pytest.raises(Refused, match="999") as refused:
            cairn.search("lantern", [filled], top_k=999)
        assert [detail.field for detail in refused.value.details] == ["topK"]

    def test_tells_that_a_file_cannot_be_found(self, cairn: Cairn, filled: str) -> None:
        uploaded = cairn.upload(filled, [("empty.md", b"...")]).uploaded_files[0]
        with pytest.raises(IngestionFailed, match="no letters"):
            cairn.wait(filled, uploaded.id)

    def test_says_that_nobody_answers(self) -> None:
        with Cairn("http://127.0.0.1:9", "key") as cairn, pytest.raises(ServerUnreachable, match=r"127\.0\.0\.1:9"):
            cairn.me()


class TestAsyncCairn:
    def test_does_the_same(self, url: str, filled: str) -> None:
        async def work() -> list[str]:
            async with AsyncCairn(url, ADMIN_KEY) as cairn:
                uploaded = (await cairn.upload(filled, [("quay.md", b"# Quay\n\nThe quay is long.")])).uploaded_files[0]
                await cairn.wait(filled, uploaded.id)
                found = await asyncio.gather(*(cairn.search(query, [filled], top_k=1) for query in ("quay", "lantern")))
                await cairn.delete_file(filled, uploaded.id)
                with pytest.raises(NotThere):
                    await cairn.get_dataset(UNKNOWN)
                return [answer.results[0].file_name for answer in found]

        assert asyncio.run(work()) == ["quay.md", "harbour.md"]


@contextmanager
def busy(answers: list[int]) -> Iterator[str]:
    """A server that answers with these statuses in turn."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status = answers.pop(0)
            body = b'{"data": []}' if status == 200 else b'{"error": {"code": "RATE_LIMITED", "message": "later"}}'
            self.send_response(status)
            self.send_header("Retry-After", "0" if status == 429 else "3600")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


class TestWaiting:
    def test_is_done_as_long_as_the_server_says(self) -> None:
        answers = [429, 429, 200]
        with busy(answers) as url, Cairn(url, "key") as cairn:
            assert cairn.list_datasets().data == []
        assert answers == []

    def test_ends(self) -> None:
        with busy([429] * 5) as url, Cairn(url, "key", retries=2) as cairn, pytest.raises(ComeBackLater, match="later"):
            cairn.list_datasets()
        with busy([503, 200]) as url, Cairn(url, "key") as cairn, pytest.raises(ComeBackLater) as put_off:
            cairn.list_datasets()
        assert put_off.value.retry_after == 3600
