"""What the documented surfaces say about signing in, people, keys, teams, tokens, logs and work, as tables.

A line is: method, path, status of success, further documented statuses, fields of the body (`!` where required, choices
in parentheses), fields of the query. `data`, `page`, `done` and `bare` name the envelope of success; `stream` sends
server-sent events, `feed` is RSS.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PLATFORM = """
GET    /organizations/{orgId}/api-keys                | 200 data |             |
POST   /organizations/{orgId}/api-keys                | 201 data |             | name! description scopes expires_at
GET    /organizations/{orgId}/api-keys/{keyId}        | 200 data |             |
PATCH  /organizations/{orgId}/api-keys/{keyId}        | 200 data |             | name description scopes
DELETE /organizations/{orgId}/api-keys/{keyId}        | 200 done |             |
POST   /organizations/{orgId}/api-keys/{keyId}/revoke | 200 data |             |
POST   /organizations/{orgId}/api-keys/{keyId}/rotate | 200 data |             | grace_hours
POST   /organizations/{orgId}/api-keys/{keyId}/roll   | 200 data |             |
GET    /organizations/{orgId}/api-keys/{keyId}/usage  | 200 data |             |
POST   /auth/register        | 201 data | 400 409 | username! email! password! \
invite_code terms_accepted! privacy_accepted!
POST   /auth/login           | 200 bare | 400 401 | email! password!
POST   /auth/logout          | 200 done |         | all_devices
GET    /auth/me              | 200 data | 401     |
POST   /auth/forgot-password | 200 done |         | email!
GET    /users                | 200 page | 401     |
GET    /users/{id}           | 200 data | 404     |
PATCH  /users/{id}           | 200 data | 404     | username email role(admin,editor,viewer,builder,agent,demo)
DELETE /users/{id}           | 200 done | 403 404 |
DELETE /users/me             | 200 done | 403     |
GET    /organizations                            | 200 page |     | | limit offset
POST   /organizations                            | 201 data | 409 | name! slug
GET    /organizations/{id}                       | 200 data | 404 |
PATCH  /organizations/{id}                       | 200 data | 409 | name slug avatar_url
DELETE /organizations/{id}                       | 200 done |     |
GET    /organizations/{id}/members               | 200 data |     |
POST   /organizations/{id}/members               | 201 data | 409 | user_id! role(owner,admin,member,viewer)
PATCH  /organizations/{id}/members/{userId}      | 200 data |     | role!(owner,admin,member,viewer)
DELETE /organizations/{id}/members/{userId}      | 200 done |     |
GET    /organizations/{id}/invites               | 200 data |     |
POST   /organizations/{id}/invites               | 201 data | 409 | email! role(admin,member,viewer)
POST   /organizations/invites/{token}/accept     | 200 data | 404 |
GET    /teams              | 200 page |     | | name limit offset
POST   /teams              | 201 data |     | name! description
GET    /teams/{id}         | 200 data | 404 |
PATCH  /teams/{id}         | 200 data |     | name description
DELETE /teams/{id}         | 200 done |     |
GET    /teams/{id}/members | 200 data |     |
POST   /teams/{id}/members | 201 data |     | user_id! role(owner,admin,member)
GET    /teams/{id}/invites | 200 data |     |
POST   /teams/{id}/invites | 201 data |     | email! role(owner,admin,member)
GET    /tasks              | 200 page | 503     | | limit offset status q assignee next(true,false) \
product priority
POST   /tasks              | 201 data | 400 429 | title! description \
status(todo,in_progress,review,done,blocked,archived) priority(P0,P1,P2,P3) assignee product_slug
GET    /tasks/{id}         | 200 data | 404     |
DELETE /tasks/{id}         | 200 done | 400 404 |
POST   /task-queue/submit    | 201 data | 400 503 | task_type! payload queue_name priority tenant_id \
max_attempts timeout_seconds idempotency_key
POST   /task-queue/claim     | 200 data | 400     | worker_id! queue_name task_type tenant_id batch_size
GET    /v1/public/tasks      | 200 page | 401 403 | | limit offset status priority assigned_to product_id
POST   /v1/public/tasks      | 201 data | 400 401 403 | title! description \
type(feature,bug,research,ops,infra,content,other) priority(low,medium,high,critical) \
status(todo,in_progress,review,done,blocked,cancelled) assigned_to product_id max_duration_seconds
GET    /v1/public/tasks/{id} | 200 data | 404 |
PATCH  /v1/public/tasks/{id} | 200 data | 404 | title description type priority status assigned_to product_id \
resolution max_duration_seconds
DELETE /v1/public/tasks/{id} | 200 done | 404 |
GET    /activity-log       | 200 page |     | | actor_type(agent,system,user) actor_id action limit offset
POST   /activity-log       | 201 data |     | actor_type!(agent,system,user) \
actor_id! action! entity_type entity_id metadata
GET    /activity-log/stats | 200 data |     |
GET    /notifications              | 200 page |     | | read(true,false) type(info,warning,error,success) limit offset
POST   /notifications              | 201 data |     | title! message! type(info,warning,error,success) source link
GET    /notifications/unread-count | 200 data |     |
PATCH  /notifications/read-all     | 200 done |     |
POST   /agents                     | 200 done | 409 | name! display_name model interval_sec emoji color
GET    /agents                     | 200 page | 503 | | limit offset status
POST   /agents/{name}/stop         | 200 done | 400 | note
POST   /agents/{name}/start        | 200 done | 400 | note
POST   /agents/{name}/restart      | 200 done |     | note
GET    /agent-runs/idle-check      | 200 data | 400 | | agent_name! run_mode
GET    /v1/public/agents           | 200 page |     | | limit offset status role
POST   /v1/public/agents           | 201 data | 400 | name! emoji role! \
status(idle,working,blocked,offline,paused) workspace_path
GET    /v1/public/agents/{id}      | 200 data | 404 |
PATCH  /v1/public/agents/{id}      | 200 data | 404 | emoji role status(idle,working,blocked,offline,paused) \
current_task workspace_path
DELETE /v1/public/agents/{id}      | 200 done | 404 |
GET    /changelog                  | 200 page |     | | limit offset agent task_id
GET    /changelog/summary          | 200 data |     |
GET    /changelog/feed             | 200 feed |     | | limit agent product
GET    /logs                       | 200 data |     | | limit source(file,db,all) agent level(error,warn,info) q
POST   /logs                       | 201 data |     | agent! message! level meta
GET    /logs/files                 | 200 data |     |
"""

WORKSPACES = """
GET    /workspaces/{id}/tokens           | 200 bare | |
POST   /workspaces/{id}/tokens           | 201 bare | |
DELETE /workspaces/{id}/tokens/{tokenId} | 200 bare | |
POST   /admin/workspaces/{id}/tokens     | 201 bare | |
GET    /workspaces/{id}/schedules                      | 200 bare | |
POST   /workspaces/{id}/schedules                      | 201 bare | | expression! timezone prompt! enabled
PATCH  /workspaces/{id}/schedules/{scheduleId}         | 200 bare | | expression timezone prompt enabled
DELETE /workspaces/{id}/schedules/{scheduleId}         | 200 bare | |
POST   /workspaces/{id}/schedules/{scheduleId}/run     | 202 bare | |
GET    /workspaces/{id}/schedules/{scheduleId}/history | 200 bare | | | limit cursor
GET    /workspaces/{id}/approvals                      | 200 bare | | | status limit cursor
POST   /workspaces/{id}/approvals                      | 201 bare | | action! description metadata options risk_level
POST   /workspaces/{id}/approvals/{approvalId}/decide  | 200 bare | 409 | decision!(approve,reject) option note
GET    /approvals/pending                              | 200 bare | | | limit cursor
"""

COMMAND_CENTER = """
GET  /projects                      | 200 bare |     | |
GET  /projects/{project_id}/tasks   | 200 bare |     | | limit cursor
GET  /tasks                         | 200 bare |     | | status(created,assigned,in_progress,review,waiting,blocked,\
paused,failed,completed,reassigned,closed) project_id specialist limit cursor
GET  /tasks/{task_id}               | 200 bare |     | |
GET  /tasks/{task_id}/events        | 200 bare |     | |
POST /tasks/{task_id}/approve       | 200 bare | 409 | option note |
POST /tasks/{task_id}/reject        | 200 bare | 409 | feedback! |
POST /tasks/{task_id}/pause         | 200 bare | 409 | |
POST /tasks/{task_id}/resume        | 200 bare | 409 | |
POST /tasks/{task_id}/resume-with-instructions | 200 bare | 409 | instructions! |
POST /tasks/{task_id}/close         | 200 bare | 409 | |
GET  /tasks/{task_id}/blockers      | 200 bare |     | |
POST /tasks/{task_id}/blockers      | 201 bare | 409 | text! person_id |
POST /tasks/{task_id}/blockers/{blocker_id}/resolve | 200 bare | 409 | answer |
POST /tasks/{task_id}/comments      | 201 bare |     | text! type(comment,intervention_note) follow_up |
GET  /approvals/pending             | 200 bare |     | | limit cursor
POST /chat                          | 200 bare |     | message! conversation_id client_id project_id task_id |
GET  /chat/memories                 | 200 bare |     | |
"""

DASHBOARD = """
GET    /team                | 200 data | | | filter[role] filter[type](human,agent) \
filter[status](active,inactive,terminated)
POST   /team/invite         | 201 bare | | email! name! role!(admin,member,reviewer)
PATCH  /team/users/{userId} | 200 bare | | role!(admin,member,reviewer)
DELETE /team/users/{userId} | 204 none | |
GET    /audit-log           | 200 cursor | | | filter[entityType] filter[entityId] filter[userId] \
filter[action] filter[startDate] filter[endDate] limit cursor
GET    /activities          | 200 cursor | | | filter[status](created,assigned,in_progress,awaiting_approval,\
awaiting_subtask,awaiting_review,blocked,done,reassigned,failed) filter[agentRole] filter[campaignId] \
filter[deliverableId] filter[wakeReason] limit cursor
GET    /activities/{activityId}          | 200 bare | | |
GET    /activities/{activityId}/output   | 200 bare | | |
GET    /activities/{activityId}/stream   | 200 stream | | |
POST   /activities/{activityId}/retry    | 202 bare | 422 | |
GET    /activities/{activityId}/comments | 200 data | | |
POST   /activities/{activityId}/comments | 201 bare | | text! type(comment,intervention_note) |
GET    /approvals           | 200 cursor | | | filter[status](pending,approved,rejected,expired) \
filter[type](content_review,content_direction,brand_direction,strategy_change,budget_authorization,channel_action) \
filter[riskLevel](low,medium,high) limit cursor
GET    /approvals/stats     | 200 bare | | |
GET    /approvals/{approvalId}           | 200 bare | | |
POST   /approvals/{approvalId}/resolve   | 200 bare | 400 409 422 | \
resolution!(approved,rejected,revision_requested) selectedOption note |
GET    /agents              | 200 data | | |
GET    /agents/{agentRole}               | 200 bare | | |
PATCH  /agents/{agentRole}               | 200 bare | | model maxCostUsdPerActivity toolNames \
concurrency adapterConfig |
POST   /agents/{agentRole}/test          | 200 bare | | |
GET    /recurring-tasks     | 200 data | | |
PATCH  /recurring-tasks/{taskId}         | 200 bare | | isActive variableValues |
POST   /recurring-tasks/{taskId}/run     | 202 bare | | |
GET    /events/stream       | 200 stream | | |
POST   /chat/message        | 200 stream | | message! conversationId context |
GET    /chat/conversations  | 200 data | | |
GET    /chat/conversations/{conversationId}    | 200 bare | | |
DELETE /chat/conversations/{conversationId}    | 200 bare | | |
"""

_FIELD = re.compile(r"(?P<name>[\w\[\]]+)(?P<required>!?)(?:\((?P<choices>[\w,]+)\))?")


@dataclass(frozen=True)
class Field:
    name: str
    required: bool
    choices: frozenset[str]


@dataclass(frozen=True)
class Documented:
    method: str
    path: str
    status: int
    envelope: str
    others: tuple[str, ...]
    body: tuple[Field, ...]
    query: tuple[Field, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def documented(table: str, *, base: str) -> list[Documented]:
    return [_documented(line, base) for line in table.strip().splitlines()]


def _documented(line: str, base: str) -> Documented:
    parts = [part.strip() for part in line.split("|")]
    parts += [""] * (5 - len(parts))
    method, path = parts[0].split()
    status, envelope = parts[1].split()
    return Documented(
        method, f"{base}{path}", int(status), envelope, tuple(parts[2].split()), _fields(parts[3]), _fields(parts[4])
    )


def _fields(text: str) -> tuple[Field, ...]:
    found = [_FIELD.fullmatch(word) for word in text.split()]
    assert all(found), text
    return tuple(
        Field(match["name"], bool(match["required"]), frozenset((match["choices"] or "").split(",")) - {""})
        for match in found
        if match is not None
    )
