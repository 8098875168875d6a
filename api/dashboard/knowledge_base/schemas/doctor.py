"""The doctor's findings, as the dashboard shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from api.fields import RequestBody, ResponseBody
from ingest.doctor.consulting import Report
from ingest.doctor.findings import Ailment


class DoctorFinding(ResponseBody):
    id: str = Field(description="The same for the same trouble, whenever it is found")
    ailment: Ailment
    subject: str = Field(description="Id of the file or dataset, or name of the stored file")
    message: str
    remedy: str = Field(description="What a repair does, or what a person must do")
    repairable: bool

    @classmethod
    def of(cls, finding: Mapping[str, Any]) -> DoctorFinding:
        return cls(**{name: finding[name] for name in cls.model_fields})


class UnmendedFinding(DoctorFinding):
    reason: str = Field(description="Why it could not be mended")


class DoctorReport(ResponseBody):
    running_job_id: str | None = Field(description="The examination that is going on or waits")
    examined_at: datetime | None = Field(description="null: never yet")
    findings: list[DoctorFinding] = Field(description="What was left at the end")
    mended: list[DoctorFinding]
    not_mended: list[UnmendedFinding]

    @classmethod
    def of(cls, report: Report) -> DoctorReport:
        return cls(
            running_job_id=report.running_job,
            examined_at=report.examined_at,
            findings=[DoctorFinding.of(one) for one in report.findings],
            mended=[DoctorFinding.of(one) for one in report.mended],
            not_mended=[UnmendedFinding.of(one) for one in report.resisting],
        )


FindingId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class RepairOrder(RequestBody):
    finding_ids: Annotated[list[FindingId], Field(min_length=1, max_length=1000)] | None = Field(
        None, description="Of the last report; absent: all that can be mended"
    )


class ExaminationBegun(ResponseBody):
    job_id: str = Field(description="See `/knowledge-base/jobs/{jobId}`")
