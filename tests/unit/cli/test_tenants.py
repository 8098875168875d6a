"""`cairn tenants`."""

from __future__ import annotations

import pytest

from identity.errors import TenantExists, TenantNotFound
from kit.errors import Invalid
from tests.unit.cli.terminal import Terminal


class TestCreate:
    def test_makes_one_with_an_administrator_whose_key_a_script_can_take(self, terminal: Terminal) -> None:
        made = terminal.run("tenants", "create", "acme", "--admin", "ada@example.com")
        assert made.stdout.startswith("ck_")
        assert len(made.stdout.split()) == 1
        assert "acme" in terminal.run("tenants").stdout
        assert isinstance(terminal.refusal("tenants", "create", "acme", "--admin", "ada@example.com"), TenantExists)

    def test_refuses_what_is_no_address(self, terminal: Terminal) -> None:
        assert isinstance(terminal.refusal("tenants", "create", "other", "--admin", "ada"), Invalid)


class TestQuotas:
    @pytest.fixture(autouse=True)
    def _a_tenant(self, terminal: Terminal, request: pytest.FixtureRequest) -> None:
        self.name = request.node.name[:60]
        terminal.run("tenants", "create", self.name, "--admin", "ada@example.com")

    def test_are_given_and_taken_back(self, terminal: Terminal) -> None:
        given = terminal.json("tenants", "quotas", self.name, "--storage", "5000", "--searches", "none")
        assert given["quotas"]["storage"] == {"ceiling": 5000, "own": None, "limit": 5000}
        assert given["quotas"]["searches"]["limit"] is None
        assert terminal.json("tenants", "quotas", self.name) == given
        assert "5000" in terminal.run("tenants", "quotas", self.name).stdout
        back = terminal.json("tenants", "quotas", self.name, "--storage", "default")
        assert back["quotas"]["storage"]["ceiling"] is None

    def test_are_recorded_in_the_tenants_own_trail(self, terminal: Terminal) -> None:
        terminal.run("tenants", "quotas", self.name, "--chunks", "70")
        (entry,) = terminal.json("audit", "show", "--tenant", self.name, "--entity", "tenant_quota")
        assert (entry["actor_type"], entry["actor_id"]) == ("system", "operator")
        assert entry["changes"]["chunks"]["to"] == 70
        assert terminal.json("audit", "verify", "--tenant", self.name)["faults"] == []
        assert isinstance(terminal.refusal("audit", "show", "--tenant", "nobody"), TenantNotFound)

    @pytest.mark.parametrize("number", ["-1", "0", "many", "1e9"])
    def test_are_numbers(self, terminal: Terminal, number: str) -> None:
        assert isinstance(terminal.refusal("tenants", "quotas", self.name, f"--chunks={number}"), Invalid)

    def test_are_of_a_tenant_that_is_there(self, terminal: Terminal) -> None:
        refused = terminal.refusal("tenants", "quotas", "nobody", "--chunks", "5")
        assert isinstance(refused, TenantNotFound)
        assert "'default'" in refused.message
