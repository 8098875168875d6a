"""`--server`: the command line as a client of a server elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from cli.main import app as cairn_command
from kit.errors import CairnError
from tests.api.conftest import ADMIN_KEY


class Remote:
    def __init__(self, url: str) -> None:
        self._url = url

    def run(self, *words: str, status: int = 0) -> str:
        result = CliRunner().invoke(cairn_command, [*words, "--server", self._url])
        assert result.exit_code == status, (result.output, result.exception)
        return result.stdout

    def json(self, *words: str, status: int = 0) -> Any:
        printed = self.run(*words, "--json", status=status)  # with what the server, which is here too, logs
        return json.JSONDecoder().raw_decode(printed, printed.index("{\n"))[0]

    def refusal(self, *words: str) -> str:
        result = CliRunner().invoke(cairn_command, [*words, "--server", self._url])
        assert isinstance(result.exception, CairnError), result.output
        return result.exception.message


@pytest.fixture
def remote(url: str, monkeypatch: pytest.MonkeyPatch) -> Remote:
    monkeypatch.setenv("CAIRN_TOKEN", ADMIN_KEY)
    monkeypatch.setenv("COLUMNS", "200")
    return Remote(url)


def test_takes_in_finds_lists_and_deletes(remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "mole.md").write_text("# Mole\n\nThe mole is of granite.", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"8BPS\x00\x01" + bytes(100))
    name = f"remote {uuid4()}"
    taken = remote.json("ingest", str(tmp_path), "--dataset", name, status=1)
    assert [one["outcome"] for one in taken["uploadedFiles"]] == ["created"]
    assert len(taken["rejectedFiles"]) == 1
    found = remote.json("search", "What is the mole made of?", "--dataset", name)["results"]
    assert "granite" in found[0]["content"]
    assert "granite" in remote.run("search", "mole", "--dataset", name)
    assert name in remote.run("datasets")
    remote.run("datasets", "delete", name, "--yes")
    assert name not in {one["name"] for one in remote.json("datasets")["data"]}


def test_makes_a_dataset_with_what_is_chosen(remote: Remote) -> None:
    name = f"remote {uuid4()}"
    options = (
        "--chunk-size",
        "300",
        "--parse-type",
        "naive",
        "--agent-role",
        "clerk",
        "--redact",
        "email",
        "--country",
        "GB",
    )
    made = remote.json("datasets", "create", name, *options)
    assert (made["chunkSize"], made["parseType"], made["allowedAgentRoles"]) == (300, "NAIVE", ["clerk"])
    assert made["redaction"] == {"kinds": ["email"], "countries": ["GB"]}
    assert "already" in remote.refusal("datasets", "create", name)
    remote.run("datasets", "delete", name, "--yes")


def test_makes_lists_and_ends_keys(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = remote.json("datasets", "create", f"remote {uuid4()}")
    name = f"key {uuid4()}"
    options = (
        "--scope",
        "knowledge:search",
        "--agent-role",
        "clerk",
        "--dataset",
        dataset["name"],
        "--expires-days",
        "2",
    )
    issued = remote.json("keys", "create", name, *options)
    key = issued["key"]
    assert (key["scopes"], key["agentRole"], key["datasetIds"]) == (["knowledge:search"], "clerk", [dataset["id"]])
    assert key["expiresAt"] is not None
    assert name in remote.run("keys")
    monkeypatch.setenv("CAIRN_TOKEN", issued["token"])
    assert "knowledge:read" in remote.refusal("datasets")
    monkeypatch.setenv("CAIRN_TOKEN", ADMIN_KEY)
    assert remote.json("keys", "revoke", key["id"])["state"] == "revoked"
    assert "there is no dataset 'nowhere'" in remote.refusal("keys", "create", name, "--dataset", "nowhere")
    remote.run("datasets", "delete", dataset["name"], "--yes")


def test_says_what_is_wrong(remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "there is no dataset 'nowhere'" in remote.refusal("search", "mole", "--dataset", "nowhere")
    monkeypatch.setenv("CAIRN_TOKEN", "wrong")
    assert "access key" in remote.refusal("datasets")
    monkeypatch.delenv("CAIRN_TOKEN")
    assert "CAIRN_TOKEN" in remote.refusal("datasets")
    monkeypatch.setenv("CAIRN_TOKEN", ADMIN_KEY)
    assert "no address" in Remote("localhost").refusal("datasets")
    assert "127.0.0.1:9" in Remote("http://127.0.0.1:9").refusal("datasets")
