"""Calls made up from what the API says of itself: its OpenAPI document and its list of tools."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from retrieval.search.citation import citation_key
from tests.leaks.rights import (
    READ,
    SHARED,
    ClientFact,
    DatasetFact,
    FileFact,
    Holder,
    OrganizationFact,
    Where,
    may_see,
    may_see_dataset,
)
from tests.leaks.world import COMMON, World

METHODS = ("get", "post", "put", "patch", "delete")
MCP_HEADERS = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
UNKNOWN_ID = "01KAAAAAAAAAAAAAAAAAAAAAAA"
UNKNOWN = {
    "chunkId": "00000000-0000-5000-8000-000000000000",
    "citationKey": citation_key(file_id=UNKNOWN_ID, page=None, content="nothing of what is there"),
}
UNKNOWN_NUMBER = "99999999"
_SHARED = ("/api/organizations", "/api/teams", "/dashboard/v1/clients")
"""Where people change what they share with each other."""

_PARAMETER = re.compile(r"\{(\w+)\}")

HARMLESS: dict[str, dict[str, str]] = {"patch": {}}
"""Bodies that are accepted and change nothing, by method: with them, whoever may is called as well."""


@dataclass(frozen=True)
class Operation:
    """One method of one path. `is_stream` never ends by itself where it is let in."""

    id: str
    method: str
    path: str
    parameters: tuple[str, ...]
    body: tuple[str, ...] | None
    is_stream: bool

    @property
    def where(self) -> Where:
        if "audit" in self.path or "activity-log" in self.path or self.path.endswith("/usage"):
            return Where.AUDIT
        if self.path.endswith(("/jobs", "/doctor")):
            return Where.WORK
        if "/search-" in self.path:  # records of searches: they list what was shown, also what is switched off since
            return Where.LISTED
        return Where.FOUND if "/search" in self.path or "citations" in self.path else Where.LISTED


@dataclass
class Call:
    """`asked` are ids that the request names itself: an answer may repeat them. `must_fail` where the model forbids
    what the operation would do."""

    what: str
    method: str
    path: str
    where: Where
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: tuple[str, ...] = ()
    must_fail: bool = False


def unknown(name: str, path: str) -> str:
    """A value for a path parameter that stands for nothing."""
    if name == "id" and path.startswith(("/api/teams/", "/api/users/")):
        return UNKNOWN_NUMBER
    return UNKNOWN.get(name, UNKNOWN_ID)


def operations(document: Mapping[str, Any]) -> list[Operation]:
    found: list[Operation] = []
    for path, item in document["paths"].items():
        # what is open to everybody is nobody's secret
        keyed = [method for method in METHODS if method in item and "security" in item[method]]
        found += [_operation(document, path, method, item[method]) for method in keyed]
    return found


def _operation(document: Mapping[str, Any], path: str, method: str, described: Mapping[str, Any]) -> Operation:
    content = described.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema and "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    streams = any(
        "text/event-stream" in answer.get("content", {}) for answer in described.get("responses", {}).values()
    )
    return Operation(
        id=described.get("operationId", f"{method} {path}"),
        method=method,
        path=path,
        parameters=tuple(_PARAMETER.findall(path)),
        body=tuple(schema.get("properties", {})) if schema else None,
        is_stream=streams,
    )


def call_of(world: World, operation: Operation, holder: Holder, chosen: Mapping[str, str]) -> Call | None:
    """None where the call would change the world for a holder who may, or would never end."""
    path = operation.path
    for name in operation.parameters:
        path = path.replace(f"{{{name}}}", chosen[name])
    forbidden = _is_forbidden(world, holder, operation, chosen)
    if operation.is_stream and not forbidden:
        return None
    is_question = operation.method == "get" or "search" in operation.path
    body: Any = None
    if operation.method != "get":
        body = _body(world, operation, holder)
        forbidden = forbidden or _is_beyond(world, holder, operation, chosen)
        harmless = operation.method in HARMLESS and "datasetId" in operation.parameters
        if not forbidden and not is_question and not harmless:
            return None
    asked = (*chosen.values(), *_named(body))
    return Call(
        what=operation.id, method=operation.method.upper(), path=path, where=operation.where, body=body,
        headers=_headers(holder, body), asked=asked, must_fail=forbidden,
    )  # fmt: skip


def _headers(holder: Holder, body: Any) -> dict[str, str]:
    said = {"Authorization": f"Bearer {holder.token}"}
    return said if body is None else {**said, "Content-Type": "application/json"}  # without it, nothing is read


def _named(body: Any) -> tuple[str, ...]:
    """Ids in a body; a refusal may say which of them it refuses."""
    if not isinstance(body, dict):
        return ()
    return (*body.get("datasetIds", ()), *(body[name] for name in ("chunkId", "fileId") if name in body))


def _is_beyond(world: World, holder: Holder, operation: Operation, chosen: Mapping[str, str]) -> bool:
    """Whether a change of what people share is more than the holder may, though it sees the thing."""
    if operation.path.startswith("/admin"):
        return not holder.rules_the_tenant
    if operation.path == "/dashboard/v1/clients":
        return not holder.rules_the_tenant
    if not operation.path.startswith(_SHARED):
        return False
    things = [world.thing(name, operation.path, value) for name, value in chosen.items()]
    groups = [thing.about for thing in things if thing and isinstance(thing.about, OrganizationFact | ClientFact)]
    return not holder.is_whole or any(not holder.rules(group) for group in groups)


def _is_forbidden(world: World, holder: Holder, operation: Operation, chosen: Mapping[str, str]) -> bool:
    """Whether the model says that nothing may come of it: the holder is not let in, or does not see what is named."""
    if not holder.is_let_in:
        return True
    for name, value in chosen.items():
        thing = world.thing(name, operation.path, value)
        if thing is None or thing.tenant != holder.tenant:
            return True
        about = thing.about
        dataset = about.dataset if isinstance(about, FileFact) else about
        if isinstance(dataset, DatasetFact) and not may_see_dataset(holder, dataset):
            return True
        if isinstance(about, FileFact) and about.is_deleted:
            return True
        if isinstance(about, SHARED) and not may_see(holder, thing, Where.LISTED):
            return True
    return _is_mismatched(world, chosen)


def _is_mismatched(world: World, chosen: Mapping[str, str]) -> bool:
    """A file of another dataset than the one that the path names."""
    dataset, file = chosen.get("datasetId"), chosen.get("fileId")
    if dataset is None or file is None:
        return False
    about = world.things[file].about if file in world.things else None
    return not isinstance(about, FileFact) or about.dataset.id != dataset


def _body(world: World, operation: Operation, holder: Holder) -> Any:
    shared = operation.path.startswith((*_SHARED, "/admin"))
    if operation.body is None or (operation.method in HARMLESS and not shared):
        return HARMLESS.get(operation.method)
    number = world.rng.choice(world.people).number
    known = {
        "query": COMMON,
        "datasetIds": [world.rng.choice(world.datasets).id],
        "topK": 20,
        "chunkId": world.rng.choice(list(world.chunks)),
        "fileId": world.rng.choice(world.files).id,
        "name": "renamed", "email": "somebody@example.org", "role": "member", "scopes": [READ],
        "text": "Look.", "feedback": "More.", "title": "renamed", "instructions": "Look.",
        "userId": world.rng.choice(world.people).id,
        "user_id": number if "/teams/" in operation.path else str(number),
    }  # fmt: skip
    if "datasetIds" in operation.body and world.rng.random() < 0.6:
        mine = [dataset.id for dataset in world.datasets if may_see_dataset(holder, dataset)]
        known["datasetIds"] = mine or known["datasetIds"]
    return {name: known[name] for name in operation.body if name in known}


def tool_call(world: World, tool: Mapping[str, Any], holder: Holder) -> Call:
    """A call of an agent's tool with arguments out of its schema."""
    properties = tool["inputSchema"].get("properties", {})
    arguments: dict[str, Any] = {}
    for name in properties:
        value = _argument(world, name)
        if value is not None:
            arguments[name] = value
    message = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": tool["name"], "arguments": arguments},
    }
    return _message(holder, f"tool {tool['name']}", message, Where.FOUND, tuple(_texts(arguments)))


