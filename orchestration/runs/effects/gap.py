"""Tell the people who look after the documents that something is missing in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from identity.audit.acts import Act
from ingest.files.ports import DatasetNames
from kit.errors import NotFound
from orchestration.gap_reports import LONGEST, GapReports
from orchestration.runs.arguments import text_if_given, text_of
from orchestration.runs.effects.types import Doing
from orchestration.runs.types import ToolSpec
from orchestration.tasks.types import Json

REPORT_GAP = "report_gap"


@dataclass(frozen=True, slots=True)
class ReportGapTool:
    """About the datasets that the run reads."""

    reports: GapReports
    names: DatasetNames

    waits = False
    spec = ToolSpec(
        REPORT_GAP,
        "Tell the people who look after the documents that something is missing or wrong in them. Search first, and "
        "say in your answer as well what is missing",
        {
            "type": "object",
            "properties": {
                "question": {"type": "string", "description": "What the documents should have answered"},
                "missing": {"type": "string", "description": "What you found instead, or what is missing"},
            },
            "required": ["question"],
        },
    )

    def happen(self, doing: Doing, arguments: Mapping[str, Json]) -> Mapping[str, Json]:
        question = text_of(arguments, "question", longest=LONGEST)
        missing = text_if_given(arguments, "missing", longest=LONGEST) or ""
        session, principal = doing.session, doing.principal
        datasets = self.names.readable_names(session, principal)
        if not datasets:
            raise NotFound("there is no dataset for this agent that anything could be missing in")
        entry = self.reports.report(
            session, principal, Act.of(principal), question=question, missing=missing, dataset_ids=[*datasets]
        )
        return {"reportId": entry}
