"""What may be said in a conversation and kept in mind, on every surface that has them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from api.fields import STORABLE
from orchestration.chat.memories import LONGEST

MessageText: TypeAlias = Annotated[str, Field(min_length=1, max_length=8000, pattern=r"\S"), STORABLE]
MemoryText: TypeAlias = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S"), STORABLE]
