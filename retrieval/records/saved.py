"""Searches that people keep to make them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from kit.clock import Clock
from kit.errors import Conflict, Forbidden, NotFound
from kit.ids import new_id
from retrieval.records.models import SavedSearch
from retrieval.records.ports import ReadableDatasets
from retrieval.records.types import NewSavedSearch, SavedSearchView

MOST_OF_ONE = 200
_MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class SavedSearches:
    """A caller sees those of its tenant whose datasets it may all see, whoever saved them. All methods take the
    caller's session."""

    datasets: ReadableDatasets
    clock: Clock

    def list(self, session: Session, principal: Principal) -> Sequence[SavedSearchView]:
        """Newest first."""
        readable = frozenset(self.datasets.readable_names(session, principal))
        wanted = select(SavedSearch).where(SavedSearch.tenant_id == principal.tenant_id)
        rows = session.scalars(wanted.order_by(SavedSearch.saved_at.desc(), SavedSearch.id.desc()).limit(_MOST_LISTED))
        return [_view(row, principal) for row in rows if readable.issuperset(row.dataset_ids)]

    def save(self, session: Session, principal: Principal, new: NewSavedSearch) -> SavedSearchView:
        """Under a name that the caller has used already it takes the older one's place, so saving twice is saving once.

        NotFound for a dataset that is not there for the caller, Conflict beyond `MOST_OF_ONE`.
        """
        readable = self.datasets.readable_names(session, principal)
        for dataset_id in new.dataset_ids:
            if dataset_id not in readable:
                raise NotFound(f"there is no dataset {dataset_id}")
        name, owner = new.name.strip(), _owner(principal)
        row = session.scalar(_of(principal).where(SavedSearch.name == name))
        if row is None:
            count = session.scalar(select(func.count()).select_from(_of(principal).subquery())) or 0
            if count >= MOST_OF_ONE:
                raise Conflict(f"you have {count} saved searches; remove some before saving more")
            row = SavedSearch(id=new_id(), tenant_id=principal.tenant_id, owner_id=owner, name=name)
            session.add(row)
        row.owner_name, row.saved_at = principal.name, self.clock.now()
        row.dataset_ids, row.request = list(new.dataset_ids), dict(new.request)
        row.compared_with = None if new.compared_with is None else dict(new.compared_with)
        session.flush()
        return _view(row, principal)

    def remove(self, session: Session, principal: Principal, search_id: str) -> None:
        """Forbidden for another's, except to those who manage."""
        row = session.get(SavedSearch, search_id)
        readable = frozenset(self.datasets.readable_names(session, principal))
        if row is None or row.tenant_id != principal.tenant_id or not readable.issuperset(row.dataset_ids):
            raise NotFound(f"there is no saved search {search_id}")
        if row.owner_id != _owner(principal) and not principal.may(Scope.MANAGE):
            raise Forbidden(f"{row.name!r} was saved by somebody else; only they and administrators may remove it")
        session.delete(row)


def _owner(principal: Principal) -> str:
    return principal.user_id or principal.key_id


def _of(principal: Principal) -> Select[SavedSearch]:
    return select(SavedSearch).where(
        SavedSearch.tenant_id == principal.tenant_id, SavedSearch.owner_id == _owner(principal)
    )


def _view(row: SavedSearch, principal: Principal) -> SavedSearchView:
    is_mine = row.owner_id == _owner(principal)
    knows = is_mine or (principal.may(Scope.MANAGE) and not principal.is_narrowed)
    return SavedSearchView(
        id=row.id,
        name=row.name,
        owner_name=row.owner_name if knows else None,
        is_mine=is_mine,
        request=row.request,
        compared_with=row.compared_with,
        saved_at=row.saved_at,
    )
