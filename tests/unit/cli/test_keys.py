"""`cairn keys`."""

from __future__ import annotations

from pathlib import Path

from kit.errors import Invalid, NotFound
from tests.unit.cli.terminal import Terminal


class TestCreate:
    def test_refuses_scopes_beyond_the_role(self, terminal: Terminal) -> None:
        refused = terminal.refusal("keys", "create", "x", "--role", "reviewer", "--scope", "knowledge:manage")
        assert isinstance(refused, Invalid)

    def test_refuses_a_dataset_that_is_not_there(self, terminal: Terminal) -> None:
        assert isinstance(terminal.refusal("keys", "create", "x", "--dataset", "Handbok"), NotFound)

    def test_prints_nothing_but_the_token_so_that_a_script_can_take_it(self, terminal: Terminal) -> None:
        made = terminal.run("keys", "create", "script")
        assert made.stdout.startswith("ck_")
        assert len(made.stdout.split()) == 1
        assert "'script'" in made.stderr


class TestRevoke:
    def test_refuses_a_key_that_is_not_there(self, terminal: Terminal) -> None:
        assert isinstance(terminal.refusal("keys", "revoke", "nothing"), NotFound)

    def test_ends_a_key_that_the_list_then_shows_as_revoked(self, terminal: Terminal) -> None:
        words = ("--agent-role", "writer", "--expires-days", "2", "--dataset", "Handbook")
        made = terminal.json("keys", "create", "bot", *words)
        assert len(made["key"]["datasetIds"]) == 1
        assert "valid until" in terminal.run("keys").stdout
        assert terminal.json("keys", "revoke", made["key"]["id"])["revokedAt"]
        assert "revoked" in terminal.run("keys").stdout
        assert made["token"] not in terminal.run("keys", "--json").stdout


class TestTheFirstKey:
    def test_is_shown_by_whichever_command_comes_first(self, tmp_path: Path) -> None:
        terminal = Terminal(tmp_path / "home")
        assert "ck_" in terminal.run("datasets").stderr
        assert "ck_" not in terminal.run("datasets").stderr
