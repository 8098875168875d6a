"""What a conversation is about: an activity, a campaign, a client. Looked up in the name of whoever asks, each time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from identity.clients import Clients
from identity.types import Principal
from kit.pagination import PageRequest
from orchestration.chat.types import Context
from orchestration.tasks.projects import Projects
from orchestration.tasks.service import Tasks
from orchestration.tasks.types import TaskQuery

_MOST_TASKS = 20
_LONGEST_TEXT = 6000


@dataclass(frozen=True, slots=True)
class Background:
    """`text` is for the model, empty where there is nothing to tell. `dataset_id` and `client_role` narrow what is
    read; None: they do not."""

    text: str = ""
    dataset_id: str | None = None
    client_role: str | None = None


@dataclass(frozen=True, slots=True)
class Contexts:
    tasks: Tasks
    projects: Projects
    clients: Clients

    def of(self, session: Session, principal: Principal, context: Context) -> Background:
        """NotFound for what is not there for the caller."""
        told: list[str] = []
        dataset_id = client_role = None
        if context.project_id is not None:
            told.append(self._campaign(session, principal, context.project_id))
        if context.task_id is not None:
            detail = self.tasks.detail(session, principal, context.task_id)
            task, brought = detail.task, detail.output
            dataset_id = task.dataset_id
            told.append(f"It is about the activity “{task.title}”, which is {task.status}. Asked for: {task.prompt}")
            if brought is not None:
                told.append(f"The activity has brought:\n{brought.text[:_LONGEST_TEXT]}")
        if context.client_id is not None:
            client = self.clients.get(session, principal, context.client_id)
            client_role = client.agent_role
            told.append(f"It is about the client “{client.name}”.")
        return Background("\n\n".join(told), dataset_id, client_role)

    def _campaign(self, session: Session, principal: Principal, project_id: str) -> str:
        project = self.projects.get(session, principal, project_id)
        found = self.tasks.list(session, principal, TaskQuery(project_id=project_id), PageRequest(_MOST_TASKS))
        lines = [f"- {task.title} ({task.status})" for task in found.items]
        return "\n".join([f"It is about the campaign “{project.name}”, with these activities, newest first:", *lines])
