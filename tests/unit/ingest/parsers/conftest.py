"""What the parser tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.documents import Document
from ingest.parsers.options import ParseOptions
from ingest.parsers.parsing import parse

ParseBytes = Callable[..., Document]


@pytest.fixture
def parse_bytes(tmp_path: Path) -> ParseBytes:
    """Parses bytes or text as if they had been uploaded under a name."""

    def parse_them(content: bytes | str, file_name: str, options: ParseOptions | None = None) -> Document:
        path = tmp_path / "stored"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return parse(path, file_name, options or ParseOptions())

    return parse_them
