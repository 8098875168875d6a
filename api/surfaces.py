"""Which surface owns a path, and how that surface words its problems."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Scope

from api.problems import Problem, problem_of

Renderer = Callable[[Problem, str], Response]
"""Takes the problem and the request's id."""


@dataclass(frozen=True, slots=True)
class Surface:
    """`prefix` is a path without a slash at its end; the surface owns it and everything below it."""

    prefix: str
    render: Renderer


class Surfaces:
    """The longest prefix wins, so that a surface may live inside another's tree."""

    def __init__(self, surfaces: Sequence[Surface], *, default: Renderer) -> None:
        self._surfaces = sorted(surfaces, key=lambda surface: -len(surface.prefix))
        self._default = default

    def renderer(self, path: str) -> Renderer:
        for surface in self._surfaces:
            if path == surface.prefix or path.startswith(f"{surface.prefix}/"):
                return surface.render
        return self._default

    def respond(self, scope: Scope, error: Exception) -> tuple[Problem, Response]:
        """The answer to an exception, in the words of the surface that owns the path."""
        problem = problem_of(error)
        response = self.renderer(scope["path"])(problem, request_id(scope))
        response.headers.update(problem.headers)
        return problem, response


def request_id(scope: Scope) -> str:
    """The id that `api.middleware.telemetry` gave this request."""
    state: dict[str, object] = scope.get("state", {})
    return str(state.get("request_id", ""))
