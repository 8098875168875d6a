"""What can be wrong about a crawl."""

from __future__ import annotations

from kit.errors import Conflict, NotFound


class CrawlIsNotThere(NotFound):
    code = "CRAWL_NOT_FOUND"

    def __init__(self, crawl_id: str) -> None:
        super().__init__(f"there is no crawl {crawl_id!r} in this dataset")


class CrawlIsUnderWay(Conflict):
    code = "CRAWL_UNDER_WAY"

    def __init__(self, start_url: str, crawl_id: str, state: str) -> None:
        super().__init__(f"crawl {crawl_id} of {start_url} is {state}; wait for its end, or cancel it")


class CrawlCannotDoThat(Conflict):
    code = "CRAWL_STATE"

    def __init__(self, crawl_id: str, state: str, wish: str) -> None:
        super().__init__(f"crawl {crawl_id} is {state} and cannot be {wish}")
