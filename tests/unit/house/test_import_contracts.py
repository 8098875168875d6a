"""The import contracts of pyproject.toml, each kept here and broken in a miniature of the project."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.unit.house.miniature import verdicts
from tests.unit.house.tree import CHECKOUT

WEB = "The web framework lives in api"
QUEUE = "The message queue lives in orchestration.worker"
MODELS = "Model runtimes live in retrieval.embedding and retrieval.ranking"
ROWS = "Surfaces and the command line reach rows through services"

BREACHES = [
    ("ingest.files.service", "import crawler.engine", "Arrows point one way"),
    ("cli.main", "import api.app", "Arrows point one way"),
    ("retrieval.search.engine", "import retrieval.stores.edge", "Features form no cycle"),
    ("api.dashboard.surface", "import api.platform.surface", "Surfaces never import each other"),
    ("api.dashboard.surface", "import ingest.files.repository", ROWS),
    ("cli.main", "from identity import repository", ROWS),
    ("kit.clock", "import uvicorn", "Identity and the kit know nothing of web or queue"),
    ("identity.keys", "import celery", "Identity and the kit know nothing of web or queue"),
    ("api.app", "import migrations.runner", "Migrations are run by composition roots"),
    ("migrations.versions.first", "import ingest.files.service", "A migration stands by itself"),
    ("orchestration.runtime", "from starlette import requests", WEB),
    ("orchestration.tasks.service", "import orchestration.runtime", "Tasks know nothing of what is made of them"),
    ("api.app", "import celery", QUEUE),
    ("orchestration.tasks.service", "import celery.app", QUEUE),
    ("ingest.files.service", "import scrapy", "The crawl engine lives in crawler"),
    ("crawler.engine", "import playwright.async_api", "The browser lives in crawler.engine"),
    ("ingest.files.service", "import docling.document_converter", "Parser libraries live in ingest.parsers"),
    ("crawler.engine", "import trafilatura", "Parser libraries live in ingest.parsers"),
    ("ingest.files.service", "import phonenumbers", "What tells personal data lives in ingest.redaction"),
    ("retrieval.search.engine", "import qdrant_edge", "Vector engines live in retrieval.stores"),
    ("retrieval.stores.edge", "import torch", MODELS),
    ("api.dashboard.surface", "import mcp.server", "The agents' protocol lives in api.mcp"),
    ("kit.clock", "import cronsim", "The cron library lives in kit.schedules"),
    ("identity.keys", "import cryptography", "Ciphers live in kit.secrets"),
    ("ingest.files.service", "import boto3", "The object store's client lives in ingest.storage"),
    ("orchestration.runtime", "import openai", "Clients of models live in orchestration.runs.adapters"),
    ("cairn_client.client", "import kit.clock", "The client stands by itself"),
    ("api.app", "import langchain_core", "Other frameworks live in the client's adapters"),
    ("kit.clock", "import alembic", "The migration tool lives in migrations"),
]
AT_HOME = {
    "api.app": "import fastapi, orchestration.runtime",
    "orchestration.runtime": "import migrations.runner",
    "cairn_client.llama_index": "import llama_index.core, cairn_client.client",
    "orchestration.worker.app": "import celery",
    "crawler.engine": "import scrapy",
    "ingest.files.service": "from ingest.files import repository",
    "ingest.parsers.book": "import lxml.etree, docling",
    "ingest.redaction.phones": "import phonenumbers, stdnum.isbn",
    "retrieval.stores.edge": "import qdrant_edge, retrieval.search.engine",
    "retrieval.embedding.onnx_runtime": "import onnxruntime",
    "retrieval.ranking.blend": "import torch",
    "kit.schedules.cron": "import cronsim",
    "kit.secrets.sealing": "import cryptography",
    "ingest.storage.s3": "import boto3, botocore",
    "migrations.runner": "import alembic",
}


class TestTheContracts:
    def test_are_kept_by_imports_from_where_they_belong(self, tmp_path: Path) -> None:
        assert {name for name, verdict in verdicts(tmp_path, AT_HOME).items() if verdict != "KEPT"} == set()

    @pytest.mark.parametrize(("module", "statement", "contract"), BREACHES)
    def test_are_broken_by_imports_from_elsewhere(
        self, tmp_path: Path, module: str, statement: str, contract: str
    ) -> None:
        found = verdicts(tmp_path, AT_HOME | {module: f"{AT_HOME.get(module, '')}\n{statement}\n"})
        assert found[contract] == "BROKEN"

    def test_are_each_shown_to_break(self) -> None:
        contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
        assert {contract["name"] for contract in contracts["contracts"]} == {name for _, _, name in BREACHES}

    def test_speak_of_every_package(self) -> None:
        roots = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
        packages = {path.parent.name for path in CHECKOUT.glob("*/__init__.py")}
        assert set(roots["root_packages"]) == packages - {"bench", "tests"}
