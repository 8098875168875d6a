"""Searches that are kept: whose they are, who sees them, and what becomes of them."""

from __future__ import annotations

from uuid import uuid4

import pytest

from retrieval.records import saved
from tests.api.callers import Caller, Callers, Json, error_of

SAVED = "/dashboard/v1/knowledge-base/saved-searches"


def save(caller: Caller, dataset: Json, name: str, **more: object) -> Json:
    request = {"query": "where is tea", "datasetIds": [dataset["id"]], "hybridAlpha": 0.4}
    answer = caller.request("PUT", SAVED, json={"name": name, "request": request, **more})
    assert answer.status_code == 200, answer.text
    made: Json = answer.json()
    return made


def names(caller: Caller) -> list[str]:
    return [one["name"] for one in caller.get(SAVED).json()["data"]]


class TestASavedSearch:
    def test_keeps_what_was_given_and_no_more(self, callers: Callers, dataset: Json) -> None:
        name = f"tea {uuid4()}"
        other = {"query": "where is tea", "datasetIds": [dataset["id"]], "rerank": True}
        made = save(callers.searcher, dataset, name, comparedWith=other)
        [found] = [one for one in callers.searcher.get(SAVED).json()["data"] if one["name"] == name]
        assert found == made
        assert found["request"] == {"query": "where is tea", "datasetIds": [dataset["id"]], "hybridAlpha": 0.4}
        assert found["comparedWith"] == other
        assert found["isMine"]

    def test_saved_twice_is_there_once(self, callers: Callers, dataset: Json) -> None:
        name = f"twice {uuid4()}"
        first, second = (save(callers.member, dataset, name) for _ in range(2))
        assert first["id"] == second["id"]
        assert names(callers.member).count(name) == 1

    def test_is_seen_by_who_may_see_its_datasets(self, callers: Callers, dataset: Json) -> None:
        name = f"seen {uuid4()}"
        save(callers.member, dataset, name)
        assert name in names(callers.searcher)
        assert name not in names(callers.stranger)
        assert name not in names(callers.agent("writer"))
        elsewhere = callers.admin.post("/dashboard/v1/knowledge-base/datasets", json={"name": f"else {uuid4()}"}).json()
        assert name not in names(callers.with_key(role="member", dataset_ids=[elsewhere["id"]]))
        callers.admin.delete(f"/dashboard/v1/knowledge-base/datasets/{dataset['id']}")
        assert name not in names(callers.admin)

    def test_of_datasets_that_are_not_there_is_refused(self, callers: Callers, dataset: Json) -> None:
        request = {"query": "tea", "datasetIds": [dataset["id"]]}
        answer = callers.stranger.request("PUT", SAVED, json={"name": "mine", "request": request})
        assert answer.status_code == 404
        assert dataset["id"] in error_of(answer)["message"]

    def test_is_removed_by_who_saved_it_or_by_an_administrator(self, callers: Callers, dataset: Json) -> None:
        first, second = (save(callers.member, dataset, f"going {uuid4()}") for _ in range(2))
        assert callers.reviewer.delete(f"{SAVED}/{first['id']}").status_code == 403
        assert callers.stranger.delete(f"{SAVED}/{first['id']}").status_code == 404
        assert callers.member.delete(f"{SAVED}/{first['id']}").status_code == 200
        assert callers.member.delete(f"{SAVED}/{first['id']}").status_code == 404
        assert callers.admin.delete(f"{SAVED}/{second['id']}").status_code == 200
        assert not {first["name"], second["name"]} & set(names(callers.member))

    def test_is_one_of_a_bounded_number(self, callers: Callers, dataset: Json, monkeypatch: pytest.MonkeyPatch) -> None:
        key = callers.with_key(role="member")
        monkeypatch.setattr(saved, "MOST_OF_ONE", 2)
        for number in range(2):
            save(key, dataset, f"bounded {number}")
        request = {"query": "tea", "datasetIds": [dataset["id"]]}
        answer = key.request("PUT", SAVED, json={"name": "bounded 2", "request": request})
        assert answer.status_code == 409
        assert "2 saved searches" in error_of(answer)["message"]
        save(key, dataset, "bounded 1")
