"""An agent at work with people in the loop, on the embedded default and without any key of a model: files are uploaded,
a schedule asks for a briefing, the agent searches and cites, a person sends it back, it revises, it is approved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from websockets.sync.client import ClientConnection, connect

from api.app import create_app
from kit.settings import Settings
from orchestration.runtime import build_runtime
from tests.api.live import Sent, following, served
from tests.clock import FrozenClock

KEY = "an-administrators-key-for-tests-0123456789"
V1 = "/dashboard/v1"
OVENS = "# Ovens\n\nThe bread oven was made by Ferrante in Turin. It reaches 300 degrees within nine minutes.\n"
STAFF = "# Holidays\n\nEverybody has 28 days of holiday in a year. Unused days are paid out in March.\n"
CITED = re.compile(r"“([^”]+)” \[cite:([\w-]+)\]")
PATIENCE = 60


@dataclass
class House:
    """A server in this process, whose clock stands still until the test moves it."""

    address: str
    http: httpx.Client
    clock: FrozenClock

    def ask(self, method: str, path: str, status: int = 200, **content: Any) -> Any:
        answer = self.http.request(method, V1 + path, **content)
        assert answer.status_code == status, answer.text
        return answer.json()

    def knows(self, **files: str) -> str:
        """A dataset for the researcher, with these files indexed."""
        body = {"name": "House", "allowedAgentRoles": ["researcher"]}
        dataset = str(self.ask("POST", "/knowledge-base/datasets", 201, json=body)["id"])
        sent = [("files", (f"{name}.md", text.encode())) for name, text in files.items()]
        path = f"/knowledge-base/datasets/{dataset}/files"
        uploaded = self.ask("POST", f"{path}/upload", 202, files=sent)["uploadedFiles"]
        deadline = monotonic() + PATIENCE
        for file in uploaded:
            while self.ask("GET", f"{path}/{file['id']}/status")["status"] != "indexed":
                assert monotonic() < deadline, file
                sleep(0.05)
        return dataset

    def watch(self, path: str) -> Any:
        return following(self.address + V1 + path, {"Authorization": f"Bearer {KEY}"})

    def over_a_socket(self, task: str, *, since: int) -> ClientConnection:
        """All that happens to the task behind that event, on the other surface."""
        url = f"{self.address.replace('http', 'ws', 1)}/api/v1/ws/events/{task}?token={KEY}&last_event_id={since}"
        return connect(url, proxy=None, open_timeout=PATIENCE)

    def output(self, activity: str) -> Any:
        return self.ask("GET", f"/activities/{activity}/output")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    clock = FrozenClock(datetime(2026, 3, 1, 12, 0, tzinfo=UTC))  # a Sunday
    settings = Settings(_env_file=None, home=tmp_path / "home", admin_key=SecretStr(KEY), schedule_seconds=0.1)
    runtime = build_runtime(settings, clock=clock)
    runtime.start()
    try:
        with (
            served(create_app(settings, runtime)) as address,
            httpx.Client(base_url=address, headers={"Authorization": f"Bearer {KEY}"}, timeout=30) as http,
        ):
            yield House(address, http, clock)
    finally:
        runtime.close()


def until(events: Iterator[Sent], kind: str) -> Sent:
    """The next event of that kind."""
    return next(one for one in events if one.event == kind)


class TestABriefing:
    def test_is_asked_for_by_schedule_cited_sent_back_revised_and_approved(self, house: House) -> None:
        house.knows(ovens=OVENS, staff=STAFF)
        recurring = {
            "name": "Weekly briefing", "inputPrompt": "Who made the {{thing}} in Turin?", "agentRole": "researcher",
            "periodicity": "cron", "trigger": "0 8 * * 1", "needsApproval": True,
            "variables": [{"key": "thing", "label": "Thing", "required": True}],
            "variableValues": {"thing": "bread oven"},
        }  # fmt: skip
        house.ask("POST", "/recurring-tasks", 201, json=recurring)
        assert house.ask("GET", "/activities")["data"] == []

        with ExitStack() as opened:
            events = opened.enter_context(house.watch("/events/stream"))
            house.clock.set(datetime(2026, 3, 2, 8, 0, 30, tzinfo=UTC))
            started = until(events, "activity_started")
            activity = started.data["activityId"]
            assert (started.data["title"], started.data["agentRole"]) == ("Weekly briefing", "researcher")
            assert started.id is not None
            socket = opened.enter_context(house.over_a_socket(activity, since=int(started.id)))
            self._is_watched(house, activity)
            asked = until(events, "approval_created")
            assert asked.data["type"] == "content_review"
            first = self._brought(house, activity, version=1)
            assert "made by Ferrante" in first
            assert "28 days" not in first

            self._decide(house, asked, resolution="rejected", note="How many days of holiday has everybody in a year?")
            again = until(events, "approval_created")
            assert again.data["approvalId"] != asked.data["approvalId"]
            shown = house.ask("GET", f"/activities/{activity}")
            assert (shown["status"], shown["wakeReason"]) == ("awaiting_approval", "review_feedback")
            second = self._brought(house, activity, version=2)
            assert "made by Ferrante" in second
            assert "“Everybody has 28 days of holiday in a year.” [cite:" in second

            self._decide(house, again, resolution="approved")
            done = until(events, "activity_completed")
            assert (done.data["activityId"], done.data["status"]) == (activity, "done")
            sent_back = ("assigned", "in_progress", "review")
            self._went(socket, "in_progress", "review", *sent_back, "assigned", "completed")

        shown = house.ask("GET", f"/activities/{activity}")
        assert (shown["status"], shown["wakeReason"]) == ("done", "review_approved")
        assert [(run["status"], run["inputTokens"]) for run in shown["runs"]] == [("completed", 0)] * 3
        assert self._brought(house, activity, version=2) == second
        assert [one["id"] for one in house.ask("GET", "/activities")["data"]] == [activity]

    @staticmethod
    def _is_watched(house: House, activity: str) -> None:
        with house.watch(f"/activities/{activity}/stream") as lines:
            told = list(lines)
        assert next(one.data["name"] for one in told if one.event == "tool_call") == "search"
        assert told[-1].event == "completed"
        assert told[-1].data["status"] == "awaiting_approval"
        text = "".join(one.data["delta"] for one in told if one.event == "text_delta")
        assert text == house.output(activity)["text"]

    @staticmethod
    def _went(socket: ClientConnection, *statuses: str) -> None:
        """The statuses that the socket told of, from one to the next."""
        told: list[str] = []
        while told[-1:] != ["completed"]:
            frame = json.loads(socket.recv(timeout=PATIENCE))
            status = frame["data"].get("status")
            if frame["event"] != "connected" and status is not None and told[-1:] != [status]:
                told.append(status)
        assert tuple(told) == statuses

    @staticmethod
    def _brought(house: House, activity: str, *, version: int) -> str:
        """The text, each of whose quotes is what the cited passage says."""
        output = house.output(activity)
        assert output["version"] == version
        text = str(output["text"])
        quotes = CITED.findall(text)
        assert quotes
        assert "[unsupported:" not in text
        for quote, key in quotes:
            passage = house.ask("GET", f"/knowledge-base/citations/{key}")
            assert quote in " ".join(str(passage).split())
        return text

    @staticmethod
    def _decide(house: House, approval: Sent, **decision: str) -> None:
        path = f"/approvals/{approval.data['approvalId']}"
        shown = house.ask("GET", path)["linkedActivities"][0]["outputPreview"]
        assert "[cite:" in shown
        resolved = house.ask("POST", f"{path}/resolve", json=decision)
        assert resolved["reEnqueuedActivities"] == 1
