"""An activity watched while it is worked on, and sent back by a reviewer until it is right."""

from __future__ import annotations

import pytest

from orchestration.runtime import Runtime
from orchestration.tasks.types import TaskStatus
from tests.api.callers import Caller, Callers, Json
from tests.api.dashboard.work.office import ACTIVITIES, ASKED, asked, move, settled
from tests.api.live import Sent, following


def watched(address: str, caller: Caller, activity: str) -> list[Sent]:
    """All that is told until the stream ends."""
    with following(f"{address}{ACTIVITIES}/{activity}/stream", caller.headers) as events:
        return list(events)


class TestStream:
    def test_tells_the_run_from_its_beginning_and_ends_with_it(
        self, address: str, callers: Callers, kitchen: Json
    ) -> None:
        activity = asked(callers.member, datasetId=kitchen["id"])
        told = watched(address, callers.reviewer, activity)
        deltas = [one.data["delta"] for one in told if one.event == "text_delta"]
        assert [one.event for one in told] == [
            "tool_call", "tool_result", "tool_call", "tool_result", *["text_delta"] * len(deltas), "completed",
        ]  # fmt: skip
        assert {one.data["activityId"] for one in told} == {activity}
        assert (told[0].data["name"], told[0].data["input"]) == ("search", {"query": ASKED["inputPrompt"]})
        assert told[-1].data == {"activityId": activity, "status": "done"}
        output = callers.member.get(f"{ACTIVITIES}/{activity}/output").json()["text"]
        assert (bool(deltas), "".join(deltas)) == (True, output)
        assert watched(address, callers.reviewer, activity)[-1] == told[-1]  # who comes late hears it as well

    def test_shows_no_passage_but_by_its_citation(self, address: str, callers: Callers, kitchen: Json) -> None:
        told = watched(address, callers.reviewer, asked(callers.member, datasetId=kitchen["id"]))
        found = next(one.data["output"] for one in told if one.event == "tool_result")
        assert [set(one) for one in found["passages"]] == [{"citation", "chunkId"}]

    def test_waits_for_what_was_not_begun_and_says_how_it_failed(
        self, address: str, callers: Callers, runtime: Runtime
    ) -> None:
        activity = asked(callers.admin, agentRole="adros_cmo")
        with following(f"{address}{ACTIVITIES}/{activity}/stream", callers.admin.headers) as events:
            move(runtime, activity, TaskStatus.IN_PROGRESS, TaskStatus.FAILED)
            assert [(one.event, one.data["error"]) for one in events] == [("error", "failed")]

    @pytest.mark.parametrize("status", [TaskStatus.PAUSED, TaskStatus.BLOCKED])
    def test_says_what_it_waits_for(self, address: str, callers: Callers, runtime: Runtime, status: TaskStatus) -> None:
        activity = asked(callers.admin, agentRole="adros_cmo")
        move(runtime, activity, status)
        told = watched(address, callers.admin, activity)
        assert [(one.event, one.data["status"]) for one in told] == [("completed", "blocked")]


class TestReview:
    def test_makes_an_agent_revise_until_a_person_approves(self, callers: Callers, kitchen: Json) -> None:
        activity = asked(callers.member, datasetId=kitchen["id"], needsApproval=True)
        first = settled(callers.member, activity)
        assert (first["status"], first["approval"]["status"]) == ("awaiting_approval", "pending")
        note = "Say where the oven was made: in Turin?"
        resolve = "/dashboard/v1/approvals/{}/resolve"
        decision = {"resolution": "rejected", "note": note}
        callers.admin.post(resolve.format(first["approval"]["id"]), json=decision)
        second = settled(callers.member, activity)
        assert (second["status"], second["wakeReason"]) == ("awaiting_approval", "review_feedback")
        assert second["reviewerFeedback"] == note
        assert second["approval"]["id"] != first["approval"]["id"]
        assert callers.member.get(f"{ACTIVITIES}/{activity}/output").json()["version"] == 2
        callers.admin.post(resolve.format(second["approval"]["id"]), json={"resolution": "approved"})
        third = settled(callers.member, activity)
        assert (third["status"], third["wakeReason"]) == ("done", "review_approved")
        assert [run["status"] for run in third["runs"]] == ["completed"] * 3
        assert callers.member.get(f"{ACTIVITIES}/{activity}/output").json()["version"] == 2
