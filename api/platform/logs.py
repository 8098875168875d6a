"""/api/logs: what is written down about agents."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field

from api.deps import Reader, RuntimeDep, Writer
from api.fields import STORABLE
from api.platform.agent_records import NAME
from api.platform.envelope import Body, Item, Record, errors
from orchestration.agents.logs import LogFile, LogLevel, LogLine, LogQuery, LogSource

router = APIRouter(prefix="/logs", tags=["Platform: logs"])

_MOST_META = 16_000


def _short(meta: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(meta)) > _MOST_META:
        raise ValueError(f"should be at most {_MOST_META} characters as JSON")
    return meta


class NewLogLine(Body):
    agent: Annotated[str, Field(pattern=NAME)]
    message: Annotated[str, Field(min_length=1, max_length=10_000, pattern=r"\S"), STORABLE]
    level: LogLevel = LogLevel.INFO
    meta: Annotated[dict[str, Any], Field(max_length=50), AfterValidator(_short)] = Field(default_factory=dict)


class LogRecord(Record):
    id: str
    timestamp: datetime
    source: LogSource
    agent: str
    level: LogLevel
    message: str
    author: str
    meta: dict[str, Any]

    @classmethod
    def of(cls, line: LogLine) -> LogRecord:
        return cls(
            id=line.id, timestamp=line.at, source=line.source, agent=line.agent, level=line.level,
            message=line.message, author=line.author, meta=dict(line.meta),
        )  # fmt: skip


class LogFileRecord(Record):
    name: str = Field(description="`agent` of GET /api/logs with `source=file` has its lines")
    agent: str
    lines: int
    modified_at: datetime

    @classmethod
    def of(cls, file: LogFile) -> LogFileRecord:
        return cls(name=f"{file.agent}.log", agent=file.agent, lines=file.lines, modified_at=file.changed_at)


@router.get(
    "", operation_id="platformLogsList", summary="List merged log lines (file + DB)",
    responses=errors(400, 401, 403, 503),
)  # fmt: skip
def list_lines(
    principal: Reader,
    runtime: RuntimeDep,
    *,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    source: Annotated[Literal["file", "db", "all"], Query()] = "all",
    agent: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")] = None,
    level: Annotated[LogLevel | None, Query()] = None,
    q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$", description="Stands in the line")] = "",
) -> Item[list[LogRecord]]:
    """Newest first. `db` are entries that were sent, `file` what Cairn writes of agents' tasks as they go on. An agent
    sees its own alone."""
    query = LogQuery(None if source == "all" else LogSource(source), agent, level, q)
    with runtime.database.read() as session:
        lines = runtime.teamwork.logs.list(session, principal, query, limit=limit)
    return Item(data=[LogRecord.of(line) for line in lines])


@router.post(
    "", operation_id="platformLogsCreate", status_code=201, summary="Store an agent log entry",
    responses=errors(400, 401, 403, 413, 503),
)  # fmt: skip
def create_line(body: NewLogLine, principal: Writer, runtime: RuntimeDep) -> Item[LogRecord]:
    """Kept for thirty days. An agent writes of itself alone; the line keeps who sent it."""
    with runtime.database.write() as session:
        line = runtime.teamwork.logs.add(session, principal, body.agent, body.level, body.message, meta=body.meta)
    return Item(data=LogRecord.of(line))


@router.get(
    "/files", operation_id="platformLogsFiles", summary="List available log files", responses=errors(401, 403, 503)
)
def list_files(principal: Reader, runtime: RuntimeDep) -> Item[list[LogFileRecord]]:
    """One for each agent of whose tasks there are lines. Cairn's own log goes to its standard output, for whoever runs
    it, and is nothing of a tenant's."""
    with runtime.database.read() as session:
        return Item(data=[LogFileRecord.of(file) for file in runtime.teamwork.logs.files(session, principal)])
