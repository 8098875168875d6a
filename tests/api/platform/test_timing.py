"""How long an answer takes does not tell whether what others have is there.

Asked in turn about a thing of another tenant and about one that does not exist. A coin would tell them apart half of
the time; what is allowed is what so few answers cannot tell from a coin.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from time import perf_counter
from uuid import uuid4

import pytest

from tests.api.callers import Caller, Callers, Json
from tests.api.platform.conftest import PASSWORD, Entrance

pytestmark = pytest.mark.slow  # two thousand requests, one after the other

ROUNDS = 150
MOST = 0.14
"""Away from a half: for 150 against 150 answers four standard deviations, sqrt((2 n + 1) / (12 n n)) each."""

UNKNOWN = "01KAAAAAAAAAAAAAAAAAAAAAAA"
KB = "/dashboard/v1/knowledge-base"


@pytest.fixture
def foreign(callers: Callers, dataset: Json, entrance: Entrance) -> dict[str, str]:
    """Ids of things in the tenant that the stranger does not belong to, by path."""
    file = callers.admin.upload(dataset, "a.md", "# Harbour\n\nThe lantern burns.")["id"]
    callers.admin.settled(dataset, file)
    owner = entrance.somebody().sign_in()
    organization = owner.post("/api/organizations", json={"name": f"Harbour {uuid4()}"}).json()["data"]["id"]
    key = callers.admin.post("/dashboard/v1/access-keys", json={"name": "timing"}).json()["key"]["id"]
    workspace = callers.admin.post("/admin/workspaces", json={"name": f"Desk {uuid4()}"}).json()["id"]
    chunk = callers.admin.get(f"{KB}/datasets/{dataset['id']}/files/{file}/chunks").json()["data"][0]["id"]
    return {
        f"{KB}/datasets/{{}}": dataset["id"],
        f"{KB}/datasets/{{}}/files/{file}/chunks": dataset["id"],
        "/api/organizations/{}": organization,
        "/dashboard/v1/access-keys/{}": key,
        "/workspaces/{}/tokens": workspace,
        f"{KB}/datasets/{dataset['id']}/files/{file}/chunks/{{}}": chunk,
    }


def test_of_a_foreign_id(callers: Callers, foreign: dict[str, str]) -> None:
    stranger = callers.stranger
    for path, identifier in foreign.items():
        apart = _apart(*_measured(lambda at: _get(stranger, at), path.format(identifier), path.format(UNKNOWN)))
        assert apart <= MOST, f"{path}: told apart in {50 + apart * 100:.0f} of 100 cases"


def test_of_an_account(callers: Callers, entrance: Entrance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.platform.auth.ATTEMPTS", 1_000_000)
    known, client = entrance.somebody().email, callers.admin._client

    def sign_in(email: str) -> None:
        assert client.post("/api/auth/login", json={"email": email, "password": f"{PASSWORD}!"}).status_code == 401

    apart = _apart(*_measured(sign_in, known, f"{uuid4()}@example.org", rounds=60))
    assert apart <= MOST * 1.6, f"told apart in {50 + apart * 100:.0f} of 100 cases"  # fewer answers tell less


def _get(caller: Caller, path: str) -> None:
    assert caller.get(path).status_code in {404, 405}


def _measured(
    ask: Callable[[str], None], one: str, other: str, *, rounds: int = ROUNDS
) -> tuple[Sequence[float], Sequence[float]]:
    """Seconds of each, in turn and in both orders, so that a busy machine is busy for both."""
    taken: dict[str, list[float]] = {one: [], other: []}
    for turn in range(rounds + 10):
        for what in (one, other) if turn % 2 else (other, one):
            started = perf_counter()
            ask(what)
            if turn >= 10:
                taken[what].append(perf_counter() - started)
    return taken[one], taken[other]


def _apart(one: Sequence[float], other: Sequence[float]) -> float:
    """How far the chance that an answer of the one takes longer than one of the other is away from a half."""
    ranked = sorted([(seconds, True) for seconds in one] + [(seconds, False) for seconds in other])
    assert all(a <= b for a, b in pairwise(ranked))
    ranks = sum(rank for rank, (_, is_one) in enumerate(ranked, start=1) if is_one)
    wins = ranks - len(one) * (len(one) + 1) / 2
    return abs(wins / (len(one) * len(other)) - 0.5)
