"""What happens reaches who watches: the tenant's own events, of datasets that the key may see, from where it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import takewhile

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.streams import RESYNC
from kit.events.outbox import publish
from kit.events.types import NewEvent
from orchestration.runtime import Runtime
from tests.api.callers import Caller, Callers, Json, path_of
from tests.api.live import Sent, following, served

STREAM = "/dashboard/v1/events/stream"
STARTED = {"activityId": "01ARZ", "title": "Writing blog post", "agentRole": "copywriter"}


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as address:
        yield address


def tenant_of(runtime: Runtime, caller: Caller) -> str:
    with runtime.database.read() as session:
        return runtime.keys.authenticate(session, caller.headers["Authorization"].partition(" ")[2]).tenant_id


def tell(runtime: Runtime, tenant_id: str, kind: str, data: Json, dataset_id: str | None = None) -> None:
    with runtime.database.write() as session:
        publish(session, NewEvent(kind, tenant_id, data, dataset_id=dataset_id), at=runtime.clock.now())


def until(events: Iterator[Sent], kind: str) -> list[Sent]:
    """The events before the first one of that kind."""
    return list(takewhile(lambda sent: sent.event != kind, events))


class TestTheTenantsStream:
    def test_is_for_keys_only(self, client: TestClient) -> None:
        assert client.get(STREAM).status_code == 401

    def test_is_not_for_keys_that_may_only_search(self, callers: Callers) -> None:
        assert callers.searcher.get(STREAM).status_code == 403

    def test_sends_an_activity_as_the_dashboard_documents_it(
        self, address: str, callers: Callers, runtime: Runtime
    ) -> None:
        with following(address + STREAM, callers.admin.headers) as events:
            tell(runtime, tenant_of(runtime, callers.admin), "activity_started", STARTED)

            sent = next(events)

        assert (sent.event, sent.data) == ("activity_started", STARTED)
        assert sent.id is not None

    def test_sends_nothing_of_another_tenant(self, address: str, callers: Callers, runtime: Runtime) -> None:
        stranger = callers.stranger
        with following(address + STREAM, callers.admin.headers) as events:
            tell(runtime, tenant_of(runtime, stranger), "activity_started", STARTED)
            tell(runtime, tenant_of(runtime, callers.admin), "the_end", {})

            assert until(events, "the_end") == []

    def test_sends_nothing_of_a_dataset_that_the_key_may_not_see(
        self, address: str, callers: Callers, runtime: Runtime, dataset: Json
    ) -> None:
        tenant_id = tenant_of(runtime, callers.admin)
        with following(address + STREAM, callers.agent("writer").headers) as events:
            tell(runtime, tenant_id, "file_updated", {"still": "hidden"}, dataset_id=dataset["id"])
            tell(runtime, tenant_id, "first_end", {})
            assert until(events, "first_end") == []

            callers.admin.patch(f"{path_of(dataset)}/config", json={"allowedAgentRoles": ["writer"]})
            tell(runtime, tenant_id, "file_updated", {"now": "visible"}, dataset_id=dataset["id"])
            tell(runtime, tenant_id, "second_end", {})
            assert {"now": "visible"} in [sent.data for sent in until(events, "second_end")]

    def test_shows_each_its_own_while_all_look_at_the_same_time(
        self, address: str, callers: Callers, runtime: Runtime, dataset: Json
    ) -> None:
        tenant_id = tenant_of(runtime, callers.admin)
        ears = [callers.admin, callers.agent("writer"), callers.admin, callers.agent("writer")]
        with ExitStack() as stack:
            streams = [stack.enter_context(following(address + STREAM, one.headers)) for one in ears]
            tell(runtime, tenant_id, "file_updated", {"hidden": "from the agent"}, dataset_id=dataset["id"])
            tell(runtime, tenant_id, "end", {})
            heard = [[sent.event for sent in until(events, "end")] for events in streams]
        assert heard == [["file_updated"], [], ["file_updated"], []]

    def test_goes_on_after_the_last_event_that_was_seen(self, address: str, callers: Callers, runtime: Runtime) -> None:
        tenant_id = tenant_of(runtime, callers.admin)
        with following(address + STREAM, callers.admin.headers) as events:
            tell(runtime, tenant_id, "first", {})
            seen = next(events)
        tell(runtime, tenant_id, "while_away", {})

        headers = callers.admin.headers | {"Last-Event-ID": str(seen.id)}
        with following(address + STREAM, headers) as events:
            assert next(events).event == "while_away"

    @pytest.mark.parametrize("given", ["999999999", "not-one-of-ours", "-1"])
    def test_says_so_when_it_cannot_know_what_was_missed(self, address: str, callers: Callers, given: str) -> None:
        with following(address + STREAM, callers.admin.headers | {"Last-Event-ID": given}) as events:
            assert next(events).event == RESYNC

    def test_ends_when_the_key_is_revoked(
        self, address: str, callers: Callers, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("api.doorkeeper._CHECK_SECONDS", 0.05)
        monkeypatch.setattr("api.dashboard.events._PAUSE_SECONDS", 0.1)
        caller = callers.with_key(role="member")
        tenant_id = tenant_of(runtime, callers.admin)
        with following(address + STREAM, caller.headers) as events:
            with runtime.database.write() as session:
                key = runtime.keys.authenticate(session, caller.headers["Authorization"].partition(" ")[2])
                runtime.keys.revoke(session, callers.principal, key.key_id)
            tell(runtime, tenant_id, "after", {})

            assert list(events)[1:] == []


class TestADatasetsStream:
    def test_is_not_there_for_who_may_not_see_the_dataset(self, callers: Callers, dataset: Json) -> None:
        agent = callers.agent("writer")
        assert agent.get(f"{path_of(dataset)}/events/stream").status_code == 404
        assert agent.get(f"{path_of(dataset)}/progress").status_code == 404

    def test_shows_a_file_on_its_way_and_the_work_as_a_whole(
        self, address: str, callers: Callers, dataset: Json
    ) -> None:
        with following(f"{address}{path_of(dataset)}/events/stream", callers.admin.headers) as events:
            first = next(events)
            file = callers.admin.upload(dataset, "a.md", "# Title\n\n" + "A sentence to find. " * 50)
            seen: list[Sent] = []
            for sent in events:
                seen.append(sent)
                if sent.event == "progress" and sent.data["done"] == 1:
                    break

        assert (first.event, first.data["stage"], first.data["total"]) == ("progress", "idle", 0)
        states = [sent.data["status"] for sent in seen if sent.event == "file_updated"]
        assert states == ["pending", "parsing", "embedding", "indexed"]
        assert all(sent.data["fileId"] == file["id"] for sent in seen if sent.event == "file_updated")
        last = seen[-1].data
        assert (last["stage"], last["done"], last["total"], last["etaSeconds"]) == ("idle", 1, 1, None)
        assert last["rate"] > 0
        assert last["chunksDone"] > 0

    def test_sends_nothing_of_other_datasets(
        self, address: str, callers: Callers, runtime: Runtime, dataset: Json
    ) -> None:
        tenant_id = tenant_of(runtime, callers.admin)
        with following(f"{address}{path_of(dataset)}/events/stream", callers.admin.headers) as events:
            assert next(events).event == "progress"
            tell(runtime, tenant_id, "file_updated", {}, dataset_id="01HOTHERDATASET00000000000")
            tell(runtime, tenant_id, "activity_started", STARTED)
            tell(runtime, tenant_id, "the_end", {}, dataset_id=dataset["id"])

            assert [sent.event for sent in until(events, "the_end")] == []

    def test_ends_with_the_dataset(self, address: str, callers: Callers) -> None:
        made: Json = callers.admin.post("/dashboard/v1/knowledge-base/datasets", json={"name": "short-lived"}).json()
        with following(f"{address}{path_of(made)}/events/stream", callers.admin.headers) as events:
            assert next(events).event == "progress"
            callers.admin.delete(path_of(made))

            assert [sent.event for sent in events] == ["dataset_deleted"]

    def test_the_same_is_told_once_on_request(self, callers: Callers, dataset: Json) -> None:
        file = callers.admin.upload(dataset, "a.md", "# Title\n\nA sentence to find.")
        callers.admin.settled(dataset, file["id"])

        progress = callers.admin.get(f"{path_of(dataset)}/progress").json()

        assert (progress["stage"], progress["done"], progress["total"]) == ("idle", 1, 1)
        assert progress["files"]["indexed"] == 1
