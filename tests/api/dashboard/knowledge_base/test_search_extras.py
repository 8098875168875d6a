"""What a search answers beside its passages, where it is asked to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from retrieval.search.reranking import SHARE
from tests.api.callers import Callers, Json, error_of, path_of

KB = "/dashboard/v1/knowledge-base"
SEARCH = f"{KB}/search"

FILLER = " ".join(f"Rule {number} of the house applies to every office in the country." for number in range(8))
LEAVE = f"""# Leave

Everyone has thirty days of paid holiday a year. Unused days expire in March. {FILLER}

## Parents

Parental leave lasts up to three years. Tell the office seven weeks ahead. {FILLER}

## Illness

On the first day of illness, call your manager. A certificate is needed from day four. {FILLER}
"""
TRAVEL = "# Travel\n\nTrain tickets are booked through the travel desk. The badge KX-4711 opens the bicycle garage."


@pytest.fixture(scope="module")
def handbook(callers: Callers) -> Iterator[Json]:
    made: Json = callers.admin.post(f"{KB}/datasets", json={"name": f"extras {uuid4()}", "chunkSize": 128}).json()
    for name, text in (("leave.md", LEAVE), ("travel.md", TRAVEL)):
        file = callers.admin.upload(made, name, text)
        assert callers.admin.settled(made, file["id"])["status"] == "indexed"
    yield made
    callers.admin.delete(path_of(made))


def ask(callers: Callers, dataset: Json, query: str, **more: Any) -> Json:
    answer = callers.searcher.post(SEARCH, json={"query": query, "datasetIds": [dataset["id"]], **more})
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


class TestExplaining:
    def test_adds_nothing_unless_asked(self, callers: Callers, handbook: Json) -> None:
        body = ask(callers, handbook, "paid holidays")
        assert set(body) == {"results", "searchMs"}
        assert not {"explanation", "highlights", "section", "citation"} & set(body["results"][0])

    def test_takes_every_score_apart(self, callers: Callers, handbook: Json) -> None:
        body = ask(callers, handbook, "how many paid holidays", explain=True, hybridAlpha=0.6)
        overall = body["explanation"]
        assert (overall["hybridAlpha"], overall["fusion"], overall["rerankDepth"]) == (0.6, "weighted", 0)
        assert {term["word"] for term in overall["terms"]} >= {"paid", "holidays"}
        for result in body["results"]:
            told = result["explanation"]
            expected = 0.6 * told["vector"]["score"] + 0.4 * told["keyword"]["score"]
            assert result["score"] == pytest.approx(expected)
            assert result["score"] == told["fusedScore"]
            assert sum(term["weight"] for term in told["terms"]) == pytest.approx(told["keyword"]["raw"], abs=1e-3)
        best = body["results"][0]["explanation"]
        assert (best["vector"]["rank"], best["keyword"]["rank"], best["fusedRank"]) == (1, 1, 1)

    def test_tells_what_reranking_did(self, callers: Callers, handbook: Json) -> None:
        body = ask(callers, handbook, "how many paid holidays", explain=True, rerank=True)
        assert body["explanation"]["rerankDepth"] == len(body["results"])
        assert body["explanation"]["reranker"]
        for result in body["results"]:
            told = result["explanation"]
            assert result["score"] == pytest.approx((1 - SHARE) * told["fusedScore"] + SHARE * told["rerankScore"])

    def test_puts_the_conditions_in_words(self, callers: Callers, handbook: Json) -> None:
        conditions = {"sources": ["upload"], "publishedAfter": "2020-01-01"}
        body = ask(callers, handbook, "holiday", explain=True, filter=conditions)
        assert body["results"] == []
        assert body["explanation"]["filters"] == [
            "sources is one of upload",
            "publishedAfter 2020-01-01T00:00:00+00:00",
        ]


class TestHighlights:
    def test_mark_the_question_s_words_in_every_form(self, callers: Callers, handbook: Json) -> None:
        body = ask(callers, handbook, "when does a holiday's day expire", include=["highlights"])
        best = body["results"][0]
        words = {best["content"][span["start"] : span["end"]].lower() for span in best["highlights"]["words"]}
        assert words >= {"days", "holiday", "expire"}

    def test_mark_the_sentence_that_answers(self, callers: Callers, handbook: Json) -> None:
        body = ask(callers, handbook, "how do I reserve a seat on the railway", include=["highlights"])
        best = body["results"][0]
        span = best["highlights"]["sentence"]
        assert best["content"][span["start"] : span["end"]] == "Train tickets are booked through the travel desk."


class TestPhrases:
    def test_in_quotes_must_stand_there_word_for_word(self, callers: Callers, handbook: Json) -> None:
        found = ask(callers, handbook, 'office "seven weeks ahead"')["results"]
        assert found
        assert all("seven weeks ahead" in result["content"] for result in found)
        assert ask(callers, handbook, '"ahead weeks seven"')["results"] == []

    def test_are_named_in_the_explanation(self, callers: Callers, handbook: Json) -> None:
        assert ask(callers, handbook, '"Paid Holiday"', explain=True)["explanation"]["phrases"] == ["Paid Holiday"]


class TestIdentifiers:
    @pytest.mark.parametrize("query", ["KX-4711", "kx4711", "KX 4711", "kx_4711"])
    def test_are_found_however_they_are_written(self, callers: Callers, handbook: Json, query: str) -> None:
        best = ask(callers, handbook, query, hybridAlpha=0.0)["results"][0]
        assert best["fileName"] == "travel.md"


class TestFusing:
    @pytest.mark.parametrize("fusion", ["weighted", "rrf", "dbsf"])
    def test_any_way_finds_it_and_keeps_scores_falling(self, callers: Callers, handbook: Json, fusion: str) -> None:
        body = ask(callers, handbook, "how long is parental leave", fusion=fusion, explain=True)
        scores = [result["score"] for result in body["results"]]
        assert scores == sorted(scores, reverse=True)
        assert body["explanation"]["fusion"] == fusion
        assert "Parental leave" in body["results"][0]["content"]

    def test_is_the_dataset_s_own_unless_the_search_says(self, callers: Callers, handbook: Json) -> None:
        config = f"{path_of(handbook)}/config"
        settings = {"hybridAlpha": 0.2, "fusion": "rrf"}
        answer = callers.admin.patch(config, json={"search": settings})
        assert answer.status_code == 200, answer.text
        assert answer.json()["search"] == settings
        told = ask(callers, handbook, "leave", explain=True)["explanation"]
        assert (told["hybridAlpha"], told["fusion"]) == (0.2, "rrf")
        told = ask(callers, handbook, "leave", explain=True, hybridAlpha=0.9, fusion="dbsf")["explanation"]
        assert (told["hybridAlpha"], told["fusion"]) == (0.9, "dbsf")
        callers.admin.patch(config, json={"search": {}})
        assert ask(callers, handbook, "leave", explain=True)["explanation"]["fusion"] == "weighted"


class TestArranging:
    def test_makes_one_result_of_neighbours(self, callers: Callers, handbook: Json) -> None:
        apart = ask(callers, handbook, "leave holiday illness", topK=20)["results"]
        merged = ask(callers, handbook, "leave holiday illness", topK=20, mergeNeighbours=True)["results"]
        whole = next(result for result in merged if result["fileName"] == "leave.md")
        of_file = [result["chunkId"] for result in apart if result["fileName"] == "leave.md"]
        assert len(of_file) > 1
        assert sorted(whole["mergedChunkIds"]) == sorted(of_file)
        assert len(merged) == len(apart) - len(of_file) + 1
        assert whole["content"].index("thirty days") < whole["content"].index("three years")

    def test_keeps_the_best_first_and_loses_nothing_when_diverse(self, callers: Callers, handbook: Json) -> None:
        plain = ask(callers, handbook, "leave", topK=20)["results"]
        diverse = ask(callers, handbook, "leave", topK=20, diversity=0.8)["results"]
        assert diverse[0] == plain[0]
        assert {one["chunkId"] for one in diverse} == {one["chunkId"] for one in plain}


class TestSections:
    def test_give_what_stands_around_a_passage(self, callers: Callers, handbook: Json) -> None:
        best = ask(callers, handbook, "parental leave", include=["section"])["results"][0]
        section = best["section"]
        assert best["chunkId"] in section["chunkIds"]
        assert "thirty days" in section["content"]
        assert section["headingPath"] == ["Leave"]
        assert section["truncated"] is False


class TestCitations:
    def test_find_the_passage_again_after_a_rebuild(self, callers: Callers, handbook: Json) -> None:
        best = ask(callers, handbook, "parental leave", include=["citation"])["results"][0]
        link = best["citation"]["link"]
        cited = callers.searcher.get(link).json()
        assert (cited["found"], cited["chunkId"]) == (True, best["chunkId"])
        path = f"{path_of(handbook)}/files/{best['fileId']}"
        callers.admin.patch(path, json={"reIngest": True})
        callers.admin.settled(handbook, best["fileId"])
        again = callers.searcher.get(link).json()
        assert again["found"]
        assert again["chunkId"] != best["chunkId"]
        assert again["content"] == best["content"]
        assert again["open"].startswith(f"{path}/original")

    def test_leave_a_trace_in_the_trail(self, callers: Callers, handbook: Json) -> None:
        best = ask(callers, handbook, "parental leave", include=["citation"])["results"][0]
        request = callers.searcher.get(best["citation"]["link"]).headers["x-request-id"]
        log = callers.admin.get("/dashboard/v1/audit-log", params={"filter[entityId]": best["fileId"]}).json()["data"]
        assert (log[0]["action"], log[0]["requestId"]) == ("read", request)
        assert best["citation"]["link"].endswith(log[0]["metadata"]["citation"])

    def test_do_not_find_what_is_switched_off(self, callers: Callers, handbook: Json) -> None:
        best = ask(callers, handbook, "bicycle garage", include=["citation"])["results"][0]
        link, file = best["citation"]["link"], f"{path_of(handbook)}/files/{best['fileId']}"
        chunk = f"{file}/chunks/{best['chunkId']}"
        assert callers.admin.patch(chunk, json={"enabled": False}).status_code == 200
        off = callers.searcher.get(link).json()
        assert (off["found"], off["content"]) == (False, None)
        assert callers.admin.patch(chunk, json={"enabled": True}).status_code == 200
        assert callers.searcher.get(link).json()["found"]
        callers.admin.patch(file, json={"enabled": False})
        assert callers.searcher.get(link).status_code == 404
        callers.admin.patch(file, json={"enabled": True})
        assert callers.searcher.get(link).json()["found"]

    def test_are_hidden_from_those_who_may_not_see_the_dataset(self, callers: Callers, handbook: Json) -> None:
        link = ask(callers, handbook, "parental leave", include=["citation"])["results"][0]["citation"]["link"]
        assert callers.stranger.get(link).status_code == 404
        assert callers.agent("copywriter").get(link).status_code == 404

    def test_must_be_keys(self, callers: Callers) -> None:
        assert error_of(callers.searcher.get(f"{KB}/citations/abc"))["code"] == "VALIDATION_ERROR"


class TestBatches:
    def test_answer_each_question_in_its_place(self, callers: Callers, handbook: Json) -> None:
        asked = [
            {"query": "parental leave", "datasetIds": [handbook["id"]], "topK": 1},
            {"query": "parental leave", "datasetIds": ["unknown"]},
            {"query": "train tickets", "datasetIds": [handbook["id"]], "topK": 1},
        ]
        answer = callers.searcher.post(f"{SEARCH}/batch", json={"searches": asked})
        assert answer.status_code == 200, answer.text
        first, second, third = answer.json()["data"]
        assert first["answer"]["results"] == ask(callers, handbook, "parental leave", topK=1)["results"]
        assert third["answer"]["results"][0]["fileName"] == "travel.md"
        assert (set(second), second["error"]["code"]) == ({"error"}, "NOT_FOUND")
        assert callers.reader.get(f"{KB}/search-records/{third['searchId']}").json()["query"] == "train tickets"

    def test_have_a_limit(self, callers: Callers, handbook: Json) -> None:
        asked = [{"query": "x", "datasetIds": [handbook["id"]]}] * 51
        assert callers.searcher.post(f"{SEARCH}/batch", json={"searches": asked}).status_code == 400
