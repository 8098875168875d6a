"""Golden questions: made by judging, kept in versions, moved in and out, measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from time import monotonic, sleep
from uuid import uuid4

import pytest

from tests.api.callers import Callers, Json, error_of, path_of

KB = "/dashboard/v1/knowledge-base"
SETS = f"{KB}/question-sets"
PAGES = {
    f"page-{number:02}.md": f"# Page {number}\n\nThe {word} stands in room {number} of the museum."
    for number, word in enumerate(
        [
            "vase",
            "helmet",
            "carpet",
            "statue",
            "clock",
            "mirror",
            "lantern",
            "dagger",
            "violin",
            "compass",
            "telescope",
            "crown",
            "shield",
            "globe",
            "harp",
            "anchor",
            "loom",
            "organ",
            "sundial",
            "throne",
            "tapestry",
            "fountain",
        ]
    )
}


@pytest.fixture(scope="module")
def museum(callers: Callers) -> Iterator[Json]:
    made: Json = callers.admin.post(f"{KB}/datasets", json={"name": f"museum {uuid4()}"}).json()
    files = {name: callers.admin.upload(made, name, text)["id"] for name, text in PAGES.items()}
    for file_id in files.values():
        assert callers.admin.settled(made, file_id)["status"] == "indexed"
    yield {**made, "ids": files}
    callers.admin.delete(path_of(made))


@pytest.fixture
def golden(callers: Callers, museum: Json) -> Iterator[str]:
    """The path of an empty set."""
    body = {"datasetId": museum["id"], "name": f"golden {uuid4()}"}
    answer = callers.member.post(SETS, json=body)
    assert answer.status_code == 201, answer.text
    path = f"{SETS}/{answer.json()['id']}"
    yield path
    callers.admin.delete(path)


def word_of(text: str) -> str:
    return text.split("The ")[1].split(maxsplit=1)[0]


def fill(callers: Callers, golden: str) -> None:
    """A question for every page, imported."""
    queries = "".join(
        json.dumps({"_id": name, "text": f"where is the {word_of(text)}"}) + "\n" for name, text in PAGES.items()
    )
    qrels = "query-id\tcorpus-id\tscore\n" + "".join(f"{name}\t{name}\t1\n" for name in PAGES)
    answer = callers.member.post(f"{golden}/import", json={"queriesJsonl": queries, "qrelsTsv": qrels})
    assert answer.json() == {"questions": len(PAGES), "judgements": len(PAGES), "unknownDocuments": []}


def evaluated(callers: Callers, golden: str, body: Json) -> Json:
    begun = callers.admin.post(f"{golden}/evaluations", json=body)
    assert begun.status_code == 202, begun.text
    deadline = monotonic() + 60
    while monotonic() < deadline:
        evaluation: Json = callers.reader.get(f"{golden}/evaluations/{begun.json()['id']}").json()
        if evaluation["state"] in {"done", "failed"}:
            assert evaluation["error"] is None
            return evaluation
        sleep(0.05)
    raise AssertionError(f"not done: {evaluation}")


class TestSets:
    def test_are_hidden_with_their_dataset(self, callers: Callers, golden: str) -> None:
        for outsider in (callers.stranger, callers.agent("copywriter")):
            assert outsider.get(golden).status_code == 404
            assert outsider.get(f"{golden}/questions").status_code == 404

    def test_have_names_of_their_own(self, callers: Callers, golden: str, museum: Json) -> None:
        name = callers.reader.get(golden).json()["name"]
        again = callers.member.post(SETS, json={"datasetId": museum["id"], "name": name})
        assert (again.status_code, error_of(again)["code"]) == (409, "CONFLICT")

    def test_of_no_dataset_are_not_made(self, callers: Callers) -> None:
        assert callers.member.post(SETS, json={"datasetId": "x", "name": "y"}).status_code == 404


class TestJudging:
    def test_knows_a_passage_again_after_a_rebuild(self, callers: Callers, golden: str, museum: Json) -> None:
        asked = {"query": "where is the violin", "datasetIds": [museum["id"]], "topK": 1}
        best = callers.searcher.post(f"{KB}/search", json=asked).json()["results"][0]
        judged = {"query": asked["query"], "judgements": [{"chunkId": best["chunkId"], "grade": "relevant"}]}
        assert callers.member.post(f"{golden}/questions", json=judged).status_code == 201
        callers.admin.patch(f"{path_of(museum)}/files/{best['fileId']}", json={"reIngest": True})
        callers.admin.settled(museum, best["fileId"])
        (told,) = evaluated(callers, golden, {})["result"]["configurations"]
        assert told["metrics"]["mrr@10"]["mean"] == 1.0

    def test_keeps_every_version(self, callers: Callers, golden: str, museum: Json) -> None:
        file_id = museum["ids"]["page-00.md"]
        for query, grade in (("vase", "partly"), ("vase", "relevant"), ("other", "not")):
            body = {"query": query, "judgements": [{"fileId": file_id, "grade": grade}]}
            assert callers.member.post(f"{golden}/questions", json=body).status_code == 201
        (first,) = callers.reader.get(f"{golden}/questions", params={"version": 1}).json()["data"]
        assert [one["grade"] for one in first["judgements"]] == ["partly"]
        now = callers.reader.get(f"{golden}/questions").json()["data"]
        assert {one["query"]: one["judgements"][0]["grade"] for one in now} == {"vase": "relevant", "other": "not"}
        vase = next(one for one in now if one["query"] == "vase")
        assert callers.member.delete(f"{golden}/questions/{vase['id']}").status_code == 200
        assert len(callers.reader.get(f"{golden}/questions").json()["data"]) == 1
        assert len(callers.reader.get(f"{golden}/questions", params={"version": 3}).json()["data"]) == 2
        assert callers.reader.get(f"{golden}/questions", params={"version": 9}).status_code == 404

    @pytest.mark.parametrize("subject", [{}, {"fileId": "a", "chunkId": "b"}, {"fileId": "unknown"}, {"chunkId": "x"}])
    def test_is_of_one_thing_that_is_there(self, callers: Callers, golden: str, subject: Json) -> None:
        body = {"query": "q", "judgements": [{"grade": "relevant", **subject}]}
        assert error_of(callers.member.post(f"{golden}/questions", json=body))["code"] == "VALIDATION_ERROR"


class TestExchange:
    def test_brings_back_what_it_took_out(self, callers: Callers, golden: str, museum: Json) -> None:
        fill(callers, golden)
        files = callers.reader.get(f"{golden}/export").json()
        other = callers.member.post(SETS, json={"datasetId": museum["id"], "name": f"copy {uuid4()}"}).json()["id"]
        sent = {"queriesJsonl": files["queriesJsonl"], "qrelsTsv": files["qrelsTsv"]}
        assert callers.member.post(f"{SETS}/{other}/import", json=sent).json()["questions"] == len(PAGES)

        def content(path: str) -> list[tuple[str, list[Json]]]:
            found = callers.reader.get(f"{path}/questions").json()["data"]
            return sorted((one["query"], one["judgements"]) for one in found)

        assert content(f"{SETS}/{other}") == content(golden)
        assert len(files["corpusJsonl"].splitlines()) == len(PAGES)
        callers.admin.delete(f"{SETS}/{other}")

    @pytest.mark.parametrize(
        ("queries", "qrels"),
        [
            ("not json", "query-id\tcorpus-id\tscore\n"),
            ('{"_id": "1", "text": "q"}', "wrong header\n"),
            ('{"_id": "1", "text": "q"}', "query-id\tcorpus-id\tscore\n1\tpage-00\tmany\n"),
        ],
    )
    def test_refuses_what_is_not_in_the_layout(self, callers: Callers, golden: str, queries: str, qrels: str) -> None:
        answer = callers.member.post(f"{golden}/import", json={"queriesJsonl": queries, "qrelsTsv": qrels})
        assert error_of(answer)["code"] == "VALIDATION_ERROR"


class TestEvaluating:
    def test_needs_questions(self, callers: Callers, golden: str) -> None:
        assert error_of(callers.member.post(f"{golden}/evaluations", json={}))["code"] == "VALIDATION_ERROR"

    def test_measures_with_intervals_and_says_when_nothing_differs(self, callers: Callers, golden: str) -> None:
        fill(callers, golden)
        ways = [{"name": "words", "hybridAlpha": 0.0}, {"name": "the same", "hybridAlpha": 0.0}]
        result = evaluated(callers, golden, {"configurations": ways})["result"]
        assert result["questions"] == len(PAGES)
        words, same = result["configurations"]
        gain = words["metrics"]["ndcg@10"]
        assert 0.9 < gain["low"] <= gain["mean"] <= gain["high"] <= 1
        assert same["comparedToFirst"]["ndcg@10"]["verdict"] == "no_significant_difference"

    def test_tunes_on_one_half_and_adopts_only_what_holds(self, callers: Callers, golden: str, museum: Json) -> None:
        fill(callers, golden)
        result = evaluated(callers, golden, {"kind": "tune", "adopt": True})["result"]
        assert set(result) == {"questions", "tuned", "chosenOn", "heldOut", "adopted"}
        assert result["adopted"] is (result["heldOut"]["verdict"] == "better")
        setting = callers.admin.get(path_of(museum)).json()["search"]["hybridAlpha"]
        assert (setting is not None) is result["adopted"]
        callers.admin.patch(f"{path_of(museum)}/config", json={"search": {}})

    def test_adopts_for_those_who_manage_only(self, callers: Callers, golden: str) -> None:
        answer = callers.member.post(f"{golden}/evaluations", json={"kind": "tune", "adopt": True})
        assert answer.status_code == 403
