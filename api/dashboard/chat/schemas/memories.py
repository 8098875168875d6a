"""Memories as the dashboard receives and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from api.fields import STORABLE, RequestBody, ResponseBody
from orchestration.chat.memories import LONGEST
from orchestration.chat.types import MemoryView


class NewMemory(RequestBody):
    model_config = ConfigDict(json_schema_extra={"example": {"text": "I look after the bakery in Turin."}})

    text: Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S"), STORABLE]


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
