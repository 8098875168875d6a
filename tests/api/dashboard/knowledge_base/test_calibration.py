"""Scores of a dataset calibrated by golden questions: measured, taken over, shown, gone back from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.api.callers import Callers, Json, path_of
from tests.api.dashboard.knowledge_base.test_question_sets import KB, SETS, evaluated

THINGS = ("vase", "helmet", "carpet", "statue", "clock", "mirror", "lantern", "dagger")
ROOMS = ("hall", "attic", "cellar")
QUESTIONS = len(THINGS) * len(ROOMS)


@pytest.fixture(scope="module")
def museum(callers: Callers) -> Iterator[Json]:
    """Every thing stands in every room, and a question is about one of them: what else comes back is not relevant."""
    made: Json = callers.admin.post(f"{KB}/datasets", json={"name": f"museum {uuid4()}"}).json()
    texts = {f"{thing}.md": f"# {thing}\n\nVisitors find the {thing} in {', '.join(ROOMS)}." for thing in THINGS}
    for file_id in [callers.admin.upload(made, name, text)["id"] for name, text in texts.items()]:
        assert callers.admin.settled(made, file_id)["status"] == "indexed"
    yield made
    callers.admin.delete(path_of(made))


@pytest.fixture(scope="module")
def evaluation(callers: Callers, museum: Json) -> Iterator[Json]:
    """Done, with a calibration, and not adopted."""
    made = callers.member.post(SETS, json={"datasetId": museum["id"], "name": f"golden {uuid4()}"}).json()["id"]
    asked = [(f"{thing}-{room}", f"who finds the {thing} in the {room}", thing) for thing in THINGS for room in ROOMS]
    queries = "".join(json.dumps({"_id": name, "text": text}) + "\n" for name, text, _ in asked)
    qrels = "query-id\tcorpus-id\tscore\n" + "".join(f"{name}\t{thing}.md\t1\n" for name, _, thing in asked)
    sent = {"queriesJsonl": queries, "qrelsTsv": qrels}
    assert callers.member.post(f"{SETS}/{made}/import", json=sent).json()["questions"] == QUESTIONS
    yield evaluated(callers, f"{SETS}/{made}", {"kind": "calibrate"})
    callers.admin.delete(f"{SETS}/{made}")


@pytest.fixture
def calibration(callers: Callers, museum: Json) -> Iterator[str]:
    """Its path, with none adopted before and after."""
    path = f"{path_of(museum)}/calibration"
    yield path
    callers.admin.delete(path)


def results(callers: Callers, museum: Json, **asked: object) -> list[Json]:
    body = {"query": "who finds the vase", "datasetIds": [museum["id"]], "topK": 10, **asked}
    answer = callers.searcher.post(f"{KB}/search", json=body)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["results"]
    return found


class TestAnEvaluation:
    def test_says_by_mode_how_much_of_what_reaches_a_score_is_relevant(self, evaluation: Json) -> None:
        result = evaluation["result"]
        modes = [(one["hybridAlpha"], one["rerank"]) for one in result["modes"]]
        assert modes[:3] == [(0.7, False), (0.0, False), (1.0, False)]
        for mode in result["modes"]:
            assert [one["minScore"] for one in mode["heldOut"]] == pytest.approx([n / 10 for n in range(1, 10)])
            returned = [one["returned"] for one in mode["heldOut"]]
            assert returned == sorted(returned, reverse=True)
        assert result["adopted"] is False


class TestAdopting:
    def test_is_for_those_who_manage_and_see_the_dataset(
        self, callers: Callers, calibration: str, evaluation: Json
    ) -> None:
        body = {"evaluationId": evaluation["id"]}
        assert callers.member.request("PUT", calibration, json=body).status_code == 403
        assert callers.member.delete(calibration).status_code == 403
        assert callers.stranger.get(calibration).status_code == 404
        assert callers.reader.get(calibration).json() == {"evaluationId": None, "model": None, "modes": []}

    def test_takes_an_evaluation_that_calibrated_this_dataset(self, callers: Callers, calibration: str) -> None:
        assert callers.admin.request("PUT", calibration, json={"evaluationId": "unknown"}).status_code == 404

    def test_shows_other_scores_in_the_same_order_everywhere(
        self, callers: Callers, museum: Json, calibration: str, evaluation: Json
    ) -> None:
        before = results(callers, museum)
        adopted = callers.admin.request("PUT", calibration, json={"evaluationId": evaluation["id"]})
        assert adopted.json()["evaluationId"] == evaluation["id"]
        assert callers.reader.get(calibration).json() == adopted.json()
        after = results(callers, museum, explain=True)
        assert [one["chunkId"] for one in after] == [one["chunkId"] for one in before]
        scores = [one["score"] for one in after]
        assert scores == sorted(scores, reverse=True)
        assert scores != [one["score"] for one in before]
        told = [one["explanation"]["uncalibratedScore"] for one in after]
        assert told == pytest.approx([one["score"] for one in before])
        assert len(results(callers, museum, minScore=scores[0])) < len(after)
        last = after[-1]
        asked = {"query": "who finds the vase", "datasetIds": [museum["id"]], "topK": 10, "minScore": 1.0}
        why = callers.searcher.post(f"{KB}/search/why-not", json={**asked, "chunkId": last["chunkId"]}).json()
        assert (why["cause"], why["score"]) == ("below_min_score", pytest.approx(last["score"]))
        callers.admin.delete(calibration)
        assert [one["score"] for one in results(callers, museum)] == [one["score"] for one in before]
