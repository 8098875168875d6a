from __future__ import annotations

import ipaddress

import pytest

from kit.egress.errors import AddressRefused
from kit.egress.policy import AddressPolicy, literal_address
from kit.errors import ConfigurationError
from tests.unit.kit.egress.addresses import PUBLIC, REFUSED


class TestThePolicy:
    @pytest.mark.parametrize("host", REFUSED)
    def test_refuses_every_spelling_of_an_address_that_is_not_public(self, host: str) -> None:
        address = literal_address(host.replace("%25", "%"))
        assert address is not None
        with pytest.raises(AddressRefused, match="CAIRN_EGRESS_ALLOW"):
            AddressPolicy().check(address, host=host)

    @pytest.mark.parametrize("host", PUBLIC)
    def test_permits_public_addresses(self, host: str) -> None:
        address = literal_address(host)
        assert address is not None
        AddressPolicy().check(address, host=host)

    @pytest.mark.parametrize("host", ["example.org", "localhost", "a.b", "0x.example", "1.2.3.4.5", "256.1.1.1", ""])
    def test_takes_a_name_for_a_name(self, host: str) -> None:
        assert literal_address(host) is None

    def test_permits_what_an_administrator_allows_and_nothing_beside_it(self) -> None:
        policy = AddressPolicy.parsed("10.1.0.0/16, fd00::/8 ,127.0.0.1")
        allowed = ["10.1.2.3", "fd12::1", "127.0.0.1", "::ffff:10.1.0.1"]
        assert all(policy.permits(ipaddress.ip_address(text)) for text in allowed)
        refused = ["10.2.0.1", "127.0.0.2", "169.254.169.254", "::1"]
        assert not any(policy.permits(ipaddress.ip_address(text)) for text in refused)

    def test_names_an_entry_that_is_no_network(self) -> None:
        with pytest.raises(ConfigurationError, match=r"'intranet' is neither .* 10\.1\.0\.0/16"):
            AddressPolicy.parsed("10.0.0.0/8,intranet")
