"""What is remembered about keys in a process is right within a second."""

from __future__ import annotations

import pytest

from identity.cache import PrincipalCache
from identity.errors import CredentialNotAccepted
from identity.types import Principal, Role
from identity.usage import KeyUsage
from tests.clock import FrozenClock

PRINCIPAL = Principal("t", "k", "u", "laptop", Role.MEMBER, frozenset())


class Directory:
    """Counts questions; `revoked` refuses them."""

    def __init__(self) -> None:
        self.asked = 0
        self.revoked = False

    def look_up(self, token: str) -> Principal:
        self.asked += 1
        if self.revoked:
            raise CredentialNotAccepted
        return PRINCIPAL


class TestPrincipalCache:
    def test_asks_once_within_a_second(self, clock: FrozenClock) -> None:
        cache, directory = PrincipalCache(clock=clock), Directory()

        found = [cache.get("token", directory.look_up) for _ in range(3)]

        assert found == [PRINCIPAL] * 3
        assert directory.asked == 1

    def test_shows_what_it_remembers_for_a_second(self, clock: FrozenClock) -> None:
        cache, directory = PrincipalCache(clock=clock), Directory()
        assert cache.peek("token") is None
        cache.get("token", directory.look_up)
        assert cache.peek("token") == PRINCIPAL
        clock.advance(1)
        assert cache.peek("token") is None

    def test_learns_of_a_revocation_within_a_second(self, clock: FrozenClock) -> None:
        cache, directory = PrincipalCache(clock=clock), Directory()
        cache.get("token", directory.look_up)
        directory.revoked = True
        clock.advance(0.99)
        assert cache.get("token", directory.look_up) == PRINCIPAL
        clock.advance(0.01)
        with pytest.raises(CredentialNotAccepted):
            cache.get("token", directory.look_up)

    def test_learns_of_a_revocation_in_its_own_process_at_once(self, clock: FrozenClock) -> None:
        cache, directory = PrincipalCache(clock=clock), Directory()
        cache.get("token", directory.look_up)
        directory.revoked = True

        cache.clear()

        with pytest.raises(CredentialNotAccepted):
            cache.get("token", directory.look_up)

    def test_does_not_remember_refusals(self, clock: FrozenClock) -> None:
        cache, directory = PrincipalCache(clock=clock), Directory()
        directory.revoked = True
        with pytest.raises(CredentialNotAccepted):
            cache.get("token", directory.look_up)
        directory.revoked = False

        assert cache.get("token", directory.look_up) == PRINCIPAL

    def test_tells_tokens_apart(self, clock: FrozenClock) -> None:
        cache, directory = PrincipalCache(clock=clock), Directory()
        cache.get("one", directory.look_up)
        cache.get("two", directory.look_up)
        assert directory.asked == 2

    def test_refuses_to_remember_for_longer(self, clock: FrozenClock) -> None:
        with pytest.raises(ValueError, match=r"0 to 1\.0 seconds, not 5"):
            PrincipalCache(clock=clock, seconds=5)


class TestKeyUsage:
    def test_is_due_once_a_minute_for_each_key(self, clock: FrozenClock) -> None:
        usage = KeyUsage(clock=clock)

        assert [usage.is_due("a"), usage.is_due("a"), usage.is_due("b")] == [True, False, True]
        clock.advance(60)
        assert usage.is_due("a")
