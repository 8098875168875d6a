"""What client libraries send by way of the bounded transport, and where it ends."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic

import httpx2
import pytest

from kit.egress.bounded import BoundedTransport
from kit.egress.errors import AddressRefused, ResponseTooLarge
from kit.egress.policy import AddressPolicy
from tests.unit.kit.egress.servers import Served, serving

ALLOWED = AddressPolicy.parsed("127.0.0.1/32")


@pytest.fixture
def site() -> Iterator[Served]:
    with serving(lambda _path: (200, {}, b"x" * 1000)) as server:
        yield server


def client(site: Served, policy: AddressPolicy = ALLOWED, *, seconds: float = 5, limit: int = 2000) -> httpx2.Client:
    transport = BoundedTransport(
        policy, url=site.url(), credentials={"Authorization": "Bearer ours"}, until=monotonic() + seconds, limit=limit
    )
    return httpx2.Client(transport=transport, trust_env=False)


class TestTheTransport:
    def test_sends_its_own_credentials_in_place_of_any_other(self, site: Served) -> None:
        headers = {"Authorization": "Bearer of-the-environment", "X-Api-Key": "too", "OpenAI-Organization": "org"}
        with client(site) as http:
            assert http.post(site.url("/v1"), headers=headers, json={}).status_code == 200
        sent = {name.lower(): value for name, value in site.headers[0].items()}
        assert sent["authorization"] == "Bearer ours"
        assert sent.keys().isdisjoint({"x-api-key", "openai-organization"})

    def test_sends_to_its_server_alone(self, site: Served) -> None:
        with serving(lambda _path: (200, {}, b"")) as other, client(site) as http:
            with pytest.raises(AddressRefused):
                http.get(other.url())
            assert (other.asked, site.asked) == ([], [])

    def test_sends_nothing_to_an_address_that_is_not_allowed(self, site: Served) -> None:
        with client(site, AddressPolicy()) as http, pytest.raises(AddressRefused):
            http.get(site.url())
        assert site.asked == []

    def test_ends_past_the_limit_of_all_answers_together(self, site: Served) -> None:
        with client(site) as http:
            http.get(site.url())
            http.get(site.url())
            with pytest.raises(ResponseTooLarge):
                http.get(site.url())

    def test_ends_past_the_deadline_however_much_comes(self, site: Served) -> None:
        with client(site, seconds=-1) as http, pytest.raises(httpx2.ReadTimeout):
            http.get(site.url())
