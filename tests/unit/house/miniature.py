"""A project in miniature with Cairn's packages and import contracts, to break them in."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.unit.house.tree import CHECKOUT

MODULES = (
    "api.app",
    "api.dashboard.surface",
    "api.platform.surface",
    "cairn_client.client",
    "cairn_client.langchain",
    "cairn_client.llama_index",
    "cli.main",
    "orchestration.runtime",
    "orchestration.tasks.service",
    "orchestration.worker.app",
    "crawler.engine",
    "ingest.files.repository",
    "ingest.files.service",
    "ingest.parsers.book",
    "ingest.redaction.phones",
    "retrieval.embedding.runtimes",
    "retrieval.embedding.onnx_runtime",
    "retrieval.embedding.openvino_runtime",
    "retrieval.ranking.blend",
    "retrieval.search.engine",
    "retrieval.stores.edge",
    "identity.keys",
    "identity.repository",
    "kit.clock",
    "migrations.runner",
    "migrations.versions.first",
)
_ALLOWED = {
    "retrieval.embedding.runtimes": "from retrieval.embedding import onnx_runtime, openvino_runtime\n",
}
"""What the contracts name as an exception has to be there."""

_VERDICT = re.compile(r"^(.*?) (KEPT|BROKEN)\b", re.MULTILINE)


def verdicts(root: Path, imports: Mapping[str, str]) -> dict[str, str]:
    """KEPT or BROKEN by contract, when these modules hold these imports besides what they need."""
    for name in MODULES:
        _write(root, name, _ALLOWED.get(name, "") + imports.get(name, "") + "\n")
    (root / "pyproject.toml").write_text((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    found = dict(_VERDICT.findall(answer.stdout))
    assert found, answer.stdout + answer.stderr
    return found


def _write(root: Path, name: str, text: str) -> None:
    path = root.joinpath(*name.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.relative_to(root).parents:
        if folder != Path():
            (root / folder / "__init__.py").touch()
    path.write_text(text, encoding="utf-8")
