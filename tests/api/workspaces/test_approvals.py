"""/workspaces/{id}/approvals and /approvals/pending: as documented, decided by somebody else than who asked."""

from __future__ import annotations

from typing import TypeAlias

import pytest
from starlette.testclient import TestClient

from kit.ids import new_id
from orchestration.approvals.types import ApprovalType, Decision, Request, Resolution, RiskLevel
from orchestration.runtime import Runtime
from orchestration.tasks import repository
from orchestration.tasks.events import SYSTEM
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Caller, Callers, Json
from tests.api.dashboard.work.office import move
from tests.api.dashboard.work.shapes import departures
from tests.api.workspaces.conftest import MakeSpace, Space
from tests.api.workspaces.shapes import APPROVAL, APPROVAL_LIST, ASKED, PUBLISHED

Operation: TypeAlias = tuple[str, str, Json | None, int]
OPERATIONS: tuple[Operation, ...] = (
    ("GET", "", None, 200), ("POST", "", ASKED, 201), ("POST", "/x/decide", {"decision": "approve"}, 200),
)  # fmt: skip
PENDING = "/approvals/pending"


def asked(caller: Caller, space: Space, **fields: object) -> Json:
    answer = caller.post(f"{space.path}/approvals", json=ASKED | fields)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    assert list(departures(found, APPROVAL)) == []
    return found


def listed(caller: Caller, path: str, **query: object) -> list[Json]:
    answer = caller.get(path, params=query)
    assert answer.status_code == 200, answer.text
    assert list(departures(answer.json(), APPROVAL_LIST)) == []
    found: list[Json] = answer.json()["approvals"]
    return found


def decide(caller: Caller, space: Space, approval: Json, decision: str, **fields: object) -> tuple[int, Json]:
    path = f"{space.path}/approvals/{approval['id']}/decide"
    answer = caller.post(path, json={"decision": decision, **fields})
    return answer.status_code, answer.json()


def waiting(space: Space, runtime: Runtime, callers: Callers, **fields: object) -> tuple[str, str]:
    """A task of the workspace that waits for an approval, and that approval."""
    schedule = space.token.post(f"{space.path}/schedules", json=PUBLISHED).json()
    task = space.token.post(f"{space.path}/schedules/{schedule['id']}/run").json()["task_id"]
    move(runtime, task, TaskStatus.IN_PROGRESS)
    tenant = callers.principal.tenant_id
    request = Request(
        tenant,
        "Go on?",
        ApprovalType.CHANNEL_ACTION,
        RiskLevel.LOW,
        task_ids=[task],
        workspace_id=space.id,
        **fields,  # type: ignore[arg-type]  # fields
    )
    with runtime.database.write() as session:
        return task, runtime.teamwork.approvals.request(session, request, SYSTEM)


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
class TestEveryOperation:
    def test_is_for_tokens_of_the_workspace_and_its_managers(
        self, client: TestClient, callers: Callers, make_space: MakeSpace, operation: Operation
    ) -> None:
        method, path, body, status = operation
        space, other = make_space("support"), make_space("support")
        narrowed = callers.with_key(role="admin", agent_role="support")

        def where() -> str:
            return f"{space.path}/approvals{path.replace('x', asked(space.token, space)['id'])}"

        assert client.request(method, where(), json=body).status_code == 401
        for caller in (other.token, callers.stranger, callers.member, callers.agent("support"), narrowed):
            answer = caller.request(method, where(), json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "WORKSPACE_NOT_FOUND")
        for caller in (space.mint(), callers.admin):
            answer = caller.request(method, where(), json=body)
            assert answer.status_code == status, answer.text
            shape = APPROVAL_LIST if method == "GET" else APPROVAL
            assert list(departures(answer.json(), shape)) == []


