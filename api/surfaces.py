"""Which surface owns a path, and how that surface words its problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from starlette.responses import Response
from starlette.types import Scope

from api.problems import Problem, problem_of
from kit.errors import Detail
from orchestration.tasks.wording import NamesStatuses, StatusWords

Renderer = Callable[[Problem, str], Response]
"""Takes the problem and the request's id."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a surface calls otherwise than the services do: statuses by their kind, and fields."""

    statuses: StatusWords = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def of(self, problem: Problem, error: Exception) -> Problem:
        """The problem that the error stands for, in these words."""
        message = problem.message
        if self.statuses and isinstance(error, NamesStatuses):
            message = error.in_words(self.statuses)
        details = []
        for detail in problem.details:
            name = self.fields.get(detail.field, detail.field)
            message = message.replace(f"{detail.field}: ", f"{name}: ")
            details.append(Detail(name, detail.message))
        return replace(problem, message=message, details=details)


@dataclass(frozen=True, slots=True)
class Surface:
    """`prefix` is a path without a slash at its end; the surface owns it and everything below it."""

    prefix: str
    render: Renderer
    words: Words = field(default_factory=Words)


class Surfaces:
    """The longest prefix wins, so that a surface may live inside another's tree."""

    def __init__(self, surfaces: Sequence[Surface], *, default: Renderer) -> None:
        self._surfaces = sorted(surfaces, key=lambda surface: -len(surface.prefix))
        self._default = Surface("", default)

    def owner(self, path: str) -> Surface:
        for surface in self._surfaces:
            if path == surface.prefix or path.startswith(f"{surface.prefix}/"):
                return surface
        return self._default

    def respond(self, scope: Scope, error: Exception) -> tuple[Problem, Response]:
        """The answer to an exception, in the words of the surface that owns the path."""
        surface = self.owner(scope["path"])
        problem = surface.words.of(problem_of(error), error)
        response = surface.render(problem, request_id(scope))
        response.headers.update(problem.headers)
        return problem, response


def request_id(scope: Scope) -> str:
    """The id that `api.middleware.telemetry` gave this request."""
    state: dict[str, object] = scope.get("state", {})
    return str(state.get("request_id", ""))
