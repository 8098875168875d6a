"""Reads files with markitdown and unstructured, in an environment where these are installed.

    python bench/parse_rivals.py markitdown FILE…     # one line of JSON a file: name, markdown or elements, or an error

It stands alone: nothing of Cairn is imported, since Cairn is not installed there. bench.parse_quality starts it.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def with_markitdown() -> Callable[[Path], dict[str, Any]]:
    from markitdown import MarkItDown  # noqa: PLC0415 - whichever is asked for need be installed

    converter = MarkItDown(enable_plugins=False)
    return lambda path: {"markdown": converter.convert(str(path)).markdown}


def with_unstructured() -> Callable[[Path], dict[str, Any]]:
    from unstructured.partition.auto import partition  # noqa: PLC0415 - as above

    def read(path: Path) -> dict[str, Any]:
        elements = partition(filename=str(path), strategy="fast")  # the one that needs no model
        return {
            "elements": [
                {
                    "kind": element.category,
                    "text": element.text,
                    "depth": element.metadata.category_depth,
                    "html": element.metadata.text_as_html,
                }
                for element in elements
            ]
        }

    return read


READERS = {"markitdown": with_markitdown, "unstructured": with_unstructured}


def main() -> None:
    read = READERS[sys.argv[1]]()
    for name in sys.argv[2:]:
        began = time.perf_counter()
        try:
            answer = read(Path(name))
        except Exception as error:  # noqa: BLE001 - a rival's failure is a result
            answer = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
        print(json.dumps({"file": name, "seconds": time.perf_counter() - began, **answer}), flush=True)


if __name__ == "__main__":
    main()
