"""Looks after approvals as time goes by, at every tick of every worker."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from kit.db.database import Database
from orchestration.approvals.resolving import Resolver

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ApprovalWatch:
    """Any number of processes may tick: each approval expires, and is told of, once."""

    database: Database
    resolver: Resolver

    def tick(self) -> int:
        """How many expired or were told of; each in a transaction of its own."""
        with self.database.read() as session:
            overdue = self.resolver.overdue(session)
        ended = 0
        for approval_id in overdue:
            with self.database.write() as session:
                ended += self.resolver.expire(session, approval_id)
        with self.database.read() as session:
            expiring = self.resolver.expiring(session)
        told = 0
        for approval_id in expiring:
            with self.database.write() as session:
                told += self.resolver.remind(session, approval_id)
        if ended:
            _log.info("approvals.expired", count=ended)
        return ended + told
