"""Personal data over HTTP: chosen for a dataset, in no chunk and no search, and in the original still."""

from __future__ import annotations

import pytest

from tests.api.callers import Callers, Json, error_of, path_of

VALUES = {
    "email": "jane.roe@example.org",
    "phone": "+49 30 901820",
    "iban": "DE89 3704 0044 0532 0130 00",
    "card": "4111 1111 1111 1111",
    "ip": "203.0.113.77",
    "national_id": "536-22-1234",
}
KEPT = "ISBN 978-3-16-148410-0, 15.01.2024 and version 1.2.3.4"
TEXT = (
    f"# Moorings of {VALUES['email']}\n\nThe harbour master answers at {VALUES['phone']}; {KEPT} stay.\n\n"
    f"| Account | Card |\n|---|---|\n| {VALUES['iban']} | {VALUES['card']} |\n\n"
    f"The gate logs {VALUES['ip']}, and the register has SSN {VALUES['national_id']}.\n"
)


@pytest.fixture
def harbour(callers: Callers, dataset: Json) -> Json:
    config = {"redaction": {"kinds": list(VALUES)}, "allowedAgentRoles": ["*"]}
    changed = callers.admin.patch(f"{path_of(dataset)}/config", json=config)
    assert changed.status_code == 200, changed.text
    file = callers.admin.upload(dataset, f"{VALUES['email']}.md", TEXT)
    assert callers.admin.settled(dataset, file["id"])["status"] == "indexed"
    return {**changed.json(), "file": f"{path_of(dataset)}/files/{file['id']}"}


class TestTheSetting:
    def test_is_off_unless_chosen(self, dataset: Json) -> None:
        assert dataset["redaction"] == {"kinds": [], "countries": []}

    def test_is_taken_as_a_whole_and_left_where_it_is_not_named(self, callers: Callers, dataset: Json) -> None:
        path = f"{path_of(dataset)}/config"
        wanted = {"kinds": ["phone", "email", "email"], "countries": ["GB", "DE"]}
        assert callers.admin.patch(path, json={"redaction": wanted}).json()["redaction"] == {
            "kinds": ["email", "phone"], "countries": ["GB", "DE"]
        }  # fmt: skip
        assert callers.admin.patch(path, json={"description": "x"}).json()["redaction"]["countries"] == ["GB", "DE"]
        assert callers.admin.patch(path, json={"redaction": {}}).json()["redaction"] == {"kinds": [], "countries": []}

    @pytest.mark.parametrize(
        ("wanted", "field"),
        [
            ({"kinds": ["names"]}, "redaction.kinds[0]"),
            ({"kinds": "email"}, "redaction.kinds"),
            ({"kinds": ["phone"], "countries": ["UK"]}, "redaction.countries"),
            ({"kinds": ["phone"], "countries": ["gb"]}, "redaction.countries[0]"),
        ],
    )
    def test_names_what_is_wrong(self, callers: Callers, dataset: Json, wanted: Json, field: str) -> None:
        answer = callers.admin.patch(f"{path_of(dataset)}/config", json={"redaction": wanted})
        assert answer.status_code == 400
        assert field in {detail["field"] for detail in error_of(answer)["details"]}


class TestWhatIsIndexed:
    def test_says_nothing_of_it_and_all_of_the_rest(self, callers: Callers, harbour: Json) -> None:
        chunks = callers.agent("clerk").get(f"{harbour['file']}/chunks").json()["data"]
        said = "\n".join(f"{one['content']}\n{one['context']}\n{one['headingPath']}" for one in chunks)
        assert not [value for value in VALUES.values() if value in said]
        for kind in VALUES:
            assert f"[{kind.upper()}]" in said
        assert KEPT in said

    @pytest.mark.parametrize("kind", VALUES)
    def test_is_found_by_no_search_for_it(self, callers: Callers, harbour: Json, kind: str) -> None:
        body = {"query": f'"{VALUES[kind]}"', "datasetIds": [harbour["id"]], "hybridAlpha": 0}
        assert callers.searcher.post("/dashboard/v1/knowledge-base/search", json=body).json()["results"] == []
        body = {"query": VALUES[kind], "datasetIds": [harbour["id"]]}
        results = callers.searcher.post("/dashboard/v1/knowledge-base/search", json=body).json()["results"]
        assert VALUES[kind] not in str([{**one, "fileName": ""} for one in results])

    def test_is_counted_in_the_report_and_not_told(self, callers: Callers, harbour: Json) -> None:
        report = callers.admin.get(f"{harbour['file']}/report").json()
        assert {one["kind"]: one["count"] for one in report["redactions"]} == dict.fromkeys(VALUES, 1)
        assert not [value for value in VALUES.values() if value in str({**report, "fileName": ""})]

    def test_is_as_before_until_the_files_are_built_anew(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "plain.md", TEXT)
        callers.admin.settled(dataset, file["id"])
        path = f"{path_of(dataset)}/files/{file['id']}/chunks"
        config = {"redaction": {"kinds": ["card"]}}
        callers.admin.patch(f"{path_of(dataset)}/config", json=config)
        assert VALUES["card"] in str(callers.admin.get(path).json())
        callers.admin.post(f"{path_of(dataset)}/re-index")
        callers.admin.settled(dataset, file["id"])
        assert VALUES["card"] not in str(callers.admin.get(path).json())
        assert VALUES["email"] in str(callers.admin.get(path).json())


class TestTheOriginal:
    def test_stays_as_it_was_uploaded_for_people(self, callers: Callers, harbour: Json) -> None:
        for caller in (callers.admin, callers.reviewer):
            assert caller.get(f"{harbour['file']}/content").text == TEXT

    def test_is_forbidden_to_agents(self, callers: Callers, harbour: Json) -> None:
        for tail in ("content", "pages/1"):
            answer = callers.agent("clerk").get(f"{harbour['file']}/{tail}")
            assert answer.status_code == 403
            assert "agent role 'clerk'" in error_of(answer)["message"]

    def test_is_for_agents_where_nothing_is_replaced(self, callers: Callers, dataset: Json) -> None:
        callers.admin.patch(f"{path_of(dataset)}/config", json={"allowedAgentRoles": ["clerk"]})
        file = callers.admin.upload(dataset, "plain.md", TEXT)
        answer = callers.agent("clerk").get(f"{path_of(dataset)}/files/{file['id']}/content")
        assert answer.status_code == 200
