"""What parsing keeps: words, headings and table cells, beside markitdown and unstructured.

    python -m bench.parse_quality                                  # Cairn alone
    python -m bench.parse_quality --rivals VENV/bin/python         # an environment with both rivals
    python -m bench.parse_quality --format pdf --by-file           # where a score comes from
    python -m bench.parse_quality --format html --without wiki_duck   # without files whose name holds this

The data is under CAIRN_DATA (default ../shared/data) in docs/docling. Scores are over all items of a format's files:
words as a multiset; headings by text and level, up to one shift of a file's levels, and by text alone (titles: the
ground truth of PDFs gives one level to all of them); cells by their text; neighbours by pairs of cells beside or below
each other, which tell a cell in its place from one elsewhere. The ground truth is what docling makes of each file with
its models: a strong opinion, and not the truth. Where it leaves text out (tables of contents, running heads, pictures'
texts) or takes a chart's values in, so must a perfect score. It keeps the navigation of web pages, so these are read
twice: their main content, and whole.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from bench.parse_scores import Scores, scores
from bench.parse_shape import Shape, shape_of_markdown
from ingest.documents import BlockKind, Document
from ingest.parsers.errors import ParseRefused
from ingest.parsers.options import ParseOptions
from ingest.parsers.parsing import parse

FORMATS = ("pdf", "docx", "pptx", "xlsx", "html", "md", "csv", "epub", "odf", "doc", "ppt", "xls", "email")
RIVALS = ("markitdown", "unstructured")


def main() -> None:
    options = _arguments()
    cases = {name: _cases(options.data / name, only=options.file) for name in options.format or FORMATS}
    if options.without:
        cases = {name: _without(options.without, files) for name, files in cases.items()}
    found: dict[str, dict[Path, Shape | str]] = {"cairn": _cairn(_sources(cases), ParseOptions())}
    if pages := [source for source in _sources(cases) if source.suffix.startswith(".htm")]:
        found["cairn, whole"] = _cairn(pages, ParseOptions(only_main_content=False))
    for rival in RIVALS if options.rivals else ():
        found[rival] = _rival(options.rivals, rival, _sources(cases))
    _print(cases, found, by_file=options.by_file)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.parse_quality", description=__doc__)
    default = Path(os.environ.get("CAIRN_DATA", "../shared/data")) / "docs" / "docling"
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--rivals", type=Path, help="the Python of an environment with markitdown and unstructured")
    parser.add_argument("--format", action="append", choices=FORMATS)
    parser.add_argument("--file", help="only files whose name holds this")
    parser.add_argument("--without", help="no files whose name holds this")
    parser.add_argument("--by-file", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        parser.exit(2, f"there is no data in {options.data}: set CAIRN_DATA\n")
    return options


def _cases(folder: Path, *, only: str | None) -> dict[Path, Path]:
    """Ground truth by source; files without any are left out. PDFs made of OpenDocument files count as PDF."""
    if folder.name == "pdf":
        printed = {source: truth for source, truth in _found(folder.with_name("odf"), only).items() if _is_pdf(source)}
        return {**_found(folder, only), **printed}
    return {source: truth for source, truth in _found(folder, only).items() if not _is_pdf(source)}


def _without(name: str, files: Mapping[Path, Path]) -> dict[Path, Path]:
    return {source: truth for source, truth in files.items() if name not in source.name}


def _is_pdf(path: Path) -> bool:
    return path.suffix == ".pdf"


def _found(folder: Path, only: str | None) -> dict[Path, Path]:
    truths = {path.name: path for path in (folder / "groundtruth").glob("*.md")}
    return {
        source: truth
        for source in sorted((folder / "sources").glob("*"))
        if (truth := truths.get(f"{source.name}.md") or truths.get(f"{source.stem}.md"))
        and (only is None or only in source.name)
    }


def _sources(cases: Mapping[str, Mapping[Path, Path]]) -> Sequence[Path]:
    return [source for files in cases.values() for source in files]


def _cairn(sources: Sequence[Path], options: ParseOptions) -> dict[Path, Shape | str]:
    found: dict[Path, Shape | str] = {}
    for source in sources:
        try:
            found[source] = _shape_of(parse(source, source.name, options))
        except ParseRefused as error:
            found[source] = error.code
    return found


def _shape_of(document: Document) -> Shape:
    shape = Shape()
    for block in document.blocks:
        if block.table is not None:
            shape.add_text(block.table.caption)
            shape.add_table(block.table.rows)
        elif block.kind is BlockKind.HEADING:
            shape.add_heading(block.level, block.text)
        else:
            shape.add_text(block.text)
    return shape


def _rival(python: Path, rival: str, sources: Sequence[Path]) -> dict[Path, Shape | str]:
    script = Path(__file__).with_name("parse_rivals.py")
    run = subprocess.run(
        [str(python), str(script), rival, *map(str, sources)], capture_output=True, text=True, check=True
    )
    found: dict[Path, Shape | str] = {}
    for line in run.stdout.splitlines():
        if line.startswith('{"file"'):
            answer = json.loads(line)
            found[Path(answer["file"])] = _shape_of_rival(answer)
    return found


def _shape_of_rival(answer: Mapping[str, Any]) -> Shape | str:
    if "error" in answer:
        return str(answer["error"])
    if "markdown" in answer:
        return shape_of_markdown(answer["markdown"] or "")
    shape = Shape()
    for element in answer["elements"]:
        if element["kind"] == "Table" and element["html"]:
            shape.add_table(_rows_of_html(element["html"]))
        elif element["kind"] == "Title":
            shape.add_heading((element["depth"] or 0) + 1, element["text"])
        else:
            shape.add_text(element["text"] or "")
    return shape


class _TableReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - HTMLParser's
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += f" {data}"


def _rows_of_html(text: str) -> list[list[str]]:
    reader = _TableReader()
    reader.feed(text)
    return reader.rows


def _print(
    cases: Mapping[str, Mapping[Path, Path]], found: Mapping[str, Mapping[Path, Shape | str]], *, by_file: bool
) -> None:
    columns = f"{'word P':>8}{'word R':>8}{'word F1':>8}{'head F1':>8}{'title F1':>9}{'cell F1':>8}{'nbr F1':>8}"
    print(f"{'':<36}{'':<14}{columns}  failed")
    for name, files in cases.items():
        if not files:
            continue
        totals: defaultdict[str, Scores] = defaultdict(Scores)
        failed: defaultdict[str, int] = defaultdict(int)
        engines = {engine: shapes for engine, shapes in found.items() if not shapes.keys().isdisjoint(files)}
        for source, truth in files.items():
            wanted = shape_of_markdown(truth.read_text(encoding="utf-8"))
            for engine, shapes in engines.items():
                shape = shapes.get(source, "no answer")
                failed[engine] += isinstance(shape, str)
                score = scores(Shape() if isinstance(shape, str) else shape, wanted)
                totals[engine] += score
                if by_file:
                    _line(source.name, engine, score, shape if isinstance(shape, str) else "")
        for engine in engines:
            _line(f"{name} ({len(files)} files)", engine, totals[engine], str(failed[engine] or ""))


def _line(name: str, engine: str, score: Scores, remark: str) -> None:
    words = score.words
    said = "".join(f"{figure:8.3f}" for figure in (words.precision, words.recall, words.f1, score.headings.f1))
    placed = f"{score.titles.f1:9.3f}{score.cells.f1:8.3f}{score.neighbours.f1:8.3f}"
    print(f"{name[:35]:<36}{engine:<14}{said}{placed}  {remark}")


if __name__ == "__main__":
    main()
