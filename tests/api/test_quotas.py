"""What a tenant may take up is held on every way in, and told with 429."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from kit.settings import MEBIBYTE, Settings
from orchestration.runtime import Runtime, build_runtime
from tests.api.callers import Caller, Callers, Json, error_of, path_of
from tests.api.conftest import ADMIN_KEY, KNOWLEDGE_BASE
from tests.api.live import answered_early, served
from tests.mode import standing, working

STORAGE, CHUNKS, SEARCHES = 4000, 6, 3


@pytest.fixture(scope="module")
def limited_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    home: Path = tmp_path_factory.mktemp("quotas")
    settings = Settings(
        _env_file=None, home=home, admin_key=SecretStr(ADMIN_KEY), parse_workers=1, quota_storage=STORAGE,
        quota_chunks=CHUNKS, quota_searches=SEARCHES, log_level="error", chunk_size=128,
        chunk_overlap=0, **standing(home),  # type: ignore[arg-type]  # pydantic reads texts
    )  # fmt: skip
    runtime = build_runtime(settings)
    runtime.start()
    with working(settings):
        yield create_app(settings, runtime)
    runtime.close()


@pytest.fixture(scope="module")
def limited(limited_app: FastAPI) -> Iterator[Callers]:
    with TestClient(limited_app, raise_server_exceptions=False) as client:
        yield Callers(client, limited_app.state.runtime, admin_token=ADMIN_KEY)


@pytest.fixture
def dataset(limited: Callers) -> Iterator[Json]:
    dataset: Json = limited.admin.post(f"{KNOWLEDGE_BASE}/datasets", json={"name": "harbour"}).json()
    yield dataset
    limited.admin.delete(path_of(dataset))


def sent(caller: Caller, dataset: Json, name: str, content: str) -> Json:
    answer = caller.post(f"{path_of(dataset)}/files/upload", files=[("files", (name, content.encode()))])
    assert answer.status_code == 429, answer.text
    assert int(answer.headers["retry-after"]) > 0
    body: Json = {**error_of(answer), "headers": dict(answer.headers)}
    return body


def sections(count: int, word: str) -> str:
    """Each makes a chunk of its own."""
    return "\n\n".join(f"# {word} {n}\n\n{word} {'a ' * 100}" for n in range(count))


def test_originals_are_kept_up_to_the_limit(limited: Callers, dataset: Json) -> None:
    caller = limited.admin
    caller.settled(dataset, caller.upload(dataset, "a.md", "lantern " * 150)["id"])
    refusal = sent(caller, dataset, "b.md", "mole " * 600)
    assert refusal["code"] == "QUOTA_EXCEEDED"
    assert "1,200 bytes are kept" in refusal["message"]
    assert refusal["headers"]["x-ratelimit-limit"] == str(STORAGE)
    assert refusal["headers"]["x-ratelimit-remaining"] == str(STORAGE - 1200)
    assert caller.get(path_of(dataset)).json()["totalFiles"] == 1
    caller.upload(dataset, "a.md", "mole " * 600)  # in the place of what is there it fits


class TestAnUploadThatCannotBeKept:
    """Is refused before its body is read, or as soon as too much of it was."""

    def test_is_refused_by_its_length(self, limited_app: FastAPI, limited: Callers, dataset: Json) -> None:
        caller = limited.admin
        with served(limited_app) as url:
            token, path = caller.headers["Authorization"], f"{path_of(dataset)}/files/upload"
            head, answer = answered_early(url, path, token=token, length=MEBIBYTE + STORAGE + 1)
        assert head[0] == "HTTP/1.1 429 Too Many Requests"
        assert "retry-after: 3600" in head
        assert answer["error"]["code"] == "QUOTA_EXCEEDED"
        assert f"0 bytes are kept and {STORAGE + 1:,} more" in answer["error"]["message"]

    def test_is_refused_for_chunks_that_are_there(self, limited_app: FastAPI, limited: Callers, dataset: Json) -> None:
        caller = limited.admin
        caller.settled(dataset, caller.upload(dataset, "quay.md", sections(CHUNKS, "quay"))["id"])
        with served(limited_app) as url:
            token, path = caller.headers["Authorization"], f"{path_of(dataset)}/files/upload"
            head, answer = answered_early(url, path, token=token, length=1000)
        assert head[0] == "HTTP/1.1 429 Too Many Requests"
        assert "6 chunks are kept" in answer["error"]["message"]

    def test_is_refused_while_it_comes_where_its_length_is_not_known(
        self, limited_app: FastAPI, limited: Callers, dataset: Json
    ) -> None:
        start = b'--lantern\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        with served(limited_app) as url:
            token, path = limited.admin.headers["Authorization"], f"{path_of(dataset)}/files/upload"
            enough = start + b"x" * (MEBIBYTE + STORAGE)
            head, answer = answered_early(url, path, token=token, length=None, start=enough)
        assert head[0] == "HTTP/1.1 429 Too Many Requests"
        assert answer["error"]["code"] == "QUOTA_EXCEEDED"

    def test_may_take_the_place_of_what_its_dataset_has(self, limited: Callers, dataset: Json) -> None:
        caller = limited.admin
        caller.settled(dataset, caller.upload(dataset, "a.md", "a " * (STORAGE // 2))["id"])
        assert caller.upload(dataset, "a.md", "b " * (STORAGE // 2))["outcome"] == "replaced"


def test_chunks_beyond_the_limit_leave_the_file_as_it_was(limited: Callers, dataset: Json) -> None:
    caller = limited.admin
    file = caller.upload(dataset, "quay.md", sections(4, "quay"))
    assert caller.settled(dataset, file["id"])["status"] == "indexed"
    caller.upload(dataset, "quay.md", sections(9, "pier"))
    caller.until(
        lambda: caller.get(f"{path_of(dataset)}/files/{file['id']}").json(), lambda seen: bool(seen["errorMessage"])
    )
    report = caller.get(f"{path_of(dataset)}/files/{file['id']}/report").json()
    assert report["error"]["code"] == "QUOTA_EXCEEDED"
    contents = [
        chunk["content"] for chunk in caller.get(f"{path_of(dataset)}/files/{file['id']}/chunks").json()["data"]
    ]
    assert any("quay" in content for content in contents)
    other = caller.upload(dataset, "mole.md", sections(2, "mole"))
    assert caller.settled(dataset, other["id"])["status"] == "indexed"
    assert "6 chunks are kept" in sent(caller, dataset, "more.md", "# One\n\nmore")["message"]


def test_searches_of_the_day_are_counted_on_every_way(limited: Callers, dataset: Json) -> None:
    caller, body = limited.admin, {"query": "lantern", "datasetIds": [dataset["id"]]}
    assert [caller.post(f"{KNOWLEDGE_BASE}/search", json=body).status_code for _ in range(SEARCHES)] == [200] * SEARCHES
    refused = caller.post(f"{KNOWLEDGE_BASE}/search", json=body)
    assert refused.status_code == 429
    assert error_of(refused)["code"] == "QUOTA_EXCEEDED"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    batch = caller.post(f"{KNOWLEDGE_BASE}/search/batch", json={"searches": [body]}).json()["data"]
    assert batch[0]["error"]["code"] == "QUOTA_EXCEEDED"
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "search", "arguments": {"query": "x"}},
    }
    told = caller.post("/mcp", json=call, headers={"Accept": "application/json, text/event-stream"}).text
    assert "QUOTA_EXCEEDED" in told
    assert "Wait" in told


def test_what_is_used_up_is_told_to_whole_keys(limited: Callers, dataset: Json) -> None:
    caller, usage = limited.admin, "/dashboard/v1/usage"
    before = caller.get(usage).json()
    assert before["storage"] == {"used": 0, "limit": STORAGE}
    assert before["searches"]["limit"] == SEARCHES
    assert 0 < before["searchesResetIn"] <= 86_400
    body = {"query": "lantern", "datasetIds": [dataset["id"]]}
    while caller.post(f"{KNOWLEDGE_BASE}/search", json=body).status_code == 200:
        pass  # other tests may have used some
    assert caller.get(usage).json()["searches"] == {"used": SEARCHES, "limit": SEARCHES}
    caller.settled(dataset, caller.upload(dataset, "a.md", "# One\n\nlantern")["id"])
    after = caller.get(usage).json()
    assert after["storage"]["used"] == len("# One\n\nlantern")
    assert after["chunks"] == {"used": 1, "limit": CHUNKS}
    assert limited.agent("writer").get(usage).status_code == 403
    assert limited.searcher.get(usage).status_code == 403


def test_nothing_is_limited_unless_it_is_set(callers: Callers) -> None:
    usage = callers.admin.get("/dashboard/v1/usage").json()
    assert usage["searches"] == {"used": None, "limit": None}
    assert usage["storage"]["limit"] is None


class TestTheTenantsOwn:
    PATH = "/dashboard/v1/quotas"

    def test_are_for_administrators(self, callers: Callers) -> None:
        assert callers.member.get(self.PATH).status_code == 403
        assert callers.member.patch(self.PATH, json={"chunks": 5}).status_code == 403
        narrowed = callers.with_key(role="admin", agent_role="writer")
        assert narrowed.get(self.PATH).status_code == 403
        assert narrowed.patch(self.PATH, json={"chunks": 5}).status_code == 403

    def test_are_never_beyond_what_was_given(self, limited: Callers) -> None:
        caller = limited.admin
        refused = caller.patch(self.PATH, json={"chunks": CHUNKS + 1})
        assert refused.status_code == 400
        assert [detail["field"] for detail in error_of(refused)["details"]] == ["chunks"]
        assert caller.patch(self.PATH, json={"chunks": 0}).status_code == 400
        assert caller.get(self.PATH).json()["chunks"] == {"ceiling": CHUNKS, "own": None, "limit": CHUNKS}

    def test_hold_at_once_are_recorded_and_taken_back(self, limited: Callers, dataset: Json) -> None:
        caller = limited.admin
        assert caller.patch(self.PATH, json={"storage": 100}).json()["storage"]["limit"] == 100
        assert "100 of this tenant" in sent(caller, dataset, "b.md", "mole " * 30)["message"]
        recorded = caller.get("/dashboard/v1/audit-log?filter[entityType]=tenant_quota").json()["data"][0]
        assert recorded["changes"]["storage"]["to"] == 100
        assert caller.patch(self.PATH, json={"storage": None}).json()["storage"]["limit"] == STORAGE
        assert caller.patch(self.PATH, json={}).json()["storage"]["own"] is None


class TestRequestsAMinute:
    def test_are_counted_over_all_keys_of_the_tenant(
        self, callers: Callers, client: TestClient, runtime: Runtime
    ) -> None:
        caller = Callers(client, runtime, admin_token=ADMIN_KEY).stranger  # of a tenant that no other test is in
        quotas = "/dashboard/v1/quotas"
        assert caller.patch(quotas, json={"requests": 4}).status_code == 200
        answers = [caller.get("/dashboard/v1/me") for _ in range(9)]  # nine, for a minute may turn meanwhile
        good = [answer for answer in answers if answer.status_code == 200]
        assert 4 <= len(good) <= 8
        assert good[0].headers["x-ratelimit-limit"] == "4"
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert error_of(refused)["code"] == "QUOTA_EXCEEDED"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        assert callers.member.get("/dashboard/v1/me").status_code == 200
