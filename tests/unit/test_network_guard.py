"""Tests talk to this machine only."""

from __future__ import annotations

import os
import socket

import pytest


class TestNetworkGuard:
    @pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 80)])
    def test_refuses_other_machines(self, address: tuple[str, int]) -> None:
        with socket.socket() as client, pytest.raises(RuntimeError, match="do not talk to the network"):
            client.connect(address)

    def test_lets_tests_talk_to_their_own_servers(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
            client.connect(server.getsockname())
            assert client.getpeername() == server.getsockname()


class TestEnvironment:
    def test_holds_no_settings_of_the_machine(self) -> None:
        kept = {name for name in os.environ if name.startswith("CAIRN_")}
        assert kept <= {"CAIRN_DATA", "CAIRN_TEST_POSTGRES_URL", "CAIRN_TEST_MODE"}
