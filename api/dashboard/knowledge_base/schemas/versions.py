"""Versions of a website's page as the dashboard receives them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import Field

from api.fields import ResponseBody
from crawler.crawls.versions import VersionText, VersionView


class PageVersionSummary(ResponseBody):
    number: int
    crawl_job_id: str
    created_on: datetime
    title: str
    characters: int

    @classmethod
    def of(cls, view: VersionView) -> PageVersionSummary:
        return cls(
            number=view.number,
            crawl_job_id=view.crawl_id,
            created_on=view.at,
            title=view.title,
            characters=view.characters,
        )


class PageVersionList(ResponseBody):
    data: list[PageVersionSummary]

    @classmethod
    def of(cls, views: Sequence[VersionView]) -> PageVersionList:
        return cls(data=[PageVersionSummary.of(view) for view in views])


class PageVersionDetail(PageVersionSummary):
    text: str | None = Field(description="What it said; null for a kind of file that is not shown as text")
    compared_with: int | None = Field(description="Number of the version that `diff` starts from")
    diff: str = Field(description="A unified diff by lines; empty for the first version")

    @classmethod
    def in_full(cls, found: VersionText) -> PageVersionDetail:
        summary = PageVersionSummary.of(found.version)
        return cls(**dict(summary), text=found.text, compared_with=found.against, diff=found.diff)
