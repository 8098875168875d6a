"""How fast PDFs are read, and in how much memory: `python -m bench.pdf_speed [--rivals PYTHON] [--pages 378]`.

A text PDF of so many pages is put together from CAIRN_DATA's samples (or from --pdf FILE, repeated until it is long
enough). Each engine reads it in a process of its own, one after the other, on one core: pages a second of CPU time for
the reading alone, and the peak of resident memory. `--rivals` names the Python of an environment with pypdf and
docling-parse.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pypdfium2

_CAIRN = """
import sys, time
from pathlib import Path
from ingest.parsers.options import ParseOptions
from ingest.parsers.pdf.reading import read
began = time.process_time()
document = read(Path(sys.argv[1]), file_name="a.pdf", options=ParseOptions())
print("characters", sum(len(block.text) for block in document.blocks))
"""
_PYPDF = """
import sys, time
from pypdf import PdfReader
began = time.process_time()
print("characters", sum(len(page.extract_text()) for page in PdfReader(sys.argv[1]).pages))
"""
_DOCLING = """
import sys, time
from docling_parse.pdf_parser import DoclingPdfParser
began = time.process_time()
document = DoclingPdfParser(loglevel="fatal").load(path_or_stream=sys.argv[1])
print("characters", sum(len(cell.text) for _, page in document.iterate_pages() for cell in page.textline_cells))
"""
_END = """
import resource
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print("seconds", time.process_time() - began, "megabytes", peak)
"""


def main() -> None:
    default = Path(os.environ.get("CAIRN_DATA", "../shared/data")) / "docs"
    parser = argparse.ArgumentParser(prog="python -m bench.pdf_speed", description=__doc__)
    parser.add_argument("--pdf", type=Path, default=default / "docling" / "pdf" / "sources" / "redp5110_sampled.pdf")
    parser.add_argument("--pages", type=int, default=378)
    parser.add_argument("--rivals", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = long_pdf(options.pdf, Path(folder) / "long.pdf", options.pages)
        print(f"{options.pages} pages of {options.pdf.name}: pages/s, peak MB, characters")
        _measure("cairn", Path(sys.executable), _CAIRN, path, options.pages)
        if options.rivals:
            _measure("pypdf", options.rivals, _PYPDF, path, options.pages)
            _measure("docling-parse", options.rivals, _DOCLING, path, options.pages)


def long_pdf(source: Path, target: Path, pages: int) -> Path:
    """The pages of `source` over and over."""
    one, many = pypdfium2.PdfDocument(source), pypdfium2.PdfDocument.new()
    left = pages
    while left > 0:
        many.import_pages(one, list(range(min(left, len(one)))))
        left -= len(one)
    many.save(target)
    many.close()
    one.close()
    return target


def _measure(name: str, python: Path, script: str, path: Path, pages: int) -> None:
    command = ["taskset", "--cpu-list", "0", str(python), "-c", script + _END, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"{name:<16} failed: {run.stderr.strip().splitlines()[-1][:100]}")
        return
    words = run.stdout.split()
    found = dict(zip(words[::2], words[1::2], strict=True))
    print(
        f"{name:<16}{pages / float(found['seconds']):8.0f}{float(found['megabytes']):8.0f}{int(found['characters']):12}"
    )


if __name__ == "__main__":
    main()
