"""What requests of the workspaces' surface share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import Path
from pydantic import Field

from api.fields import STORABLE

IDENTIFIER = r"^[!-~]{1,64}$"

WorkspaceId: TypeAlias = Annotated[str, Path(alias="id", pattern=IDENTIFIER, description="Id of a workspace")]
Name: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
