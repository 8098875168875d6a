"""What a model is told: who it is, what to keep in mind, what was said before, what is asked now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from orchestration.chat.models import ChatMessage
from orchestration.chat.types import MessageRole, MessageState
from orchestration.runs.types import Message, Role, Turn

MOST_MESSAGES = 20
"""Of those before the one that is answered."""

_MOST_CHARACTERS = 24_000
"""Of all of them together: some 6,000 tokens, which leave most of a small model's window to what is found."""

WITHHELD = "This answer drew on documents that are not there for you any more."

_SYSTEM = (
    "You answer a person in a conversation. Search the knowledge base, read around what you find, and answer from it "
    "alone. Quote sentences as they stand there, each as “sentence” [cite:KEY] with the passage's citation key. Say "
    "plainly what the knowledge base does not hold. A question may go on from what was said before."
)
_MEMORIES = "The person wants you to keep in mind:"


def system_of(prompt: str | None, memories: Sequence[str], background: str) -> Message:
    """`prompt` None: what an agent is told first unless its tenant says otherwise."""
    kept = "\n".join([_MEMORIES, *(f"- {one}" for one in memories)]) if memories else ""
    return Message(Role.SYSTEM, "\n\n".join(part for part in (prompt or _SYSTEM, kept, background) if part))


def is_shown(message: ChatMessage, readable: Collection[str]) -> bool:
    """Whether all files that it draws on are among those."""
    return all(one in readable for one in message.files)


def history_of(said: Sequence[ChatMessage], readable: Collection[str]) -> Sequence[Message]:
    """What was said before, oldest first, as far back as there is room. Answers that failed are left out."""
    messages: list[Message] = []
    room = _MOST_CHARACTERS
    for one in reversed(said):
        if one.state != MessageState.COMPLETE:
            continue
        text = one.content if is_shown(one, readable) else WITHHELD
        room -= len(text)
        if room < 0:
            break
        role = Role.USER if one.role == MessageRole.USER else Role.ASSISTANT
        messages.append(Message(role, text, is_earlier=True))
    return messages[::-1]


def told_in(turns: Sequence[Turn]) -> Sequence[Message]:
    """The turns of the answer so far."""
    messages: list[Message] = []
    for turn in turns:
        messages.append(Message(Role.ASSISTANT, turn.text, [one.call for one in turn.called]))
        messages += [Message(Role.TOOL, one.result or "{}", call_id=one.call.id) for one in turn.called]
    return messages
