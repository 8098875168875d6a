"""Activities as the dashboard documents them: shapes, statuses, rights, effects."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from kit.ids import new_id
from orchestration.runtime import Runtime
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Callers, Json, error_of
from tests.api.dashboard.work.office import ACTIVITIES, ASKED, asked, move, settled
from tests.api.dashboard.work.shapes import ACTIVITY, ACTIVITY_SUMMARY, COMMENT, OUTPUT, departures, page


class TestEveryOperation:
    OPERATIONS = (
        ("GET", ACTIVITIES), ("POST", ACTIVITIES), ("GET", f"{ACTIVITIES}/x"), ("GET", f"{ACTIVITIES}/x/output"),
        ("POST", f"{ACTIVITIES}/x/retry"), ("GET", f"{ACTIVITIES}/x/comments"), ("POST", f"{ACTIVITIES}/x/comments"),
        ("GET", f"{ACTIVITIES}/x/stream"),
    )  # fmt: skip

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_for_keys_only(self, client: TestClient, method: str, path: str) -> None:
        assert client.request(method, path).status_code == 401

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_not_for_keys_that_may_only_search(self, callers: Callers, method: str, path: str) -> None:
        body = {"text": "a"} if "comments" in path else ASKED
        assert callers.searcher.request(method, path, json=body).status_code == 403

    @pytest.mark.parametrize(("method", "path"), OPERATIONS[2:])
    def test_is_about_what_is_there(self, callers: Callers, method: str, path: str) -> None:
        known = path.replace("/x", f"/{asked(callers.admin, agentRole='adros_deployer')}")
        for caller, where in ((callers.admin, path.replace("/x", f"/{new_id()}")), (callers.stranger, known)):
            answer = caller.request(method, where, json={"text": "a"} if "comments" in path else None)
            assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")


class TestCreate:
    @pytest.mark.parametrize(
        "fields",
        [
            {"agentRole": "nobody"}, {"agentRole": None}, {"assigneeId": "somebody"}, {"title": " "},
            {"inputPrompt": ""}, {"needsApproval": 1}, {"priority": "urgent"}, {"more": 1},
        ],
    )  # fmt: skip
    def test_refuses_what_is_not_whole(self, callers: Callers, fields: Json) -> None:
        assert error_of(callers.admin.post(ACTIVITIES, json=ASKED | fields))["code"] == "VALIDATION_ERROR"

    @pytest.mark.parametrize("field", ["campaignId", "parentId", "datasetId"])
    def test_refuses_to_belong_to_what_is_not_there(self, callers: Callers, field: str) -> None:
        assert callers.admin.post(ACTIVITIES, json=ASKED | {field: new_id()}).status_code == 404

    def test_is_not_for_reviewers(self, callers: Callers) -> None:
        assert callers.reviewer.post(ACTIVITIES, json=ASKED).status_code == 403

    def test_of_a_key_that_is_held_to_datasets_names_one(self, callers: Callers, kitchen: Json) -> None:
        narrowed = callers.with_key(role="member", dataset_ids=[kitchen["id"]])
        assert narrowed.post(ACTIVITIES, json=ASKED).status_code == 403
        assert settled(narrowed, asked(narrowed, datasetId=kitchen["id"]))["status"] == "done"

    def test_gives_a_person_something_to_do(self, callers: Callers) -> None:
        user = callers.principal.user_id
        activity = asked(callers.admin, agentRole=None, assigneeId=user, priority="high")
        body = callers.member.get(f"{ACTIVITIES}/{activity}").json()
        assert (body["status"], body["assignee"]["id"], body["agentRole"]) == ("assigned", user, None)

    def test_leaves_an_agent_that_is_run_elsewhere_its_own(self, callers: Callers) -> None:
        activity = asked(callers.admin, agentRole="adros_deployer")
        body = callers.member.get(f"{ACTIVITIES}/{activity}").json()
        assert (body["status"], body["runs"]) == ("assigned", [])


class TestAnAgentsActivity:
    def test_is_done_with_cited_output(self, callers: Callers, kitchen: Json) -> None:
        activity = asked(callers.member, datasetId=kitchen["id"])
        body = settled(callers.member, activity)
        assert list(departures(body, ACTIVITY)) == []
        assert (body["status"], [run["status"] for run in body["runs"]]) == ("done", ["completed"])
        output = callers.reviewer.get(f"{ACTIVITIES}/{activity}/output").json()
        assert list(departures(output, OUTPUT)) == []
        assert "“The bread oven was made by Ferrante in Turin.” [cite:" in output["text"]
        assert body["outputPreview"] == output["text"][:500]

    def test_has_no_output_before_there_is_any(self, callers: Callers) -> None:
        activity = asked(callers.admin, agentRole="adros_deployer")
        answer = callers.admin.get(f"{ACTIVITIES}/{activity}/output")
        assert (answer.status_code, error_of(answer)["code"]) == (404, "NOT_FOUND")


class TestList:
    def test_has_the_published_shape_and_pages(self, callers: Callers) -> None:
        made = [asked(callers.admin, agentRole="adros_ceo") for _ in range(3)]
        query = {"limit": 2, "filter[agentRole]": "adros_ceo"}
        first = callers.reviewer.get(ACTIVITIES, params=query).json()
        assert list(departures(first, page(ACTIVITY_SUMMARY))) == []
        more = {"cursor": first["pagination"]["nextCursor"]}
        second = callers.reviewer.get(ACTIVITIES, params=query | more).json()
        ids = [one["id"] for one in [*first["data"], *second["data"]]]
        assert ids[:3] == made[::-1]

    def test_is_narrowed_by_filters(self, callers: Callers, runtime: Runtime) -> None:
        paused, off = (asked(callers.admin, agentRole="adros_cd") for _ in range(2))
        move(runtime, paused, TaskStatus.PAUSED)
        move(runtime, off, TaskStatus.CANCELLED)
        for words, found in (
            ({"filter[status]": "blocked"}, paused), ({"filter[status]": "failed"}, off),
            ({"filter[status]": "done"}, None), ({"filter[deliverableId]": "d"}, None),
            ({"filter[campaignId]": "c"}, None), ({"filter[wakeReason]": "review_feedback"}, None),
        ):  # fmt: skip
            data = callers.admin.get(ACTIVITIES, params=words | {"filter[agentRole]": "adros_cd"}).json()["data"]
            assert [one["id"] for one in data] == ([] if found is None else [found])

    @pytest.mark.parametrize("query", ["filter[status]=paused", "limit=0", "cursor=x"])
    def test_refuses_words_that_it_does_not_know(self, callers: Callers, query: str) -> None:
        assert callers.admin.get(f"{ACTIVITIES}?{query}").status_code == 400

    def test_holds_nothing_of_other_tenants_agents_or_datasets(self, callers: Callers, kitchen: Json) -> None:
        plain, about = asked(callers.admin), asked(callers.admin, datasetId=kitchen["id"])
        narrowed = callers.with_key(role="admin", dataset_ids=[kitchen["id"]])
        for caller, expected in (
            (callers.stranger, set()), (callers.agent("writer"), set()), (narrowed, {about}),
            (callers.agent("researcher"), {plain, about}), (callers.reviewer, {plain, about}),
        ):  # fmt: skip
            found = {one["id"] for one in caller.get(ACTIVITIES, params={"limit": 200}).json()["data"]}
            assert found & {plain, about} == expected


class TestRetry:
    def test_is_for_administrators_and_for_what_has_failed(self, callers: Callers, runtime: Runtime) -> None:
        activity = asked(callers.admin, agentRole="adros_cmo")
        answer = callers.admin.post(f"{ACTIVITIES}/{activity}/retry")
        assert (answer.status_code, error_of(answer)["code"]) == (422, "UNPROCESSABLE")
        move(runtime, activity, TaskStatus.FAILED)
        assert callers.member.post(f"{ACTIVITIES}/{activity}/retry").status_code == 403
        retried = callers.admin.post(f"{ACTIVITIES}/{activity}/retry")
        assert (retried.status_code, set(retried.json())) == (202, {"activityId", "runId"})
        assert callers.admin.get(f"{ACTIVITIES}/{activity}").json()["wakeReason"] == "retry"


class TestComments:
    def test_are_said_and_listed(self, callers: Callers) -> None:
        activity = asked(callers.admin, agentRole="adros_cmo")
        path = f"{ACTIVITIES}/{activity}/comments"
        body = {"text": "@agent:researcher look", "type": "intervention_note"}
        first = callers.member.post(path, json=body)
        second = callers.member.post(path, json={"text": "Well."}).json()
        assert (first.status_code, list(departures(first.json(), COMMENT))) == (201, [])
        assert first.json()["mentions"] == [{"type": "agent", "id": "researcher", "name": "Researcher"}]
        assert callers.reviewer.get(path).json() == {"data": [first.json(), second]}
        assert callers.reviewer.post(path, json=body).status_code == 403

    @pytest.mark.parametrize("body", [{}, {"text": " "}, {"text": "a", "type": "x"}, {"text": "@agent:nobody"}])
    def test_refuse_what_is_not_whole(self, callers: Callers, body: Json) -> None:
        activity = asked(callers.admin, agentRole="adros_cmo")
        answer = callers.admin.post(f"{ACTIVITIES}/{activity}/comments", json=body)
        assert error_of(answer)["code"] == "VALIDATION_ERROR"
