"""Asking why a search did not bring something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from tests.api.callers import Callers, Json, error_of, path_of

KB = "/dashboard/v1/knowledge-base"
WHY_NOT = f"{KB}/search/why-not"


@pytest.fixture(scope="module")
def library(callers: Callers) -> Iterator[dict[str, Json]]:
    made: Json = callers.admin.post(f"{KB}/datasets", json={"name": f"why {uuid4()}"}).json()
    other: Json = callers.admin.post(f"{KB}/datasets", json={"name": f"other {uuid4()}"}).json()
    files: dict[str, Json] = {"dataset": made, "other dataset": other}
    texts = {
        "bread.md": "# Bread\n\nRye bread is baked with sourdough for an hour.",
        "cake.md": "# Cake\n\nA sponge cake needs six eggs and no sourdough at all.",
        "waste.md": "# Waste\n\nGlass goes into the green bin.",
        "paint.md": "# Paint\n\nTwo coats of paint cover the fence.",
    }
    for name, text in texts.items():
        files[name] = callers.admin.upload(made, name, text, metadata=f'{{"topic": "{name[:5]}"}}')
    files["elsewhere.md"] = callers.admin.upload(other, "elsewhere.md", "# Bread\n\nWhite bread is baked with yeast.")
    files["broken.pdf"] = callers.admin.upload(made, "broken.pdf", b"%PDF-1.7 this is no PDF")
    for name, file in files.items():
        if "." in name:
            callers.admin.settled(other if name == "elsewhere.md" else made, file["id"])
    yield files
    callers.admin.delete(path_of(made))
    callers.admin.delete(path_of(other))


def why(callers: Callers, library: dict[str, Json], query: str = "sourdough bread", **more: Any) -> Json:
    body = {"query": query, "datasetIds": [library["dataset"]["id"]], **more}
    answer = callers.searcher.post(WHY_NOT, json=body)
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


class TestAskingWhyNot:
    def test_needs_a_key_that_may_search(self, client: TestClient, callers: Callers, library: dict[str, Json]) -> None:
        body = {"query": "x", "datasetIds": [library["dataset"]["id"]], "fileId": "f"}
        assert client.post(WHY_NOT, json=body).status_code == 401
        assert callers.reader.post(WHY_NOT, json=body).status_code == 403

    @pytest.mark.parametrize("subject", [{}, {"fileId": "f", "url": "https://example.org"}])
    def test_needs_exactly_one_subject(self, callers: Callers, library: dict[str, Json], subject: Json) -> None:
        body = {"query": "x", "datasetIds": [library["dataset"]["id"]], **subject}
        assert "exactly one" in error_of(callers.searcher.post(WHY_NOT, json=body))["message"]

    def test_of_what_was_never_ingested(self, callers: Callers, library: dict[str, Json]) -> None:
        assert why(callers, library, url="https://example.org/page")["cause"] == "never_ingested"

    def test_tells_a_stranger_nothing(self, callers: Callers, library: dict[str, Json]) -> None:
        body = {"query": "x", "datasetIds": [library["dataset"]["id"]], "fileId": library["bread.md"]["id"]}
        assert callers.stranger.post(WHY_NOT, json=body).status_code == 404

    def test_of_what_lies_in_another_dataset(self, callers: Callers, library: dict[str, Json]) -> None:
        told = why(callers, library, fileId=library["elsewhere.md"]["id"])
        assert told["cause"] == "other_dataset"
        assert told["datasetId"] == library["other dataset"]["id"]

    def test_of_what_could_not_be_read(self, callers: Callers, library: dict[str, Json]) -> None:
        assert why(callers, library, fileId=library["broken.pdf"]["id"])["cause"] == "ingestion_failed"

    def test_of_what_the_filter_leaves_out_names_the_rule(self, callers: Callers, library: dict[str, Json]) -> None:
        condition = {"metadata": {"topic": ["paint"]}, "sources": ["upload"]}
        told = why(callers, library, fileId=library["bread.md"]["id"], filter=condition)
        assert told["cause"] == "filtered"
        assert told["reasons"] == ["metadata.topic: it is 'bread', not one of paint"]

    def test_of_what_is_switched_off(self, callers: Callers, library: dict[str, Json]) -> None:
        path = f"{path_of(library['dataset'])}/files/{library['waste.md']['id']}"
        callers.admin.patch(path, json={"enabled": False})
        assert why(callers, library, fileId=library["waste.md"]["id"])["cause"] == "disabled"

    def test_of_what_was_outranked_tells_rank_leg_and_what_was_needed(
        self, callers: Callers, library: dict[str, Json]
    ) -> None:
        told = why(callers, library, fileId=library["cake.md"]["id"], topK=1)
        assert (told["cause"], told["rank"], told["leg"]) == ("outranked", 2, "keyword")
        assert told["keyword"]["rank"] == 2
        assert told["score"] < told["neededScore"]
        assert told["terms"] == [{"word": "sourdough", "weight": told["terms"][0]["weight"]}]

    def test_of_what_scored_too_little(self, callers: Callers, library: dict[str, Json]) -> None:
        told = why(callers, library, fileId=library["cake.md"]["id"], minScore=0.99)
        assert (told["cause"], told["neededScore"]) == ("below_min_score", 0.99)

    def test_of_what_has_nothing_of_the_question(self, callers: Callers, library: dict[str, Json]) -> None:
        told = why(callers, library, fileId=library["paint.md"]["id"], hybridAlpha=0.0)
        assert told["cause"] == "no_match"

    def test_of_what_lacks_a_phrase(self, callers: Callers, library: dict[str, Json]) -> None:
        told = why(callers, library, '"rye bread"', fileId=library["cake.md"]["id"])
        assert told["cause"] == "phrase_missing"

    def test_of_what_is_returned_says_so(self, callers: Callers, library: dict[str, Json]) -> None:
        found = callers.searcher.post(
            f"{KB}/search", json={"query": "sourdough bread", "datasetIds": [library["dataset"]["id"]]}
        ).json()["results"][0]
        told = why(callers, library, chunkId=found["chunkId"])
        assert (told["cause"], told["rank"], told["chunkId"]) == ("returned", 1, found["chunkId"])
        assert told["score"] == found["score"]