def _argument(world: World, name: str) -> Any:
    """None leaves the argument out."""
    rng = world.rng
    known: dict[str, Any] = {
        "query": COMMON, "text": COMMON, "question": COMMON, "max_tokens": 20_000, "results": 20, "limit": 20,
        "before": 20, "after": 20, "page": 1, "table": 1,
        "datasets": None if rng.random() < 0.5 else [rng.choice(world.datasets).id],
        "file_id": rng.choice(world.files).id,
        "chunk_id": rng.choice(list(world.chunks)),
    }  # fmt: skip
    return known.get(name)


def resource_calls(world: World, holder: Holder) -> Iterator[Call]:
    listing = {"jsonrpc": "2.0", "id": 1, "method": "resources/list", "params": {}}
    yield _message(holder, "resources/list", listing, Where.FOUND, ())
    file = world.rng.choice(world.files).id
    reading = {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": f"cairn://files/{file}"}}
    yield _message(holder, "resources/read", reading, Where.FOUND, (file,))


def _message(holder: Holder, what: str, message: Any, where: Where, asked: tuple[str, ...]) -> Call:
    headers = {**MCP_HEADERS, "X-User-Token": holder.token}
    return Call(what, "POST", "/mcp", where, message, headers, asked, must_fail=not holder.is_let_in)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        yield from re.findall(r"[\w-]{20,}", json.dumps(value))
