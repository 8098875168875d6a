"""Changing a dataset's embedding model over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from api.app import create_app
from kit.settings import Settings
from orchestration.runtime import build_runtime
from tests.api.callers import Callers, Json, error_of, path_of
from tests.mode import standing, working
from tests.unit.retrieval.embedding.tiny_bert import write_tiny_bert

KEY = "a key for tests that is long enough, and more"


@pytest.fixture(scope="module")
def two_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """A server whose datasets are embedded by `tiny` unless they are changed to `small`."""
    folder = tmp_path_factory.mktemp("models")
    first, second = write_tiny_bert(folder / "tiny"), write_tiny_bert(folder / "small")
    settings = Settings(
        _env_file=None,
        home=folder / "home",
        embedding_model=str(first),
        embedding_models=str(second),
        admin_key=SecretStr(KEY),
        **standing(folder / "home"),  # type: ignore[arg-type]  # pydantic reads texts
    )
    runtime = build_runtime(settings)
    runtime.start()
    with working(settings), TestClient(create_app(settings, runtime), raise_server_exceptions=False) as client:
        yield Callers(client, runtime, admin_token=KEY)
    runtime.close()


@pytest.fixture
def owned(two_models: Callers, request: pytest.FixtureRequest) -> Json:
    body = {"name": request.node.name[:100], "allowedAgentRoles": ["*"]}
    answer = two_models.admin.post("/dashboard/v1/knowledge-base/datasets", json=body)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


class TestModels:
    def test_are_listed_with_the_default_first(self, two_models: Callers) -> None:
        listed = two_models.admin.get("/dashboard/v1/knowledge-base/embedding-models").json()["data"]
        assert [(one["name"], one["isDefault"]) for one in listed] == [("tiny", True), ("small", False)]


class TestChanging:
    def test_is_refused_to_who_may_not(self, two_models: Callers, owned: Json) -> None:
        path, body = f"{path_of(owned)}/model-changes", {"embeddingModel": "small"}
        assert two_models.reader.post(path, json=body).status_code == 403
        assert two_models.stranger.post(path, json=body).status_code == 404
        assert two_models.stranger.get(path).status_code == 404

    def test_is_refused_with_reasons(self, two_models: Callers, owned: Json) -> None:
        path = f"{path_of(owned)}/model-changes"
        unknown = two_models.admin.post(path, json={"embeddingModel": "../../etc"})
        assert unknown.status_code == 400
        assert error_of(unknown)["details"][0]["field"] == "embeddingModel"
        assert two_models.admin.post(path, json={"embeddingModel": "tiny"}).status_code == 409
        assert two_models.admin.get(f"{path}/nothing").status_code == 404
        assert two_models.admin.post(f"{path}/nothing/switch").status_code == 404

    def test_goes_over_and_back(self, two_models: Callers, owned: Json) -> None:
        admin, path = two_models.admin, f"{path_of(owned)}/model-changes"
        file = admin.upload(owned, "a.md", "# Notice\n\nThe notice period is three months.")
        admin.settled(owned, file["id"])

        begun = admin.post(path, json={"embeddingModel": "small"})
        assert begun.status_code == 202, begun.text
        seen = admin.until(
            lambda: admin.get(f"{path}/{begun.json()['id']}").json(), lambda one: one["state"] != "filling"
        )
        assert (seen["state"], seen["chunksDone"], seen["chunksTotal"]) == ("switched", 1, 1)
        assert admin.get(path_of(owned)).json()["embeddingModel"] == "small"
        assert self._finds(two_models, owned)
        again = admin.post(f"{path}/{seen['id']}/cancel")
        assert again.status_code == 409

        back = admin.post(f"{path}/{seen['id']}/rollback")
        assert back.status_code == 202, back.text
        admin.until(lambda: admin.get(f"{path}/{back.json()['id']}").json(), lambda one: one["state"] == "switched")
        assert admin.get(path_of(owned)).json()["embeddingModel"] == "tiny"
        assert self._finds(two_models, owned)
        assert [one["newModel"] for one in admin.get(path).json()["data"]] == ["tiny", "small"]

    def test_waits_where_it_is_to_be_switched_by_hand(self, two_models: Callers, owned: Json) -> None:
        admin, path = two_models.admin, f"{path_of(owned)}/model-changes"
        begun = admin.post(path, json={"embeddingModel": "small", "switchPolicy": "by_hand"}).json()
        admin.until(lambda: admin.get(f"{path}/{begun['id']}").json(), lambda one: one["state"] == "ready")
        assert admin.post(path, json={"embeddingModel": "small"}).status_code == 409
        assert admin.post(f"{path}/{begun['id']}/cancel").json()["state"] == "cancelled"

    @staticmethod
    def _finds(callers: Callers, dataset: Json) -> bool:
        body = {"query": "notice period", "datasetIds": [dataset["id"]], "hybridAlpha": 1.0}
        return bool(callers.admin.post("/dashboard/v1/knowledge-base/search", json=body).json()["results"])

    def test_of_two_datasets_are_searched_together(self, two_models: Callers, owned: Json, tmp_path: Path) -> None:
        """One question, two models, one order."""
        admin = two_models.admin
        other = admin.post("/dashboard/v1/knowledge-base/datasets", json={"name": tmp_path.name}).json()
        for dataset, text in ((owned, "red apple"), (other, "green apple")):
            admin.settled(dataset, admin.upload(dataset, "a.md", text)["id"])
        begun = admin.post(f"{path_of(other)}/model-changes", json={"embeddingModel": "small"}).json()
        where = f"{path_of(other)}/model-changes/{begun['id']}"
        admin.until(lambda: admin.get(where).json(), lambda one: one["state"] == "switched")
        body = {"query": "apple", "datasetIds": [owned["id"], other["id"]]}
        found = admin.post("/dashboard/v1/knowledge-base/search", json=body).json()["results"]
        assert {one["content"] for one in found} == {"red apple", "green apple"}
