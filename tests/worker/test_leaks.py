"""Tries to get at what is not for the caller: any mixture of tenants, datasets, agent roles and narrowed keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity.models import Tenant
from identity.types import ROLE_SCOPES, Principal, Role
from ingest.datasets.types import NewDataset
from kit.errors import NotFound
from kit.ids import new_id
from kit.pagination import PageRequest
from orchestration.runtime import Runtime
from retrieval.filters import SearchFilter
from retrieval.search.types import SearchRequest
from tests.clock import FrozenClock
from tests.worker.conftest import Bench

SECRET = "The zeppelin lands at dawn behind the mill"
AGENTS = (None, "writer", "analyst")
PAGE = PageRequest(limit=10)
ALLOWED: tuple[tuple[str, ...], ...] = ((), ("writer",), ("*",))


@dataclass(frozen=True)
class Shelf:
    tenant: str
    dataset: str
    file: str
    allowed: tuple[str, ...]


@pytest.fixture(scope="module")
def shelves(runtime: Runtime, still_clock: FrozenClock) -> Iterator[list[Shelf]]:
    """For each of two tenants a dataset for no agent, for one and for all; every one holds the same sentence."""
    made = [_shelf(runtime, still_clock, tenant, allowed) for tenant in _tenants(runtime) for allowed in ALLOWED]
    yield made
    for shelf in made:
        with runtime.database.write() as session:
            runtime.datasets.delete(session, _principal(shelf.tenant), shelf.dataset)


def _tenants(runtime: Runtime) -> list[str]:
    ids = [new_id(), new_id()]
    with runtime.database.write() as session:
        for number, tenant in enumerate(ids):
            session.add(Tenant(id=tenant, name=f"tenant {number} {tenant}", created_at=runtime.clock.now()))
    return ids


def _principal(tenant: str) -> Principal:
    return Principal(tenant, "k", None, "test", Role.ADMIN, ROLE_SCOPES[Role.ADMIN])


def _shelf(runtime: Runtime, clock: FrozenClock, tenant: str, allowed: tuple[str, ...]) -> Shelf:
    principal = _principal(tenant)
    with runtime.database.write() as session:
        new = NewDataset(name=f"for {allowed}", allowed_agent_roles=allowed)
        view = runtime.datasets.create(session, principal, new)
    bench = Bench(runtime, clock, principal, view.id, view.collection)
    return Shelf(tenant, view.id, bench.indexed("secret.md", f"{SECRET}."), allowed)


class TestACaller:
    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_finds_what_is_theirs_and_nothing_else(
        self, runtime: Runtime, shelves: list[Shelf], data: st.DataObject
    ) -> None:
        tenant = data.draw(st.sampled_from(sorted({shelf.tenant for shelf in shelves})))
        agent = data.draw(st.sampled_from(AGENTS))
        narrowed = data.draw(
            st.none() | st.lists(st.sampled_from([s.dataset for s in shelves]), min_size=1, max_size=4)
        )
        caller = replace(_principal(tenant), agent_role=agent, dataset_ids=narrowed)
        theirs = {s.dataset for s in shelves if _may(caller, s)}
        asked = data.draw(st.lists(st.sampled_from([s.dataset for s in shelves]), min_size=1, max_size=6))
        files = data.draw(st.none() | st.lists(st.sampled_from([s.file for s in shelves]), max_size=3))
        request = SearchRequest(SECRET, asked, top_k=20, where=SearchFilter(dataset_ids=asked, file_ids=files))
        if set(asked) <= theirs:
            found = {hit.passage.file_id for hit in runtime.search.search(caller, request).hits}
            expected = {s.file for s in shelves if s.dataset in asked and (files is None or s.file in files)}
            assert found == expected
        else:
            with pytest.raises(NotFound):
                runtime.search.search(caller, request)
        self._sees_only(runtime, caller, shelves)

    def _sees_only(self, runtime: Runtime, caller: Principal, shelves: list[Shelf]) -> None:
        """The same in lists, chunks and originals."""
        with runtime.database.read() as session:
            listed = {view.id for view in runtime.datasets.list(session, caller)}
            assert listed & {s.dataset for s in shelves} == {s.dataset for s in shelves if _may(caller, s)}
            for shelf in shelves:
                if not _may(caller, shelf):
                    for look in (runtime.files.get, runtime.files.original):
                        with pytest.raises(NotFound):
                            look(session, caller, shelf.dataset, shelf.file)
                elif other := next((s for s in shelves if s.tenant != caller.tenant_id), None):
                    with pytest.raises(NotFound):  # a file of others under one's own dataset
                        runtime.files.get(session, caller, shelf.dataset, other.file)

    def test_is_shown_nothing_even_if_the_engine_were_to_find_it(self, runtime: Runtime, shelves: list[Shelf]) -> None:
        """The rows check tenant and dataset for themselves."""
        mine, other = shelves[0], shelves[-1]
        with runtime.database.read() as session:
            chunks = runtime.files.chunks(session, _principal(other.tenant), other.dataset, other.file, PAGE).items
        ids = [chunk.id for chunk in chunks]
        passages = runtime.search.passages.passages
        assert passages(_principal(other.tenant), [other.dataset], ids)
        assert passages(_principal(mine.tenant), [other.dataset], ids) == {}
        assert passages(_principal(other.tenant), [mine.dataset], ids) == {}


def _may(caller: Principal, shelf: Shelf) -> bool:
    narrowed = caller.dataset_ids is None or shelf.dataset in caller.dataset_ids
    agent = caller.agent_role is None or caller.agent_role in shelf.allowed or "*" in shelf.allowed
    return shelf.tenant == caller.tenant_id and narrowed and agent
