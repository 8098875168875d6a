"""Messages to the assistant, as the dashboard receives them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field

from api.chat_texts import MessageText
from api.fields import RequestBody
from orchestration.chat.types import Context, NewMessage

_Identifier: TypeAlias = Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]


class ChatContext(RequestBody):
    campaign_id: _Identifier | None = Field(None, description="The campaign that it is about")
    activity_id: _Identifier | None = Field(
        None, description="The activity that it is about; where that is about a dataset, only that one is searched"
    )


class NewChatMessage(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"message": "Who made the bread oven?"}})

    message: MessageText
    conversation_id: _Identifier | None = Field(None, description="Left out, a new conversation begins")
    context: ChatContext | None = Field(None, description="Left out, the conversation stays about what it was about")

    def to_message(self) -> NewMessage:
        given = self.context
        context = None if given is None else Context(given.campaign_id, given.activity_id)
        return NewMessage(self.message, self.conversation_id, context)
