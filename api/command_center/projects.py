"""/api/v1/projects: what groups tasks. Making one completes what is documented."""

from __future__ import annotations

from fastapi import APIRouter

from api.command_center.envelope import errors
from api.command_center.schemas.new_tasks import NewProject, ProjectList, ProjectRecord
from api.command_center.schemas.people import ProjectId
from api.command_center.schemas.tasks import TaskList
from api.deps import PageDep, Reader, RuntimeDep, Writer
from orchestration.tasks.types import TaskQuery

router = APIRouter(prefix="/projects", tags=["Command center: projects"])


@router.get(
    "", operation_id="commandCenterProjectsList", summary="List projects", responses=errors(401, 403, 503),
)  # fmt: skip
def list_projects(principal: Reader, runtime: RuntimeDep) -> ProjectList:
    """In the order of their names, all of them. The one named General is there with the first task that belongs to no
    other."""
    with runtime.database.read() as session:
        found = runtime.teamwork.projects.list(session, principal)
    return ProjectList(projects=[ProjectRecord.of(view) for view in found])


@router.post(
    "", status_code=201, operation_id="commandCenterProjectsCreate", summary="Make a project",
    responses=errors(400, 401, 403, 409, 413, 503),
)  # fmt: skip
def create_project(body: NewProject, principal: Writer, runtime: RuntimeDep) -> ProjectRecord:
    with runtime.database.write() as session:
        return ProjectRecord.of(runtime.teamwork.projects.create(session, principal, body.name, body.slug))


@router.get(
    "/{project_id}/tasks", operation_id="commandCenterProjectsTasks", summary="Tasks for a project",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_tasks_of_project(project_id: ProjectId, principal: Reader, runtime: RuntimeDep, page: PageDep) -> TaskList:
    """Newest first."""
    with runtime.database.read() as session:
        runtime.teamwork.projects.get(session, principal, project_id)
        found = runtime.teamwork.tasks.list(session, principal, TaskQuery(project_id=project_id), page)
    return TaskList.of(found)
