"""How a policy says no: with the reason that is shown for the address."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest

from crawler.reasons import Outcome, Reason


class Refused(IgnoreRequest):  # type: ignore[misc]  # mypy does not look into Scrapy
    """Scrapy hands it to the request's errback."""

    def __init__(self, reason: Reason, detail: str = "", *, outcome: Outcome = Outcome.SKIPPED) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.detail = detail
        self.outcome = outcome
