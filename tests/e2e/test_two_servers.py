"""What is taken away at one server is gone at the other within a second: keys, roles, files. Two processes, a home."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest

from tests.e2e.served import served
from tests.e2e.test_first_session import Knowledge

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # two servers that load a model each

WITHIN = 1.0
"""Seconds."""

_TRIED_FOR = 10.0
PASSWORD = "a lantern over the harbour"
DATASETS = "/dashboard/v1/knowledge-base/datasets"


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    home: Path = tmp_path_factory.mktemp("two") / "home"
    with served(home) as here, served(home) as there:
        yield here, there


def took(is_over: Callable[[], bool]) -> float:
    """Seconds until it is. Each look is made anew, and the last one counts from when it was begun."""
    started = monotonic()
    while True:
        looked = monotonic()
        if is_over():
            return looked - started
        assert looked - started < _TRIED_FOR, "it never was"
        sleep(0.01)


def ask(client: httpx.Client, method: str, path: str, token: str | None = None, **content: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.request(method, path, headers=headers, **content)


def test_a_revoked_key_is_refused(servers: tuple[httpx.Client, httpx.Client]) -> None:
    here, there = servers
    issued = ask(here, "POST", "/dashboard/v1/access-keys", json={"name": "crew"}).json()
    token = issued["token"]
    assert ask(there, "GET", DATASETS, token).status_code == 200
    assert ask(here, "DELETE", f"/dashboard/v1/access-keys/{issued['key']['id']}").status_code == 200
    assert took(lambda: ask(there, "GET", DATASETS, token).status_code == 401) <= WITHIN


def test_a_role_that_was_taken_is_no_more(servers: tuple[httpx.Client, httpx.Client]) -> None:
    here, there = servers
    email = "ada@example.org"
    invite = ask(
        here, "POST", "/dashboard/v1/team/invite", json={"email": email, "name": "Ada", "role": "member"}
    ).json()["inviteUrl"]
    registered = ask(here, "POST", "/api/auth/register", json={
        "username": "Ada", "email": email, "password": PASSWORD, "invite_code": invite.partition("#")[2],
        "terms_accepted": True, "privacy_accepted": True,
    })  # fmt: skip
    assert registered.status_code == 201, registered.text
    token = ask(here, "POST", "/api/auth/login", json={"email": email, "password": PASSWORD}).json()["token"]
    changes = f"/api/users/{registered.json()['data']['id']}"
    dataset = ask(here, "POST", DATASETS, json={"name": "roles"}).json()["id"]

    def may_write() -> bool:
        answer = ask(there, "PATCH", f"{DATASETS}/{dataset}/files/01KAAAAAAAAAAAAAAAAAAAAAAA", token, json={})
        assert answer.status_code in {403, 404}, answer.text
        return answer.status_code == 404

    assert may_write()
    assert ask(here, "PATCH", changes, json={"role": "viewer"}).status_code == 200
    assert took(lambda: not may_write()) <= WITHIN
    assert ask(there, "GET", DATASETS, token).status_code == 200
    assert ask(here, "DELETE", changes).status_code == 200
    assert took(lambda: ask(there, "GET", DATASETS, token).status_code == 401) <= WITHIN


def test_a_file_that_was_switched_off_is_not_found(servers: tuple[httpx.Client, httpx.Client]) -> None:
    here, there = servers
    knowledge = Knowledge(here)
    dataset = knowledge.ask("POST", "/datasets", json={"name": "switches"})["id"]
    files = [("files", ("harbour.md", b"# Harbour\n\nThe lantern burns whale oil."))]
    knowledge.ask("POST", f"/datasets/{dataset}/files/upload", files=files)
    (file,) = knowledge.settle(dataset)
    question = {"query": "What burns in the lantern?", "datasetIds": [dataset]}
    assert Knowledge(there).ask("POST", "/search", json=question)["results"]
    knowledge.ask("PATCH", f"/datasets/{dataset}/files/{file['id']}", json={"enabled": False})
    assert took(lambda: not Knowledge(there).ask("POST", "/search", json=question)["results"]) <= WITHIN
