"""Changes of a dataset's embedding model: begin, watch, switch, call off, go back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.types import Principal
from ingest.datasets import repository as datasets
from ingest.datasets.jobs import CHANGE_MODEL, CLEAR_SHELVES, change_model_job, clear_shelves_job
from ingest.datasets.models import Dataset, DatasetShelf, ModelChange
from ingest.datasets.service import ModelBinding
from ingest.datasets.types import ChangeState, ShelfState
from ingest.model_changes import repository
from ingest.model_changes.errors import (
    ModelChangeNotFound,
    ModelChangeStateForbids,
    ModelIsChanging,
    ModelIsTheSame,
    ModelUnknown,
    VectorsAreBeingRemoved,
)
from ingest.model_changes.types import ModelChangeView, ModelView, SwitchPolicy
from kit.clock import Clock
from kit.ids import new_id
from kit.jobs.models import Job
from kit.jobs.queue import JobQueue
from kit.jobs.types import UNFINISHED


@dataclass(frozen=True, slots=True)
class ModelChanges:
    """All methods take the caller's session and leave committing to it. NotFound where a dataset or change is not there
    for the caller.

    `models` are those of the installation, that of new datasets first. `keep` is how long old vectors stay after a
    switch.
    """

    queue: JobQueue
    clock: Clock
    models: Mapping[str, ModelBinding]
    keep: timedelta

    def available(self) -> Sequence[ModelView]:
        first = next(iter(self.models))
        return [ModelView(one.name, one.vector_size, one.name == first) for one in self.models.values()]

    def begin(
        self,
        session: Session,
        principal: Principal,
        dataset_id: str,
        *,
        model: str,
        policy: SwitchPolicy = SwitchPolicy.UNLESS_WORSE,
    ) -> ModelChangeView:
        """Raises ModelUnknown, ModelIsTheSame, ModelIsChanging or VectorsAreBeingRemoved."""
        dataset = datasets.get_readable(session, principal, dataset_id)
        binding = self.models.get(model)
        if binding is None:
            raise ModelUnknown(model, list(self.models))
        if model == dataset.embedding_model:
            raise ModelIsTheSame(model)
        under_way = repository.open_change(session, dataset_id)
        if under_way is not None:
            raise ModelIsChanging(under_way.id)
        return self._begin(session, dataset, binding, policy, by=principal.name)

    def _begin(
        self, session: Session, dataset: Dataset, binding: ModelBinding, policy: SwitchPolicy, *, by: str
    ) -> ModelChangeView:
        self.queue.cancel(session, subject=dataset.id, kinds=(CLEAR_SHELVES,))  # jobs before what they are about
        kept = self._taken(session, dataset, binding)
        change = ModelChange(
            id=new_id(),
            tenant_id=dataset.tenant_id,
            dataset_id=dataset.id,
            state=ChangeState.FILLING,
            policy=policy,
            old_model=dataset.embedding_model,
            old_collection=dataset.collection,
            new_model=binding.name,
            new_collection=binding.collection,
            is_return=kept is not None,
            chunks_done=0,
            chunks_total=repository.chunks_in_all(session, dataset.id),
            created_by=by,
            created_at=self.clock.now(),
        )
        session.add(change)
        try:
            session.flush()
        except IntegrityError as error:  # another caller was a moment earlier
            raise ModelIsChanging("begun just now") from error
        return self._work_on(session, change)

    def _taken(self, session: Session, dataset: Dataset, binding: ModelBinding) -> DatasetShelf | None:
        """The model's vectors where they were kept. Those of a third one go: one model to go back to is enough."""
        shelves = {one.collection: one for one in repository.shelves_of(session, dataset.id)}
        kept = shelves.pop(binding.collection, None)
        if kept is not None and kept.state == ShelfState.DROPPING:
            raise VectorsAreBeingRemoved(binding.name)
        for other in shelves.values():
            other.state = ShelfState.DROPPING
        if shelves:
            self.queue.enqueue(session, clear_shelves_job(tenant_id=dataset.tenant_id, dataset_id=dataset.id))
        if kept is not None:
            kept.state = ShelfState.FILLING
        return kept

    def _work_on(self, session: Session, change: ModelChange) -> ModelChangeView:
        job = change_model_job(tenant_id=change.tenant_id, dataset_id=change.dataset_id, change_id=change.id)
        self.queue.enqueue(session, job)
        return self._view(session, change)

    def list(self, session: Session, principal: Principal, dataset_id: str) -> Sequence[ModelChangeView]:
        """Newest first."""
        datasets.get_readable(session, principal, dataset_id)
        return [self._view(session, change) for change in repository.changes(session, dataset_id)]

    def get(self, session: Session, principal: Principal, dataset_id: str, change_id: str) -> ModelChangeView:
        return self._view(session, self._row(session, principal, dataset_id, change_id))

    def switch(self, session: Session, principal: Principal, dataset_id: str, change_id: str) -> ModelChangeView:
        """Has a change that is ready go over to the new vectors, after what came in meanwhile is embedded as well."""
        change = self._row(session, principal, dataset_id, change_id)
        if change.state != ChangeState.READY:
            raise ModelChangeStateForbids(
                f"model change {change.id} is {change.state}; only one that is ready can switch"
            )
        change.state, change.policy = ChangeState.FILLING, SwitchPolicy.ALWAYS
        return self._work_on(session, change)

    def cancel(self, session: Session, principal: Principal, dataset_id: str, change_id: str) -> ModelChangeView:
        """Nothing changes for searches; new vectors are removed, but for those that were kept from before."""
        change = self._row(session, principal, dataset_id, change_id)
        if change.state not in repository.OPEN:
            raise ModelChangeStateForbids(f"model change {change.id} is {change.state}; it has ended")
        self.end(session, change, ChangeState.CANCELLED)
        return self._view(session, change)

    def end(self, session: Session, change: ModelChange, state: ChangeState, error: str | None = None) -> None:
        """An open change ends without a switch."""
        self.queue.cancel(session, subject=change.dataset_id, kinds=(CHANGE_MODEL, CLEAR_SHELVES))
        change.state, change.error, change.ended_at = state, error, self.clock.now()
        shelf = repository.shelf(session, change.dataset_id, change.new_collection)
        if shelf is not None:
            shelf.state = ShelfState.KEPT if change.is_return else ShelfState.DROPPING
            self.queue.enqueue(session, clear_shelves_job(tenant_id=change.tenant_id, dataset_id=change.dataset_id))

    def roll_back(self, session: Session, principal: Principal, dataset_id: str, change_id: str) -> ModelChangeView:
        """Goes back to the model before: at once where nothing changed since, else after what did is embedded."""
        change = self._row(session, principal, dataset_id, change_id)
        dataset = datasets.get_readable(session, principal, dataset_id)
        under_way = repository.open_change(session, dataset_id)
        if under_way is not None:
            raise ModelIsChanging(under_way.id)
        if change.state != ChangeState.SWITCHED or dataset.collection != change.new_collection:
            raise ModelChangeStateForbids(f"model change {change.id} is not the one that the dataset is searched by")
        kept = repository.shelf(session, dataset_id, change.old_collection)
        if kept is None or kept.state != ShelfState.KEPT:
            raise ModelChangeStateForbids(
                f"the vectors of {change.old_model!r} are not kept any more; begin a change to that model instead"
            )
        binding = ModelBinding(kept.embedding_provider, kept.embedding_model, kept.vector_size, kept.collection)
        return self._begin(session, dataset, binding, SwitchPolicy.ALWAYS, by=principal.name)

    @staticmethod
    def _row(session: Session, principal: Principal, dataset_id: str, change_id: str) -> ModelChange:
        datasets.get_readable(session, principal, dataset_id)
        change = session.get(ModelChange, change_id)
        if change is None or change.dataset_id != dataset_id:
            raise ModelChangeNotFound(change_id)
        return change

    def _view(self, session: Session, change: ModelChange) -> ModelChangeView:
        kept = session.get(DatasetShelf, (change.dataset_id, change.old_collection))
        is_kept = change.state == ChangeState.SWITCHED and kept is not None and kept.state == ShelfState.KEPT
        return ModelChangeView(
            id=change.id,
            dataset_id=change.dataset_id,
            state=ChangeState(change.state),
            policy=SwitchPolicy(change.policy),
            old_model=change.old_model,
            new_model=change.new_model,
            chunks_done=change.chunks_done,
            chunks_total=change.chunks_total,
            comparison=change.comparison,
            kept_until=kept.kept_until if kept is not None and is_kept else None,
            error=change.error,
            job_id=self._job(session, change),
            created_by=change.created_by,
            created_at=change.created_at,
            switched_at=change.switched_at,
            ended_at=change.ended_at,
        )

    @staticmethod
    def _job(session: Session, change: ModelChange) -> str | None:
        if change.state != ChangeState.FILLING:
            return None
        return session.scalar(select(Job.id).where(Job.key == f"{CHANGE_MODEL}:{change.id}", Job.state.in_(UNFINISHED)))
