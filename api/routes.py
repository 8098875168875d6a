"""What the app's own routes say: the template of a request's route, and the methods that a path has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path
from starlette.types import Scope

UNMATCHED = "unmatched"
"""The template of every path without a route, so that strangers cannot fill the metrics with names of their own."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A path template with the methods of one route."""

    template: str
    methods: frozenset[str]
    route: object


def operations(app: FastAPI) -> Iterator[Operation]:
    """Every route of the app, included routers' with their whole path."""
    for context in iter_route_contexts(app.routes):
        if context.path_format is not None:
            yield Operation(context.path_format, frozenset(context.methods or ()), context.original_route)


class RouteTemplates:
    """Read from the app at the first request, when every router has been included."""

    def __init__(self) -> None:
        self._templates: dict[int, str] | None = None

    def of(self, scope: Scope) -> str:
        if self._templates is None:
            self._templates = {id(o.route): o.template for o in operations(scope["app"])}
        return self._templates.get(id(scope.get("route")), UNMATCHED)


def allowed_methods(app: FastAPI, path: str) -> Iterable[str]:
    """Every method that this path has. FastAPI makes one route for each operation and so knows only one of them."""
    found: set[str] = set()
    for operation in operations(app):
        pattern, _, _ = compile_path(operation.template)
        if pattern.match(path):
            found |= operation.methods
    return sorted(found)
