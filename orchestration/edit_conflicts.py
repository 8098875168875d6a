"""Changes of chunks that no longer find their text are an approval: let them go, or keep them until it is back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.files.models import File
from ingest.review import repository
from ingest.review.conflicts import Conflicts
from kit.clock import Clock
from kit.db.database import Database
from orchestration.approvals import repository as approval_rows
from orchestration.approvals.closing import Closer
from orchestration.approvals.service import Approvals
from orchestration.approvals.types import ApprovalType, Request, RiskLevel, Subject
from orchestration.tasks.events import SYSTEM

EDITS = "edits"

_LATE = timedelta(minutes=10)
"""How much later than it says a build may be seen: its transaction commits after the moment that it notes."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ConflictingEdits:
    """Implements the SubjectActs of a file's edits. The file's row is what is held, as by everybody who changes one."""

    conflicts: Conflicts

    kind = EDITS

    def hold(self, session: Session, subject_id: str) -> bool:
        file = _held(session, subject_id)
        return file is not None and bool(self.conflicts.of(session, file))

    def decide(self, session: Session, principal: Principal | None, subject_id: str, *, approved: bool) -> None:
        """Refused, they stay as they are: they apply again where their text comes back."""
        file = _held(session, subject_id)
        if approved and principal is not None and file is not None and self.conflicts.of(session, file):
            self.conflicts.discard(session, principal, file.dataset_id, file.id)


@dataclass(slots=True)
class EditConflictWatch:
    """At every tick of every worker: asks once for each build that leaves edits behind, and asks no more where they
    were settled in their own place, or the file is gone."""

    database: Database
    conflicts: Conflicts
    approvals: Approvals
    closer: Closer
    clock: Clock
    _since: datetime | None = field(default=None, init=False)

    def tick(self) -> int:
        """For how many files something changed."""
        now = self.clock.now()
        with self.database.read() as session:
            files = {
                *self.conflicts.edited_since(session, self._since),
                *approval_rows.subjects_pending(session, EDITS),
            }
            due = [file_id for file_id in sorted(files) if self._is_due(session, session.get(File, file_id), file_id)]
        for file_id in due:
            with self.database.write() as session:
                self._look_after(session, file_id)
        self._since = now - _LATE
        if due:
            _log.info("edits.looked_after", count=len(due))
        return len(due)

    def _is_due(self, session: Session, file: File | None, file_id: str) -> bool:
        pending = bool(approval_rows.pending_about(session, Subject(EDITS, file_id)))
        has_conflicts = file is not None and bool(self.conflicts.of(session, file))
        if pending or not has_conflicts:
            return pending and not has_conflicts
        searched_since = None if file is None else self.conflicts.searched_since(session, file)
        asked_at = approval_rows.last_asked(session, Subject(EDITS, file_id))
        return asked_at is None or (searched_since is not None and asked_at < searched_since)

    def _look_after(self, session: Session, file_id: str) -> None:
        """What was seen may be over, or another process was quicker."""
        file = _held(session, file_id)
        if not self._is_due(session, file, file_id):
            return
        found = [] if file is None else self.conflicts.of(session, file)
        if file is None or not found:
            self.closer.withdraw_subject(session, Subject(EDITS, file_id))
        else:
            self.approvals.request(session, _request(file, len(found)), SYSTEM)


def _held(session: Session, file_id: str) -> File | None:
    """None where its row is gone."""
    there = session.scalar(select(File.id).where(File.id == file_id))
    return None if there is None else repository.locked_file(session, file_id)


def _request(file: File, count: int) -> Request:
    changes = "A change" if count == 1 else f"{count} changes"
    return Request(
        tenant_id=file.tenant_id,
        title=f"{changes} of {file.name}: the changed text is gone",
        type=ApprovalType.CONTENT_REVIEW,
        risk=RiskLevel.MEDIUM,
        description=(
            "A new version of the file does not have the text any more that people had changed. Approve to let what "
            "they wrote go; reject to keep it: it applies again where its text comes back. To say it of the new "
            "version too, change the chunk that stands in its place first."
        ),
        subject=Subject(EDITS, file.id),
        dataset_id=file.dataset_id,
        details={"datasetId": file.dataset_id, "fileId": file.id, "fileName": file.name, "changes": count},
    )
