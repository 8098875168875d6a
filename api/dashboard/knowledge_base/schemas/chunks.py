"""Chunks, and what people change about them, as the dashboard sends and receives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field

from api.dashboard.knowledge_base.schemas.files import Pagination
from api.fields import NO_COERCION, STORABLE, Flag, RequestBody, ResponseBody
from ingest.documents import BlockKind, Box
from ingest.files.types import ChunkView
from ingest.review.types import ChunkChange, NewChunk, OverlayKind, OverlayState, OverlayView
from kit.instructions import flags_of
from kit.pagination import Page

_MOST_CHARACTERS = 20_000
_MOST_PAGES = 1_000_000

ChunkContent: TypeAlias = Annotated[str, Field(min_length=1, max_length=_MOST_CHARACTERS, pattern=r"\w"), STORABLE]


class PageBox(ResponseBody):
    """A rectangle on a page in PDF points, origin at the top left."""

    page: int
    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, box: Box) -> PageBox:
        return cls(page=box.page, left=box.left, top=box.top, right=box.right, bottom=box.bottom)


class Chunk(ResponseBody):
    id: str
    file_id: str
    position: int = Field(description="Its place in the file, from 0")
    content: str
    context: str = Field(description="Title and headings that are embedded with the content")
    kind: BlockKind
    token_count: int
    page_number: int | None
    heading_path: Sequence[str]
    boxes: list[PageBox]
    enabled: bool = Field(description="Whether searches find it")
    flags: Sequence[str] = Field(description="`reads_like_instructions` where the text speaks to an assistant")
    near_duplicate_of: str | None = Field(
        description="Another chunk of the dataset that says nearly the same; null if none does; not told of changes"
    )
    change_id: str | None = Field(
        description="What a person changed about it, or by which it was added; null if nothing"
    )

    @classmethod
    def of(cls, view: ChunkView) -> Chunk:
        return cls(
            id=view.id,
            file_id=view.file_id,
            position=view.position,
            content=view.content,
            context=view.context,
            kind=view.kind,
            token_count=view.token_count,
            page_number=view.page,
            heading_path=view.heading_path,
            boxes=[PageBox.of(box) for box in view.boxes],
            enabled=view.enabled,
            flags=flags_of(view.content),
            near_duplicate_of=view.near_duplicate_of,
            change_id=view.overlay_id,
        )


class ChunkPage(ResponseBody):
    data: list[Chunk]
    pagination: Pagination

    @classmethod
    def of(cls, page: Page[ChunkView], *, limit: int) -> ChunkPage:
        pagination = Pagination(limit=limit, next_cursor=page.next_cursor, has_more=page.next_cursor is not None)
        return cls(data=[Chunk.of(item) for item in page.items], pagination=pagination)


class ChunkModification(RequestBody):
    """What is left out, or null, stays as it is."""

    model_config = ConfigDict(json_schema_extra={"example": {"content": "The notice period is three months."}})

    content: ChunkContent | None = Field(None, description="The text that takes the place of what was parsed")
    enabled: Flag | None = Field(None, description="Whether searches find the chunk")

    def to_change(self) -> ChunkChange:
        return ChunkChange(content=self.content, enabled=self.enabled)


class ChunkAddition(RequestBody):
    model_config = ConfigDict(
        json_schema_extra={"example": {"content": "Office hours are 9 to 17.", "headingPath": []}}
    )

    content: ChunkContent
    page_number: Annotated[int, Field(ge=1, le=_MOST_PAGES), NO_COERCION] | None = Field(
        None, description="The page that it is about"
    )
    heading_path: list[Annotated[str, Field(min_length=1, max_length=300), STORABLE]] = Field(
        default_factory=list, max_length=6, description="The headings that it stands under, outermost first"
    )

    def to_new(self) -> NewChunk:
        return NewChunk(content=self.content, page=self.page_number, heading_path=tuple(self.heading_path))


class ChangeRecord(ResponseBody):
    id: str
    kind: OverlayKind
    state: OverlayState = Field(
        description="`conflict`: a new build no longer holds the text that was changed; the change waits, unapplied"
    )
    chunk_id: str | None = Field(description="The chunk that it is applied to; null in a conflict")
    original_content: str | None = Field(description="What was parsed; null for a chunk added by hand")
    content: str | None = Field(description="What takes its place; null where only the switch differs")
    enabled: bool
    changed_by: str = Field(description="The name of the key that changed it last")
    created_on: datetime
    updated_on: datetime

    @classmethod
    def of(cls, view: OverlayView) -> ChangeRecord:
        return cls(
            id=view.id,
            kind=view.kind,
            state=view.state,
            chunk_id=view.chunk_id,
            original_content=view.original,
            content=view.content,
            enabled=view.enabled,
            changed_by=view.changed_by,
            created_on=view.created_at,
            updated_on=view.updated_at,
        )


class ChangeList(ResponseBody):
    data: list[ChangeRecord]

    @classmethod
    def of(cls, views: Sequence[OverlayView]) -> ChangeList:
        return cls(data=[ChangeRecord.of(view) for view in views])


class ChangeReverted(ResponseBody):
    deleted: Literal[True] = True
