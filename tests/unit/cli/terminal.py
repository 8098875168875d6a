"""Commands as a person types them, on one home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from cli.main import app
from kit.errors import CairnError


class Terminal:
    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *words: str, status: int = 0, typed: str | None = None) -> Result:
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)], input=typed)
        assert result.exit_code == status, result.output
        return result

    def json(self, *words: str, status: int = 0) -> Any:
        return json.loads(self.run(*words, "--json", status=status).stdout)

    def refusal(self, *words: str) -> CairnError:
        """What `main` prints before it ends with exit status 1."""
        result = CliRunner().invoke(app, [*words, "--home", str(self.home)])
        assert isinstance(result.exception, CairnError), result.output
        return result.exception
