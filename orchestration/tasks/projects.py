"""Projects: make one, find those that the caller may know of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.clock import Clock
from kit.errors import Forbidden
from kit.ids import new_id
from kit.slugs import slug_of
from orchestration.tasks import repository
from orchestration.tasks.errors import ProjectIsThere
from orchestration.tasks.models import Project
from orchestration.tasks.numbers import Numbered, next_number
from orchestration.tasks.service import check_project, need
from orchestration.tasks.sight import sight_of
from orchestration.tasks.types import ProjectStatus, ProjectView


@dataclass(frozen=True, slots=True)
class Projects:
    """All methods take the caller's session and leave committing to it. A key that is held to an agent role or to some
    datasets knows of those in which it sees a task, everybody else of all that the tenant has."""

    names: DatasetNames
    clock: Clock

    def list(self, session: Session, principal: Principal) -> Sequence[ProjectView]:
        """In the order of their names."""
        counts = repository.task_counts(session, sight_of(session, principal, self.names))
        rows = repository.projects(session, principal.tenant_id)
        return [_view(row, counts.get(row.id, 0)) for row in rows if row.id in counts or not principal.is_narrowed]

    def get(self, session: Session, principal: Principal, project_id: str) -> ProjectView:
        sight = sight_of(session, principal, self.names)
        row = check_project(session, sight, project_id)
        return _view(row, repository.task_counts(session, sight).get(row.id, 0))

    def create(self, session: Session, principal: Principal, name: str, slug: str | None = None) -> ProjectView:
        """ProjectIsThere where another has the slug, which is made of the name where none is given."""
        need(principal, Scope.WRITE)
        if principal.is_narrowed:
            raise Forbidden(f"key {principal.name!r} is for an agent or for certain datasets and makes no projects")
        slug = slug or slug_of(name, otherwise="project")
        try:
            with session.begin_nested():
                row = Project(
                    id=new_id(),
                    tenant_id=principal.tenant_id,
                    slug=slug,
                    name=name.strip(),
                    status=ProjectStatus.ACTIVE,
                    number=next_number(session, principal.tenant_id, Numbered.PROJECT),
                    created_at=self.clock.now(),
                )
                session.add(row)
        except IntegrityError as error:
            raise ProjectIsThere(slug) from error
        return _view(row, 0)


def _view(row: Project, task_count: int) -> ProjectView:
    return ProjectView(
        row.id, row.number or 0, row.slug, row.name, ProjectStatus(row.status), task_count, row.created_at
    )
