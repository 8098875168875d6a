"""What can go wrong with prompts that come again and again."""

from __future__ import annotations

from kit.errors import Conflict, NotFound, Unprocessable


class ScheduledPromptIsNotThere(NotFound):
    code = "SCHEDULE_NOT_FOUND"

    def __init__(self, prompt_id: str) -> None:
        super().__init__(f"there is no schedule {prompt_id!r} in this workspace")


class NobodyWorksHere(Unprocessable):
    def __init__(self, workspace_id: str, agent_role: str) -> None:
        super().__init__(
            f"workspace {workspace_id} has no agent: nothing works as {agent_role!r}; mint a token for the workspace, "
            "or have its agent role be one that is run here"
        )


class TooManySchedules(Conflict):
    code = "TOO_MANY_SCHEDULES"

    def __init__(self, workspace_id: str, most: int) -> None:
        super().__init__(f"workspace {workspace_id} has {most} schedules, which is as many as it may; delete one first")
