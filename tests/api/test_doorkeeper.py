"""Who listens is let go when its key is not accepted any more, and nobody else is."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import pytest

from api.auth import Authenticator
from api.doorkeeper import Doorkeeper
from identity.types import ROLE_SCOPES, Principal, Role
from orchestration.runtime import Runtime
from tests.api.callers import Callers


def principal(name: str, role: Role = Role.MEMBER) -> Principal:
    return Principal("acme", name, "ada", name, role, ROLE_SCOPES[role])


@dataclass
class Keys:
    """`asked` are the tokens of each time that it was asked."""

    held: dict[str, Principal]
    is_away: bool = False
    asked: list[set[str]] = field(default_factory=list)

    def holders(self, tokens: Collection[str]) -> Mapping[str, Principal]:
        self.asked.append(set(tokens))
        if self.is_away:
            raise ConnectionError("the database is away")
        return {token: one for token, one in self.held.items() if token in tokens}


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.doorkeeper._CHECK_SECONDS", 0.01)


async def looked(keys: Keys, times: int = 2) -> None:
    """That it has been asked so often from here on; the first of them may have begun before."""
    until = len(keys.asked) + times
    while len(keys.asked) < until:  # noqa: ASYNC110 - asked on a thread, which knows no event of the loop
        await asyncio.sleep(0.005)


class TestDoorkeeper:
    def test_lets_go_whose_key_is_revoked_and_whose_rights_have_changed(self) -> None:
        async def scene() -> None:
            keys = Keys({name: principal(name) for name in ("a", "b", "c")})
            keeper, woken = Doorkeeper(keys.holders), {name: asyncio.Event() for name in keys.held}
            guests = [keeper.watching(name, principal(name), woken[name].set) for name in keys.held]
            with guests[0] as first, guests[1] as second, guests[2] as third:
                await looked(keys)
                assert all(guest.is_welcome for guest in (first, second, third))
                del keys.held["a"]
                keys.held["b"] = principal("b", Role.ADMIN)
                await asyncio.wait_for(asyncio.gather(woken["a"].wait(), woken["b"].wait()), 10)
                assert [guest.is_welcome for guest in (first, second, third)] == [False, False, True]
                assert not woken["c"].is_set()

        asyncio.run(scene())

    def test_asks_for_all_at_once_and_for_nobody_when_nobody_listens(self) -> None:
        async def scene() -> None:
            keys = Keys({name: principal(name) for name in ("a", "b")})
            keeper = Doorkeeper(keys.holders)
            with keeper.watching("a", principal("a"), lambda: None), keeper.watching("a", principal("a"), lambda: None):
                await looked(keys)
                with keeper.watching("b", principal("b"), lambda: None):
                    await looked(keys)
                    assert keys.asked[-1] == {"a", "b"}
                await looked(keys)
                assert keys.asked[-1] == {"a"}
            await asyncio.sleep(0.05)
            asked = len(keys.asked)
            await asyncio.sleep(0.05)
            assert len(keys.asked) == asked
            with keeper.watching("b", principal("b"), lambda: None):
                await looked(keys)

        asyncio.run(scene())

    def test_lets_nobody_go_while_it_cannot_ask(self) -> None:
        async def scene() -> None:
            keys = Keys({"a": principal("a")}, is_away=True)
            with Doorkeeper(keys.holders).watching("a", principal("a"), lambda: None) as guest:
                await looked(keys)
                assert guest.is_welcome
                keys.is_away = False
                keys.held.clear()
                await looked(keys)
                assert not guest.is_welcome

        asyncio.run(scene())


class TestHolders:
    def test_are_those_whom_single_requests_would_find(self, runtime: Runtime, callers: Callers) -> None:
        token = callers.with_key(role="member").headers["Authorization"].partition(" ")[2]
        authenticator = Authenticator(runtime)

        found = authenticator.holders([token, f"lyr_{token}", "ck_nobodys", "lyr_"])

        assert found == {token: authenticator.authenticate(token), f"lyr_{token}": authenticator.authenticate(token)}
