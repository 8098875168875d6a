"""The calibration of a dataset as the dashboard sends and receives it."""

from __future__ import annotations

from pydantic import Field

from api.dashboard.knowledge_base.schemas.search import Identifier
from api.fields import RequestBody, ResponseBody
from retrieval.search.calibration import Calibration


class CalibrationChoice(RequestBody):
    evaluation_id: Identifier


class CalibratedMode(ResponseBody):
    hybrid_alpha: float
    rerank: bool


class DatasetCalibration(ResponseBody):
    """Nulls and no modes where scores are shown as they are."""

    evaluation_id: str | None
    model: str | None = Field(description="The embedding model that it was made with; with another it does not count")
    modes: list[CalibratedMode] = Field(
        description="Ways of searching that have a curve; a search takes that with the nearest hybridAlpha"
    )

    @classmethod
    def of(cls, found: Calibration | None) -> DatasetCalibration:
        if found is None:
            return cls(evaluation_id=None, model=None, modes=[])
        modes = [CalibratedMode(hybrid_alpha=one.alpha, rerank=one.reranked) for one in found.curves]
        return cls(evaluation_id=found.evaluation_id, model=found.model, modes=modes)
