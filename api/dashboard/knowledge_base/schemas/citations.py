"""A cited passage as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from pydantic import Field

from api.dashboard.knowledge_base.schemas.search_extras import PageBox
from api.fields import ResponseBody
from retrieval.search.citing import Cited

_WORDS = 8


class CitationTarget(ResponseBody):
    found: bool = Field(description="False: the file no longer says what was cited; page and file are those of then")
    dataset_id: str
    file_id: str
    file_name: str
    chunk_id: str | None
    page_number: int | None
    heading_path: Sequence[str]
    content: str | None
    boxes: list[PageBox]
    url: str | None = Field(description="Address of the page that the file was made of")
    open: str = Field(description="Opens the original at the place: the address of a page, else the file's bytes")

    @classmethod
    def of(cls, cited: Cited) -> CitationTarget:
        return cls(
            found=cited.found,
            dataset_id=cited.dataset_id,
            file_id=cited.file_id,
            file_name=cited.file_name,
            chunk_id=cited.chunk_id,
            page_number=cited.page,
            heading_path=cited.heading_path,
            content=cited.content,
            boxes=[PageBox.of(box) for box in cited.boxes],
            url=cited.url,
            open=_opening(cited),
        )


def _opening(cited: Cited) -> str:
    """`#page=` is understood by every PDF viewer in a browser, `#:~:text=` by browsers that know text fragments."""
    original = f"/dashboard/v1/knowledge-base/datasets/{cited.dataset_id}/files/{cited.file_id}/original"
    if cited.url is None and cited.page is not None:
        return f"{original}#page={cited.page}"
    address = cited.url or original
    words = (cited.content or "").split()[:_WORDS]
    return f"{address}#:~:text={quote(' '.join(words), safe='')}" if words and "#" not in address else address
