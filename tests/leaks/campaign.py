"""Calls everything as everybody and holds each answer against the model of rights."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from starlette.testclient import TestClient

from tests.leaks import world as worlds
from tests.leaks.calls import (
    MCP_HEADERS,
    Call,
    Operation,
    call_of,
    operations,
    resource_calls,
    tool_call,
    unknown,
)
from tests.leaks.rights import FileFact, Holder, may_see
from tests.leaks.world import IDENTIFIER, MARK, World

_MOST_FINDINGS = 20

Asked: TypeAlias = Operation | Call | dict[str, Any]
"""An operation of the API, a resource of MCP, or the description of a tool."""


@dataclass
class Campaign:
    """`seen` counts marks that were rightly seen, by kind: a campaign that sees nothing shows nothing."""

    client: TestClient
    world: World
    document: dict[str, Any]
    calls: int = 0
    compared: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    called: Counter[str] = field(default_factory=Counter)
    answers: dict[str, Counter[int]] = field(default_factory=dict)
    findings: list[str] = field(default_factory=list)

    def run(self, calls: int) -> None:
        """Rounds over all that each holder can call, in any order, so that a short campaign meets everybody too; with
        something taken away between rounds, until `calls` answers were checked."""
        todo, tools = operations(self.document), self._tools()
        while not self._is_over(calls):
            round_of: list[tuple[Holder, Asked]] = []
            for holder in self.world.holders:
                asked: list[Asked] = [*todo, *tools, *resource_calls(self.world, holder)]
                round_of += [(holder, one) for one in asked]
            self.world.rng.shuffle(round_of)
            if not self.calls:  # who may see most goes first, so that a short campaign has seen every kind of thing
                round_of.sort(key=lambda pair: pair[0].label != "admin service")
            for holder, thing in round_of:
                self._call(holder, thing)
                if self._is_over(calls):
                    return
            self._take_something_away()

    def _is_over(self, calls: int) -> bool:
        return self.calls >= calls or len(self.findings) >= _MOST_FINDINGS

    def _call(self, holder: Holder, thing: Asked) -> None:
        match thing:
            case Operation():
                self._try(thing, holder)
            case Call():
                self._check(holder, thing)
            case _:
                self._check(holder, tool_call(self.world, thing, holder))

    def _try(self, operation: Operation, holder: Holder) -> None:
        chosen = self._chosen(operation)
        call = call_of(self.world, operation, holder, chosen)
        if call is None:
            return
        answer = self._check(holder, call)
        if call.must_fail and holder.is_let_in and operation.parameters:
            self._compare(operation, holder, call, answer, chosen)

    def _chosen(self, operation: Operation) -> dict[str, str]:
        """Ids at random, mostly such that belong together."""
        path = operation.path
        chosen = {name: self.world.rng.choice(self.world.ids(name, path)) for name in operation.parameters}
        file = self.world.things.get(chosen.get("fileId", ""))
        if file is not None and isinstance(file.about, FileFact) and self.world.rng.random() < 0.9:
            chosen["datasetId"] = file.about.dataset.id
        return {name: chosen[name] for name in operation.parameters}

    def _check(self, holder: Holder, call: Call) -> Any:
        answer = self.client.request(
            call.method, call.path, headers=call.headers, content=None if call.body is None else json.dumps(call.body)
        )
        self.calls += 1
        self.statuses[answer.status_code] += 1
        self.called[call.what] += 1
        self.answers.setdefault(call.what, Counter())[answer.status_code] += 1
        text = answer.text + "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        if call.must_fail and answer.status_code < 300:
            self._report(holder, call, f"was answered {answer.status_code}")
        if answer.status_code >= 500:
            self._report(holder, call, f"broke the server: {answer.status_code} {answer.text[:200]}")
        for found in {*MARK.findall(text), *IDENTIFIER.findall(text)}:
            thing = self.world.things.get(found)
            if thing is None or found in call.asked:
                continue
            if may_see(holder, thing, call.where):
                self.seen[thing.kind] += 1
                holder.known.add(found)
            else:
                self._report(holder, call, f"showed {thing.kind} {found}")
        return answer

    def _compare(self, operation: Operation, holder: Holder, call: Call, answer: Any, chosen: dict[str, str]) -> None:
        """What is somebody else's is answered word for word as what there is not."""
        shape = operation.path
        foreign = {name for name, value in chosen.items() if self._is_foreign(holder, name, shape, value)}
        if not foreign:
            return
        path = call.path
        for name in foreign:
            path = path.replace(f"/{chosen[name]}", f"/{unknown(name, shape)}")
        twin = Call(call.what, call.method, path, call.where, call.body, call.headers, call.asked, must_fail=True)
        other = self._check(holder, twin)
        self.compared += 1
        for name in foreign:
            if name not in operation.parameters:
                continue
            answer_text = _plain(answer, chosen[name])
            other_text = _plain(other, unknown(name, shape))
            if (answer.status_code, answer_text) != (other.status_code, other_text) and len(foreign) == 1:
                self._report(holder, call, f"tells what exists: {answer_text} / {other_text}")

    def _is_foreign(self, holder: Holder, name: str, path: str, value: str) -> bool:
        thing = self.world.thing(name, path, value)
        return thing is not None and thing.tenant != holder.tenant

    def _report(self, holder: Holder, call: Call, what: str) -> None:
        self.findings.append(f"{holder.label} of {holder.tenant}: {call.method} {call.path} ({call.what}) {what}")

    def _tools(self) -> list[dict[str, Any]]:
        holder = self.world.holders[0]
        headers = {**MCP_HEADERS, "X-User-Token": holder.token}
        answer = self.client.post("/mcp", headers=headers, json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
        data = next(line for line in answer.text.splitlines() if line.startswith("data: {"))
        tools: list[dict[str, Any]] = json.loads(data.removeprefix("data: "))["result"]["tools"]
        return tools

    def _take_something_away(self) -> None:
        """A revoked key, a file off or gone, a role less: the next answers must show it. Tenants are taken in turn,
        and something is always left."""
        world, rng = self.world, self.world.rng
        match rng.randrange(5):
            case 0:
                living = [holder for holder in world.holders if not holder.is_ended]
                if len(living) > len(world.holders) // 2:
                    worlds.end(world, rng.choice(living))
            case 1:
                on = [file for file in world.files if file.is_enabled and _is_there(file)]
                if len(on) > len(world.files) // 2:
                    worlds.switch_off(world, rng.choice(on))
            case 2:
                there = [file for file in world.files if _is_there(file)]
                if len(there) > len(world.files) // 2:
                    worlds.delete_file(world, rng.choice(there))
            case 3:
                opened = [dataset for dataset in world.datasets if dataset.agent_roles and not dataset.is_deleted]
                if len(opened) > len(world.datasets) // 3:
                    worlds.shut_out_agents(world, rng.choice(opened))
            case _:
                members = [person for person in world.people if person.role == "member"]
                if len(members) > len(world.people) // 4:
                    worlds.demote(world, rng.choice(members))
        self.client.app.state.authenticator.forget()  # type: ignore[attr-defined]  # a Starlette app; other processes take a second


def _is_there(file: FileFact) -> bool:
    return not file.is_deleted and not file.dataset.is_deleted


def _plain(answer: Any, identifier: str) -> str:
    """The answer without what differs between any two: the id asked for and the request's own."""
    text: str = answer.text.replace(answer.headers.get("x-request-id", "-"), "R")
    return re.sub(rf"(?<!\w){re.escape(identifier)}(?!\w)", "X", text)  # a number may stand inside other words
