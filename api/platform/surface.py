"""The platform's surface: /api, in snake_case and an envelope of its own."""

from __future__ import annotations

from fastapi import APIRouter

from api.platform import (
    activity_log,
    agent_runs,
    agents,
    api_keys,
    auth,
    changelog,
    envelope,
    logs,
    notifications,
    oidc,
    organizations,
    own_sessions,
    public_agents,
    public_tasks,
    task_queue,
    tasks,
    teams,
    users,
)
from api.surfaces import Surface

PREFIX = "/api"
# The public API lies in the command center's tree, and has the platform's words.
SURFACES = (Surface(prefix=PREFIX, render=envelope.render), Surface(f"{PREFIX}/v1/public", render=envelope.render))
OPEN_PATHS = frozenset(
    {f"{PREFIX}/agent-runs/idle-check"}
    | {f"{PREFIX}/auth/register", f"{PREFIX}/auth/login", f"{PREFIX}/auth/forgot-password"}
    | {
        f"{PREFIX}/auth/{name}"
        for name in ("refresh", "reset-password", "ways", "oidc", "oidc/callback", "oidc/tokens")
    }
)

router = APIRouter(prefix=PREFIX)
for resource in (
    auth,
    own_sessions,
    oidc,
    users,
    organizations,
    api_keys,
    teams,
    tasks,
    public_tasks,
    task_queue,
    activity_log,
    notifications,
    agents,
    agent_runs,
    public_agents,
    logs,
    changelog,
):
    router.include_router(resource.router)
