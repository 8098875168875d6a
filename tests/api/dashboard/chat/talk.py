"""What tests of conversations do over and over, and the shapes that the dashboard publishes."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.api.callers import Caller, Json
from tests.api.dashboard.work.shapes import MOMENT, ListOf, Nullable
from tests.api.live import Sent

CHAT = "/dashboard/v1/chat"
QUESTION = "Who made the bread oven?"

CONVERSATION = {"id": str, "title": str, "lastMessage": str, "createdOn": MOMENT, "updatedOn": MOMENT}
CITATION = {
    "key": str, "quote": str, "supported": bool, "datasetId": Nullable(str), "fileId": Nullable(str),
    "fileName": Nullable(str), "chunkId": Nullable(str), "page": Nullable(int),
}  # fmt: skip
MESSAGE = {
    "id": str, "role": {"user", "assistant"}, "content": str, "createdOn": MOMENT,
    "status": {"pending", "complete", "failed"}, "error": Nullable(str), "citations": ListOf(CITATION),
    "isWithheld": bool,
}  # fmt: skip
HISTORY = {
    "id": str, "title": str, "messages": ListOf(MESSAGE),
    "context": {"campaignId": Nullable(str), "activityId": Nullable(str)},
}  # fmt: skip
MEMORY = {"id": str, "text": str, "createdOn": MOMENT}


def told(caller: Caller, message: str, **fields: object) -> Sequence[Sent]:
    """The events of the answer."""
    answer = caller.post(f"{CHAT}/message", json={"message": message, **fields})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return [_sent(block) for block in answer.text.split("\n\n") if "data:" in block]


def talked(caller: Caller, message: str = QUESTION, **fields: object) -> Json:
    """What the last event of an answer says."""
    last = told(caller, message, **fields)[-1]
    assert last.event == "completed", last
    data: Json = last.data
    return data


def history(caller: Caller, conversation: str) -> Json:
    answer = caller.get(f"{CHAT}/conversations/{conversation}")
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def _sent(block: str) -> Sent:
    fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
    return Sent(fields["event"], json.loads(fields["data"]), fields.get("id"))
