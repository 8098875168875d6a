"""compose.yaml and the Dockerfile hold together, as far as that can be told without starting containers."""

from __future__ import annotations

import re
from typing import Any, cast

import pytest
import yaml

from kit.settings import Settings
from orchestration.nudging import QUEUES
from tests.unit.house.tree import CHECKOUT

OURS = ("api", "parse", "embed", "upkeep", "crawl", "beat")
THEIRS = ("postgres", "redis", "qdrant", "s3", "prometheus")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load((CHECKOUT / "compose.yaml").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    return cast("dict[str, Any]", compose["services"])


class TestTheCluster:
    def test_has_every_part(self, services: dict[str, Any]) -> None:
        assert set(services) == {*OURS, *THEIRS, "bucket"}

    def test_serves_every_queue(self, services: dict[str, Any]) -> None:
        served = [services[name]["command"] for name in OURS if "worker" in services[name]["command"]]
        queues = [queue for command in served for queue in command[command.index("--queues") + 1].split(",")]
        assert sorted(queues) == sorted(QUEUES)

    def test_knows_no_setting_that_cairn_does_not(self, services: dict[str, Any]) -> None:
        for name in OURS:
            given = {key for key in services[name]["environment"] if key.startswith("CAIRN_")}
            assert {key.removeprefix("CAIRN_").lower() for key in given} <= set(Settings.model_fields)

    def test_bounds_every_service_and_restarts_it(self, services: dict[str, Any]) -> None:
        for name in (*OURS, *THEIRS):
            assert services[name]["restart"] == "unless-stopped", name
            assert {"cpus", "memory"} <= set(services[name]["deploy"]["resources"]["limits"]), name

    def test_asks_every_server_for_its_health(self, services: dict[str, Any]) -> None:
        for name in THEIRS:
            assert services[name]["healthcheck"]["test"], name
        for name in OURS:
            assert all("condition" in how for how in services[name]["depends_on"].values())
            assert set(services[name]["depends_on"]) <= set(services)

    def test_keeps_what_must_not_be_lost_in_volumes(self, compose: dict[str, Any], services: dict[str, Any]) -> None:
        used = {volume.split(":")[0] for service in services.values() for volume in service.get("volumes", ())}
        assert used == set(compose["volumes"])

    def test_holds_no_secret(self) -> None:
        text = (CHECKOUT / "compose.yaml").read_text(encoding="utf-8")
        for line in re.findall(r"(?m)^.*(?:PASSWORD|SECRET_KEY|API_KEY|ADMIN_KEY):.*$", text):
            assert "${" in line, line

    def test_opens_no_port_to_the_network(self, services: dict[str, Any]) -> None:
        for name, service in services.items():
            assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name


class TestTheImage:
    def test_copies_every_package(self) -> None:
        copied = set(re.findall(r"(?m)^COPY (\w+) \1$", (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")))
        packages = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")}
        assert copied == packages - {"bench", "tests"}

    def test_does_not_run_as_root(self) -> None:
        assert "\nUSER cairn\n" in (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
