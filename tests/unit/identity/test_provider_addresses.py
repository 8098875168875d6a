"""Nothing gets out by an identity provider: neither by its own address nor by those that it gives."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from joserfc.jwk import ECKey

from identity.oidc import OidcSettings, Provider, ProviderIsAway
from kit.egress.client import Egress
from kit.egress.policy import AddressPolicy
from tests.clock import FrozenClock
from tests.unit.kit.egress.addresses import REFUSED
from tests.unit.kit.egress.servers import Answer, Served, serving

ALLOWED = AddressPolicy.parsed("127.0.0.1/32")
INSIDE = ("127.0.0.2", "[::1]", "169.254.169.254", "0x7f000002", "[::ffff:127.0.0.2]", "10.0.0.1")

KEYS = json.dumps({"keys": [ECKey.generate_key("P-256", private=False).as_dict()]}).encode()

Ask = Callable[[str, AddressPolicy], Provider]


@pytest.fixture
def provider(clock: FrozenClock) -> Iterator[Ask]:
    made: list[Provider] = []

    def of(issuer: str, policy: AddressPolicy) -> Provider:
        made.append(Provider(OidcSettings(issuer, "client", "hush"), http=Egress(policy, seconds=2), clock=clock))
        return made[-1]

    yield of
    for one in made:
        one.close()


@pytest.fixture(scope="module")
def forbidden() -> Iterator[Served]:
    with serving(lambda _path: (200, {}, KEYS), host="127.0.0.2") as server:
        yield server
        assert server.asked == []


def begin(provider: Provider) -> str:
    return provider.authorization_url(redirect_uri="https://c.example/back", state="s", nonce="n", verifier="v" * 43)


class TestAnIdentityProvider:
    @pytest.mark.parametrize("host", REFUSED)
    def test_is_not_asked_at_an_address_that_is_not_public(self, provider: Ask, forbidden: Served, host: str) -> None:
        asked = provider(f"http://{host}:{forbidden.port}", AddressPolicy())
        with pytest.raises(ProviderIsAway):
            begin(asked)

    @pytest.mark.parametrize("host", INSIDE)
    def test_leads_nowhere_by_the_addresses_that_it_gives(self, provider: Ask, forbidden: Served, host: str) -> None:
        inside = f"http://{host}:{forbidden.port}"
        told: dict[str, str] = {}

        def answer(path: str) -> Answer:
            return 200, {}, json.dumps(told).encode() if "well-known" in path else KEYS

        with serving(answer) as server:
            issuer = server.url("")
            told.update(issuer=issuer, authorization_endpoint=f"{issuer}/in", jwks_uri=f"{inside}/keys")
            with pytest.raises(ProviderIsAway):
                begin(provider(issuer, ALLOWED))
            told.update(jwks_uri=f"{issuer}/keys", token_endpoint=f"{inside}/token")
            asked = provider(issuer, ALLOWED)
            assert begin(asked).startswith(f"{issuer}/in?")
            with pytest.raises(ProviderIsAway) as refused:
                asked.identify("code", redirect_uri="https://c.example/back", nonce="n", verifier="v" * 43)
        assert "hush" not in str(refused.value)

    def test_leads_nowhere_by_a_redirect(self, provider: Ask, forbidden: Served) -> None:
        with serving(lambda _path: (302, {"Location": forbidden.url()}, b"")) as server, pytest.raises(ProviderIsAway):
            begin(provider(server.url(""), ALLOWED))