class TestCreate:
    def test_keeps_what_was_asked(self, space: Space) -> None:
        approval = asked(space.token, space, description="Ten lines", risk_level="high")
        assert {name: approval[name] for name in ASKED} == ASKED
        assert (approval["status"], approval["decision"], approval["workspace_id"]) == ("pending", None, space.id)
        assert approval["created_by"]["type"] == "agent"
        assert listed(space.token, f"{space.path}/approvals") == [approval]

    def test_needs_the_action_alone(self, space: Space) -> None:
        body = {"action": "Post it"}
        approval = space.token.post(f"{space.path}/approvals", json=body).json()
        assert (approval["metadata"], approval["options"], approval["risk_level"]) == ({}, [], "medium")

    @pytest.mark.parametrize(
        "fields",
        [
            {"action": " "}, {"metadata": "x"}, {"metadata": {"x": "y" * 20_000}},
            {"options": "now"}, {"risk_level": "none"}, {"decision": "approve"},
        ],
    )  # fmt: skip
    def test_refuses_what_is_not_whole(self, space: Space, fields: Json) -> None:
        answer = space.token.post(f"{space.path}/approvals", json=ASKED | fields)
        assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
        assert {one["field"].split("[")[0] for one in answer.json()["details"]} == set(fields)

    def test_refuses_metadata_that_is_no_text(self, space: Space) -> None:
        headers = {"Content-Type": "application/json"}
        content = r'{"action": "Post", "metadata": {"x": "\ud800"}}'
        answer = space.token.post(f"{space.path}/approvals", content=content, headers=headers)
        assert (answer.status_code, [one["field"] for one in answer.json()["details"]]) == (400, ["metadata"])


class TestList:
    def test_is_of_the_workspace_by_status_and_in_pages(self, callers: Callers, make_space: MakeSpace) -> None:
        space, other = make_space("support"), make_space("support")
        path = f"{space.path}/approvals"
        first, second, third = (asked(space.token, space) for _ in range(3))
        elsewhere = asked(other.token, other)
        assert decide(callers.admin, space, second, "reject")[0] == 200
        assert [one["id"] for one in listed(space.token, path)] == [third["id"], second["id"], first["id"]]
        assert [one["id"] for one in listed(space.token, path, status="rejected")] == [second["id"]]
        page = space.token.get(path, params={"limit": 2}).json()
        assert [one["id"] for one in listed(space.token, path, cursor=page["next_cursor"])] == [first["id"]]
        assert elsewhere["id"] not in space.token.get("/dashboard/v1/approvals").text

    def test_has_what_tasks_of_the_workspace_wait_for(
        self, callers: Callers, make_space: MakeSpace, runtime: Runtime
    ) -> None:
        space = make_space()
        task, approval = waiting(space, runtime, callers)
        (found,) = listed(space.token, f"{space.path}/approvals")
        assert (found["id"], found["task_ids"]) == (approval, [task])


