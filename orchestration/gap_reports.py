"""What the documents should have answered and do not, as agents report it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.audit.acts import Act
from identity.audit.trail import Deed, Trail
from identity.audit.types import Json
from identity.types import Principal
from kit.clock import Clock
from kit.errors import Invalid
from orchestration.knowledge_gaps import KnowledgeGaps
from retrieval.records.recorder import SearchRecorder

LONGEST = 2000
"""Characters of a question, and of what is missing."""


@dataclass(frozen=True, slots=True)
class GapReports:
    """Kept among the questions without a good answer, as a task, and in the audit trail under `gap_reported`, in one
    transaction. The trail comes last: whoever holds it waits for nothing that others hold who want it."""

    gaps: KnowledgeGaps
    recorder: SearchRecorder
    trail: Trail
    clock: Clock

    def report(
        self,
        session: Session,
        principal: Principal,
        act: Act,
        *,
        question: str,
        missing: str,
        dataset_ids: Sequence[str],
    ) -> str:
        """The id of the entry in the trail. Invalid without a question."""
        question, missing = question.strip(), missing.strip()
        if not question:
            raise Invalid("question is empty; say what the documents should have answered")
        self.recorder.report_gap(session, principal, question=question, dataset_ids=dataset_ids, missing=missing)
        self.gaps.report(session, principal, question=question, dataset_ids=dataset_ids, missing=missing)
        said: dict[str, Json] = {"question": question, "missing": missing, "datasets": [*dataset_ids]}
        return self.trail.record(session, [Deed(act, self.clock.now(), "gap_reported", "gap", "", said)])[0].id
