"""What a dataset's scores are shown by: taken over from an evaluation, gone back from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from kit.errors import Invalid, NotFound
from retrieval.golden.models import Evaluation
from retrieval.golden.ports import Library
from retrieval.golden.types import EvaluationKind, EvaluationState
from retrieval.search.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Calibrations:
    library: Library

    def get(self, session: Session, principal: Principal, dataset_id: str) -> Calibration | None:
        """NotFound for a dataset that is not there for the caller; so do the others."""
        self._visible(session, principal, dataset_id)
        return self.library.calibration(session, dataset_id)

    def adopt(self, session: Session, principal: Principal, dataset_id: str, evaluation_id: str) -> Calibration:
        """That of any evaluation of the dataset, also of an earlier one. Invalid where that has none."""
        self._visible(session, principal, dataset_id)
        wanted = select(Evaluation).where(Evaluation.id == evaluation_id, Evaluation.dataset_id == dataset_id)
        row = session.scalars(wanted).first()
        if row is None or row.tenant_id != principal.tenant_id:
            raise NotFound(f"dataset {dataset_id} has no evaluation {evaluation_id}")
        stored = (row.result or {}).get("calibration")
        if row.kind != EvaluationKind.CALIBRATE or row.state != EvaluationState.DONE or stored is None:
            raise Invalid(
                f"evaluation {evaluation_id} is a {row.kind} that is {row.state} and has no calibration; "
                "run one with kind 'calibrate'"
            )
        calibration = Calibration.restored(stored)
        self.library.calibrate(session, dataset_id, calibration)
        return calibration

    def drop(self, session: Session, principal: Principal, dataset_id: str) -> None:
        """From now on scores are shown as they are."""
        self._visible(session, principal, dataset_id)
        self.library.calibrate(session, dataset_id, None)

    def _visible(self, session: Session, principal: Principal, dataset_id: str) -> None:
        if dataset_id not in self.library.readable_names(session, principal):
            raise NotFound(f"there is no dataset {dataset_id}")
