"""Approvals as the dashboard documents them: shapes, statuses, rights, effects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from kit.ids import new_id
from orchestration.approvals.types import Subject
from orchestration.runtime import Runtime
from tests.api.callers import Callers, Json, error_of
from tests.api.dashboard.work.conftest import Ask
from tests.api.dashboard.work.shapes import APPROVAL, APPROVAL_DETAIL, RESOLVED, STATS, departures, page

APPROVALS = "/dashboard/v1/approvals"
APPROVE = {"resolution": "approved"}


class TestEveryOperation:
    OPERATIONS = (
        ("GET", APPROVALS), ("GET", f"{APPROVALS}/stats"), ("GET", f"{APPROVALS}/x"),
        ("POST", f"{APPROVALS}/x/resolve"),
    )  # fmt: skip

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_for_keys_only(self, client: TestClient, method: str, path: str) -> None:
        assert client.request(method, path).status_code == 401

    @pytest.mark.parametrize(("method", "path"), OPERATIONS)
    def test_is_not_for_keys_that_may_only_search(self, callers: Callers, method: str, path: str) -> None:
        assert callers.searcher.request(method, path, json=APPROVE).status_code == 403


class TestList:
    def test_has_the_published_shape(self, callers: Callers, ask: Ask, working: Callable[[], str]) -> None:
        ask(task_ids=[working()], options=["blue", "green"], description="Look at the colours.")
        body = callers.member.get(APPROVALS).json()
        assert list(departures(body, page(APPROVAL))) == []
        assert body["data"][0]["options"] == ["blue", "green"]
        assert len(body["data"][0]["linkedActivities"]) == 1

    def test_shows_pending_ones_unless_asked_for_others(self, callers: Callers, ask: Ask) -> None:
        open_, closed = ask(), ask()
        callers.admin.post(f"{APPROVALS}/{closed}/resolve", json={"resolution": "revision_requested", "note": "no"})
        pending = {one["id"] for one in callers.reviewer.get(APPROVALS, params={"limit": 200}).json()["data"]}
        rejected = callers.reviewer.get(APPROVALS, params={"filter[status]": "rejected", "limit": 200}).json()["data"]
        assert open_ in pending
        assert closed not in pending
        shown = next(one for one in rejected if one["id"] == closed)
        assert (shown["status"], shown["resolution"], shown["resolutionNote"]) == (
            "rejected", "revision_requested", "no",
        )  # fmt: skip

    @pytest.mark.parametrize("query", ["filter[status]=open", "filter[type]=x", "filter[riskLevel]=x", "limit=0"])
    def test_refuses_words_that_it_does_not_know(self, callers: Callers, query: str) -> None:
        assert error_of(callers.admin.get(f"{APPROVALS}?{query}"))["code"] == "VALIDATION_ERROR"

    def test_goes_through_pages(self, callers: Callers, ask: Ask) -> None:
        made = [ask() for _ in range(3)]
        first = callers.admin.get(APPROVALS, params={"limit": 2}).json()
        second = callers.admin.get(APPROVALS, params={"limit": 2, "cursor": first["pagination"]["nextCursor"]}).json()
        ids = [one["id"] for one in [*first["data"], *second["data"]]]
        assert set(made) <= set(ids)
        assert ids == sorted(ids, reverse=True)

    def test_holds_nothing_of_other_tenants_agents_or_datasets(self, callers: Callers, ask: Ask, dataset: Json) -> None:
        plain, about = ask(), ask(dataset_id=dataset["id"])
        narrowed = callers.with_key(role="admin", dataset_ids=[dataset["id"]])
        for caller, expected in (
            (callers.stranger, set()), (callers.agent("writer"), set()), (narrowed, {about}),
            (callers.member, {plain, about}),
        ):  # fmt: skip
            found = {one["id"] for one in caller.get(APPROVALS, params={"limit": 200}).json()["data"]}
            assert found & {plain, about} == expected
            for one in {plain, about} - expected:
                assert caller.get(f"{APPROVALS}/{one}").status_code == 404
        assert narrowed.post(f"{APPROVALS}/{plain}/resolve", json=APPROVE).status_code == 404


class TestOne:
    def test_has_the_published_shape(self, callers: Callers, ask: Ask, working: Callable[[], str]) -> None:
        body = callers.member.get(f"{APPROVALS}/{ask(task_ids=[working()])}").json()
        assert list(departures(body, APPROVAL_DETAIL)) == []

    def test_is_not_there_under_another_id(self, callers: Callers) -> None:
        assert error_of(callers.admin.get(f"{APPROVALS}/{new_id()}"))["code"] == "NOT_FOUND"


class TestStats:
    def test_count_what_waits(self, callers: Callers, runtime: Runtime, ask: Ask) -> None:
        before = callers.member.get(f"{APPROVALS}/stats").json()
        ask(expires_at=runtime.clock.now() + timedelta(hours=3))
        callers.admin.post(f"{APPROVALS}/{ask()}/resolve", json=APPROVE)
        after = callers.member.get(f"{APPROVALS}/stats").json()
        assert list(departures(after, STATS)) == []
        assert {name: after[name] - before[name] for name in STATS} == {
            "pending": 1, "highRisk": 1, "expiringIn24h": 1, "resolvedThisWeek": 1,
        }  # fmt: skip


class TestResolve:
    @pytest.mark.parametrize("who", ["member", "reviewer"])
    def test_is_for_administrators(self, callers: Callers, ask: Ask, who: str) -> None:
        answer = getattr(callers, who).post(f"{APPROVALS}/{ask()}/resolve", json=APPROVE)
        assert (answer.status_code, error_of(answer)["code"]) == (403, "FORBIDDEN")

    @pytest.mark.parametrize(
        ("fields", "decision", "status", "code"),
        [
            ({}, {"resolution": "rejected"}, 400, "VALIDATION_ERROR"),
            ({}, {"resolution": "revision_requested", "note": " "}, 400, "VALIDATION_ERROR"),
            ({"options": ["a", "b"]}, APPROVE, 422, "UNPROCESSABLE"),
            ({"options": ["a", "b"]}, APPROVE | {"selectedOption": "c"}, 400, "VALIDATION_ERROR"),
            ({}, {"resolution": "maybe"}, 400, "VALIDATION_ERROR"),
            ({}, {}, 400, "VALIDATION_ERROR"),
        ],
    )
    def test_refuses_what_is_not_whole(
        self, callers: Callers, ask: Ask, *, fields: Json, decision: Json, status: int, code: str
    ) -> None:
        approval = ask(**fields)
        answer = callers.admin.post(f"{APPROVALS}/{approval}/resolve", json=decision)
        assert (answer.status_code, error_of(answer)["code"]) == (status, code)
        assert callers.admin.get(f"{APPROVALS}/{approval}").json()["status"] == "pending"

    @pytest.mark.parametrize(
        "decision",
        [
            APPROVE,
            {"resolution": "rejected", "note": "not yet"},
            {"resolution": "revision_requested", "note": "shorter"},
        ],
    )
    def test_wakes_linked_activities_once(
        self, callers: Callers, ask: Ask, working: Callable[[], str], decision: Json
    ) -> None:
        approval = ask(task_ids=[working(), working()])
        answer = callers.admin.post(f"{APPROVALS}/{approval}/resolve", json=decision)
        assert answer.status_code == 200, answer.text
        assert list(departures(answer.json(), RESOLVED)) == []
        assert answer.json() == {
            "approvalId": approval, "resolution": decision["resolution"], "reEnqueuedActivities": 2,
        }  # fmt: skip
        again = callers.admin.post(f"{APPROVALS}/{approval}/resolve", json=decision)
        assert (again.status_code, error_of(again)["code"]) == (409, "CONFLICT")

    def test_is_in_the_audit_log(self, callers: Callers, ask: Ask) -> None:
        approval = ask()
        callers.admin.post(f"{APPROVALS}/{approval}/resolve", json=APPROVE)
        entries = callers.admin.get("/dashboard/v1/audit-log", params={"filter[entityId]": approval}).json()["data"]
        changes = [entry["changes"] for entry in entries if entry["action"] == "updated"]
        assert changes[0]["status"] == {"from": "pending", "to": "approved"}

    def test_of_a_crawl_that_is_gone_says_so(self, callers: Callers, ask: Ask) -> None:
        """Its row went with the site; nothing is left to be removed, and the decision is on record."""
        approval = ask(subject=Subject("crawl", new_id()))
        assert callers.admin.post(f"{APPROVALS}/{approval}/resolve", json=APPROVE).status_code == 200
