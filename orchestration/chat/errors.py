"""What can go wrong with conversations."""

from __future__ import annotations

from kit.errors import Conflict, Forbidden, NotFound, Unprocessable


class ConversationIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, conversation_id: str) -> None:
        super().__init__(f"there is no conversation {conversation_id!r}")


class MessageIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, message_id: str) -> None:
        super().__init__(f"there is no message {message_id!r}")


class MemoryIsNotThere(NotFound):
    code = "NOT_FOUND"

    def __init__(self, memory_id: str) -> None:
        super().__init__(f"there is no memory {memory_id!r}")


class ConversationIsBeingAnswered(Conflict):
    code = "CONFLICT"

    def __init__(self, conversation_id: str, message_id: str) -> None:
        super().__init__(
            f"conversation {conversation_id} waits for its answer {message_id}; send the next message when that is "
            "there, or begin another conversation"
        )


class ConversationIsFull(Conflict):
    code = "CONFLICT"

    def __init__(self, conversation_id: str, count: int) -> None:
        super().__init__(f"conversation {conversation_id} has {count} messages; begin another one")


class TooManyMemories(Conflict):
    code = "CONFLICT"

    def __init__(self, count: int) -> None:
        super().__init__(f"you have {count} memories; delete some before adding more")


class ChatIsNotRunHere(Unprocessable):
    """The agent that answers is one that nothing here runs."""

    code = "MODEL_NOT_CONFIGURED"

    def __init__(self, role: str) -> None:
        super().__init__(
            f"agent {role!r} answers in chat and is not run here: give it an adapterType that is, or name another "
            "agent in CAIRN_CHAT_AGENT"
        )


class AskerIsNotAccepted(Forbidden):
    def __init__(self, message_id: str) -> None:
        super().__init__(f"the key that asked message {message_id} is not accepted any more; ask again with another")


class AskerMayNotRead(Forbidden):
    def __init__(self, name: str) -> None:
        super().__init__(f"key {name!r}, which asked, may not search and read any more; ask with another")


class AnswerTookTooLong(Unprocessable):
    code = "ANSWER_OUT_OF_BOUNDS"
