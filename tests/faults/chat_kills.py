"""Kill -9 at random moments while people talk with an agent: `python -m tests.faults.chat_kills [--kills 500]
[--seed 1] [--on sqlite,postgresql]`.

Two workers answer, and two processes stand for servers, in which people ask, wait, ask on, call off and delete, several
of them in the same conversations; one of the four is killed over and over. In the end every message that was taken must
have one answer, as it was planned and with its citations checked, or be told as failed; nobody may have been told
anything else, and no conversation may wait. Exits with 1 and a sentence for each violation if not.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from identity.keys import AccessKeys
from identity.types import Role
from migrations.runner import upgrade
from orchestration.chat.models import ChatMessage
from orchestration.chat.types import MessageRole, MessageState
from tests.clock import FrozenClock
from tests.faults.agents_at_work import Shop
from tests.faults.chat_at_work import Told, answer, library_of, talk
from tests.faults.chat_inspection import violations
from tests.faults.on_databases import Report, command
from tests.faults.victims import ended, has_job, started
from tests.unit.identity.people import settle

WORKERS = SERVERS = 2
BETWEEN_SECONDS = (0.0, 0.3)
MIDDLE_SECONDS = 0.06
"""About as long as two turns take."""
PATIENCE_SECONDS = 1.5
"""How long a kill waits for its victim to be at work."""

SETTLING_SECONDS = 120.0
"""Far more than what is open needs: each killed turn waits for a lease of a second."""


def main() -> int:
    return command(__doc__, "kills", 500, run)


def run(url: str, *, count: int, seed: int) -> Report:
    """On an empty database."""
    shop = Shop.at(url)
    try:
        upgrade(shop.database)
        with TemporaryDirectory() as folder:
            chosen = random.Random(seed)  # noqa: S311 - moments and plans, no secrets
            campaign = Campaign(url, shop, chosen, Told(Path(folder) / "told"))
            began = time.perf_counter()
            campaign.run(count)
            seconds = time.perf_counter() - began
            found = violations(shop.database, campaign.told, library_of(campaign.tenant))
        return Report(seconds, campaign.tally, found)
    finally:
        shop.database.close()


@dataclass
class Campaign:
    url: str
    shop: Shop
    chosen: random.Random
    told: Told
    tally: Counter[str] = field(default_factory=Counter)
    tenant: str = field(init=False)
    _keys: list[str] = field(init=False)
    _workers: list[ForkServerProcess] = field(default_factory=list)
    _servers: list[ForkServerProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        with self.shop.database.write() as session:
            people = settle(session, FrozenClock(self.shop.clock.now()))
            self.tenant = people.tenant
            keys = AccessKeys(clock=self.shop.clock)
            owners = [(people.member, Role.MEMBER), (people.member, Role.MEMBER), (people.admin, Role.ADMIN)]
            self._keys = [
                keys.create(session, tenant_id=self.tenant, user_id=user, name="laptop", role=role).key.id
                for user, role in owners
            ]

    def run(self, kills: int) -> None:
        try:
            self._workers = [self._worker() for _ in range(WORKERS)]
            self._servers = [self._server() for _ in range(SERVERS)]
            for _ in range(kills):
                time.sleep(self.chosen.uniform(*BETWEEN_SECONDS))
                self.chosen.choice([self._kill_worker, self._kill_server])()
            for server in self._servers:
                ended(server)
            ends = time.monotonic() + SETTLING_SECONDS
            while self._count(MessageState.PENDING) and time.monotonic() < ends:
                time.sleep(0.05)
        finally:
            for process in (*self._servers, *self._workers):
                ended(process)
        for state in MessageState:
            self.tally[f"answers {state}"] = self._count(state)
        self.tally.update(f"people: {line['what']}" for line in self.told.lines())

    def _kill_worker(self) -> None:
        """Mostly in the middle of an answer."""
        at = self.chosen.randrange(WORKERS)
        self._await(lambda: has_job(self.shop.database, self._workers[at].pid))
        in_hand = has_job(self.shop.database, self._workers[at].pid)
        self.tally[f"kills of a worker with{'' if in_hand else 'out'} an answer in hand"] += 1
        ended(self._workers[at])
        self._workers[at] = self._worker()

    def _kill_server(self) -> None:
        """Mostly in the middle of what people do."""
        at = self.chosen.randrange(SERVERS)
        self._await(lambda: self.told.has_word_of(self._servers[at].pid))
        in_use = self.told.has_word_of(self._servers[at].pid)
        self.tally[f"kills of a server {'in use' if in_use else 'that nobody used yet'}"] += 1
        ended(self._servers[at])
        self._servers[at] = self._server()

    def _await(self, is_at_it: Callable[[], bool]) -> None:
        """A process that has just been started has nothing to lose yet."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while not is_at_it() and time.monotonic() < ends:
            time.sleep(0.01)
        time.sleep(self.chosen.uniform(0, MIDDLE_SECONDS))

    def _worker(self) -> ForkServerProcess:
        return started(answer, self.url, self.tenant)

    def _server(self) -> ForkServerProcess:
        return started(talk, self.url, self.tenant, self._keys, str(self.told.path), self.chosen.randrange(2**32))

    def _count(self, state: MessageState) -> int:
        with self.shop.database.read() as session:
            wanted = select(func.count()).select_from(ChatMessage)
            wanted = wanted.where(ChatMessage.role == MessageRole.ASSISTANT, ChatMessage.state == state)
            return session.scalar(wanted) or 0


if __name__ == "__main__":
    sys.exit(main())
