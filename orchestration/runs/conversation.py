"""A run's conversation, from its task and the turns that are finished."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestration.runs.types import Called, Message, Role, TokensUsed, ToolCall, Turn
from orchestration.tasks.models import Task
from orchestration.tasks.run_models import RunInput, RunTurn, RunWait

_SYSTEM = (
    "You work on a task for people. Search the knowledge base, read around what you find, and answer from it alone. "
    "Quote sentences as they stand there, each as “sentence” [cite:KEY] with the passage's citation key. Say plainly "
    "what the knowledge base does not hold."
)

_NOTHING = '{"error": "nothing came of it: the work goes on without"}'


def turns_of(session: Session, run_id: str) -> Sequence[Turn]:
    """Oldest first."""
    rows = session.scalars(select(RunTurn).where(RunTurn.run_id == run_id).order_by(RunTurn.number))
    awaited = awaited_of(session, run_id)
    return [_turn(row, awaited) for row in rows]


def awaited_of(session: Session, run_id: str) -> Mapping[tuple[int, str], str | None]:
    """What came of the calls that had to wait for it, by turn and call; None: nothing yet."""
    found = session.scalars(select(RunWait).where(RunWait.run_id == run_id).execution_options(populate_existing=True))
    return {(one.turn, one.call_id): one.result for one in found}


def row_of(turn: Turn) -> tuple[str, list[dict[str, object]]]:
    """The text and the calls as a row keeps them."""
    return turn.text, [_stored(one) for one in turn.called]


def inputs_of(session: Session, task_id: str) -> Sequence[RunInput]:
    """Oldest first."""
    return list(session.scalars(select(RunInput).where(RunInput.task_id == task_id).order_by(RunInput.id)))


def messages_of(
    task: Task,
    run_id: str,
    turns: Sequence[Turn],
    inputs: Sequence[RunInput] = (),
    *,
    before: str | None,
    system: str | None = None,
) -> Sequence[Message]:
    """What a person asked for is the task's prompt; and where a review asked for something about what the task brought
    `before`, that with it. What people said in earlier runs comes next, what they said in this one where they said it.
    `system` None: what an agent is told first unless its tenant says otherwise."""
    messages = [Message(Role.SYSTEM, system or _SYSTEM), Message(Role.USER, task.prompt.strip() or task.title)]
    if task.feedback:
        if before is not None:
            messages.append(Message(Role.ASSISTANT, before))
        messages.append(Message(Role.USER, task.feedback))
    messages += [Message(Role.USER, one.text) for one in inputs if one.run_id != run_id or not one.turn]
    for number, turn in enumerate(turns, start=1):
        messages.append(Message(Role.ASSISTANT, turn.text, [one.call for one in turn.called]))
        messages += [Message(Role.TOOL, one.result or _NOTHING, call_id=one.call.id) for one in turn.called]
        messages += [Message(Role.USER, one.text) for one in inputs if one.run_id == run_id and one.turn == number]
    return messages


def _turn(row: RunTurn, awaited: Mapping[tuple[int, str], str | None]) -> Turn:
    called = [
        Called(
            ToolCall(one["id"], one["name"], one["arguments"], one.get("malformed")),
            one["result"] if one["result"] is not None else awaited.get((row.number, one["id"])),
        )
        for one in row.calls
    ]
    return Turn(row.text, called, TokensUsed(row.input_tokens, row.output_tokens), row.seconds)


def _stored(called: Called) -> dict[str, object]:
    call = called.call
    kept: dict[str, object] = {
        "id": call.id,
        "name": call.name,
        "arguments": dict(call.arguments),
        "result": called.result,
    }
    return kept if call.malformed is None else {**kept, "malformed": call.malformed}