class TestDecide:
    @pytest.mark.parametrize(("decision", "status"), [("approve", "approved"), ("reject", "rejected")])
    def test_needs_no_note_and_no_option(self, space: Space, decision: str, status: str) -> None:
        approval, person = asked(space.token, space), space.mint()
        code, found = decide(person, space, approval, decision)
        assert (code, found["status"], found["decision"]) == (200, status, decision)
        assert found["decided_at"] is not None
        assert listed(space.token, f"{space.path}/approvals") == [found]
        code, refused = decide(person, space, approval, "approve")
        assert (code, refused["code"]) == (409, "CONFLICT")

    def test_takes_an_option_and_a_note(self, space: Space) -> None:
        approval = asked(space.token, space)
        assert decide(space.mint(), space, approval, "approve", option="never")[0] == 400
        code, found = decide(space.mint(), space, approval, "approve", option="later", note="After lunch")
        assert (code, found["selected_option"], found["note"]) == (200, "later", "After lunch")

    def test_is_not_for_the_token_that_asked_nor_for_any_that_goes_back_to_it(
        self, client: TestClient, callers: Callers, space: Space
    ) -> None:
        approval = asked(space.token, space)
        made = space.token.post(f"{space.path}/tokens").json()
        further = Caller(client, made["token"]).post(f"{space.path}/tokens").json()["token"]
        key = space.token.get("/dashboard/v1/access-keys").json()["data"][0]["id"]
        exchanged = space.token.post(f"/dashboard/v1/access-keys/{key}/rotate", json={}).json()
        for token in (space.token, *(Caller(client, one) for one in (made["token"], further, exchanged["token"]))):
            code, refused = decide(token, space, approval, "approve")
            assert (code, refused["code"]) == (403, "FORBIDDEN")
        assert listed(callers.admin, f"{space.path}/approvals", status="pending") != []
        by_further = asked(Caller(client, further), space)
        assert decide(space.token, space, by_further, "approve")[0] == 403
        assert decide(space.mint(), space, by_further, "approve")[0] == 200

    def test_reaches_no_approval_of_another_workspace(
        self, callers: Callers, make_space: MakeSpace, runtime: Runtime
    ) -> None:
        space, other = make_space("support"), make_space("support")
        foreign = asked(other.token, other)
        plain = Request(callers.principal.tenant_id, "Publish?", ApprovalType.CONTENT_REVIEW, RiskLevel.LOW)
        with runtime.database.write() as session:
            of_none = runtime.teamwork.approvals.request(session, plain, SYSTEM)
        for caller in (space.token, callers.admin):
            for approval in (foreign["id"], of_none, new_id()):
                code, refused = decide(caller, space, {"id": approval}, "approve")
                assert (code, refused["error"]) == (404, f"there is no approval {approval!r}")
        assert listed(other.token, f"{other.path}/approvals") == [foreign]

    @pytest.mark.parametrize(
        "body", [{}, {"decision": "approved"}, {"decision": None}, {"decision": "approve", "x": 1}]
    )
    def test_knows_two_words(self, space: Space, body: Json) -> None:
        path = f"{space.path}/approvals/{asked(space.token, space)['id']}/decide"
        assert space.mint().post(path, json=body).status_code == 400

    def test_has_the_task_go_on_that_waited(self, callers: Callers, space: Space, runtime: Runtime) -> None:
        task, approval = waiting(space, runtime, callers, options=["a", "b"])
        code, refused = decide(space.token, space, {"id": approval}, "approve")
        assert (code, "'a', 'b'" in refused["error"]) == (422, True)
        assert [one["field"] for one in refused["details"]] == ["option"]
        assert decide(space.token, space, {"id": approval}, "approve", option="b")[0] == 200
        with runtime.database.read() as session:
            row = repository.held(session, [task])[0]
            assert (row.status, row.wake_reason) == ("assigned", "review_approved")

    def test_says_what_an_approval_is_in_the_words_of_this_surface(
        self, callers: Callers, space: Space, runtime: Runtime
    ) -> None:
        approval = asked(space.token, space)
        revision = Decision(Resolution.REVISION_REQUESTED, note="Shorter")
        with runtime.database.write() as session:
            runtime.teamwork.resolver.resolve(session, callers.principal, approval["id"], revision)
        code, refused = decide(space.mint(), space, approval, "approve")
        assert (code, refused["error"]) == (409, f"approval {approval['id']} is rejected already")
        assert listed(space.token, f"{space.path}/approvals", status="rejected")[0]["decision"] == "reject"


class TestPending:
    def test_is_for_who_manages_the_tenant(
        self, client: TestClient, callers: Callers, space: Space, dataset: Json
    ) -> None:
        assert client.get(PENDING).status_code == 401
        for rules in ({"agent_role": "support"}, {"dataset_ids": [dataset["id"]]}):
            assert callers.with_key(role="admin", **rules).get(PENDING).status_code == 403
        for caller in (space.token, callers.member, callers.reviewer, callers.agent("support")):
            assert caller.get(PENDING).status_code == 403
        assert set(client.get(PENDING).json()) == {"error", "code", "details", "request_id"}

    def test_has_all_workspaces_of_the_tenant_and_what_waits_alone(
        self, callers: Callers, make_space: MakeSpace, runtime: Runtime
    ) -> None:
        spaces = [make_space(), make_space()]
        waits = [asked(space.token, space)["id"] for space in spaces]
        decided = asked(spaces[0].token, spaces[0])
        decide(callers.admin, spaces[0], decided, "approve")
        plain = Request(callers.principal.tenant_id, "Publish?", ApprovalType.CONTENT_REVIEW, RiskLevel.LOW)
        with runtime.database.write() as session:
            of_none = runtime.teamwork.approvals.request(session, plain, SYSTEM)
        found = [one["id"] for one in listed(callers.admin, PENDING, limit=200)]
        assert found[:2] == waits[::-1]
        assert not {decided["id"], of_none} & set(found)
        assert listed(callers.stranger, PENDING) == []
