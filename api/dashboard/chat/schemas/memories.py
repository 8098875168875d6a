"""Memories as the dashboard receives and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict

from api.chat_texts import MemoryText
from api.fields import RequestBody, ResponseBody
from orchestration.chat.types import MemoryView


class NewMemory(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"text": "I look after the bakery in Turin."}})

    text: MemoryText


class MemoryItem(ResponseBody):
    id: str
    text: str
    created_on: datetime

    @classmethod
    def of(cls, view: MemoryView) -> MemoryItem:
        return cls(id=view.id, text=view.text, created_on=view.created_at)


class MemoryList(ResponseBody):
    data: list[MemoryItem]


class MemoryDeleted(ResponseBody):
    deleted: Literal[True] = True
