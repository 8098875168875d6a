"""Who is told that a crawl waits for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from crawler.crawls.models import Crawl
from identity.types import Principal


class Holds(Protocol):
    """All in the transaction of the change."""

    def began(self, session: Session, crawl: Crawl) -> None:
        """The crawl is held from now on."""

    def ended(self, session: Session, principal: Principal, crawl: Crawl, *, removes: bool) -> None:
        """Somebody decided about it. Its row is kept from others."""

    def dropped(self, session: Session, crawl_ids: Sequence[str]) -> None:
        """These crawls, which were held, are being removed with their site. Their rows are kept from others."""
