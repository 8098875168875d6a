"""Markdown by markdown-it-py: headings, paragraphs, lists, tables and code; front matter becomes metadata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from ingest.documents import Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.encoding import decode
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.tables import table_of
from ingest.parsers.web.blocks import HtmlBlocks
from ingest.parsers.web.tree import parse_html

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FRONT_FIELD = re.compile(r"^([A-Za-z_][\w-]*):[ \t]*(.*?)[ \t]*$")


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    text = decode(path.read_bytes())
    metadata, body = front_matter(text)
    collector = BlockCollector(options)
    MarkdownBlocks(collector).add(body)
    return collector.document(
        mime_type=FileKind.MARKDOWN.mime_type,
        nothing=f"the Markdown file {file_name!r} has no text",
        title=metadata.get("title"),
        language=metadata.get("lang") or metadata.get("language"),
        metadata=metadata,
        published_at=metadata.get("date") or metadata.get("published"),
    )


def front_matter(text: str) -> tuple[Mapping[str, str], str]:
    """The plain `key: value` lines of a leading --- block, and the text behind it. Nested values are left out."""
    match = _FRONT_MATTER.match(text)
    if match is None:
        return {}, text
    fields = (_FRONT_FIELD.match(line) for line in match[1].splitlines())
    values = {field[1].lower(): field[2].strip("\"'") for field in fields if field and field[2]}
    return values, text[match.end() :]


class MarkdownBlocks:
    """Feeds the blocks of one text to a collector."""

    def __init__(self, collector: BlockCollector, *, page: int | None = None) -> None:
        self._collector = collector
        self._page = page

    def add(self, text: str) -> None:
        parser = MarkdownIt("commonmark", {"maxNesting": 50}).enable("table")
        for node in SyntaxTreeNode(parser.parse(text)).children:
            self._add_node(node)

    def _add_node(self, node: SyntaxTreeNode) -> None:
        match node.type:
            case "heading":
                self._collector.heading(_text(node), int(node.tag[1:]), page=self._page)
            case "bullet_list" | "ordered_list":
                self._collector.list(list(_items(node, 0)), page=self._page)
            case "table":
                self._collector.table(table_of(_rows(node)), page=self._page)
            case "fence" | "code_block":
                self._collector.code(node.content, page=self._page)
            case "html_block":
                self._add_html(node.content)
            case "blockquote":
                for child in node.children:
                    self._add_node(child)
            case _:
                self._collector.text(_text(node), page=self._page)

    def _add_html(self, source: str) -> None:
        root = parse_html(source)
        if root is not None:
            HtmlBlocks(self._collector, page=self._page).add(root)


def _items(node: SyntaxTreeNode, depth: int) -> Iterator[tuple[int, str]]:
    """Items with their depth; code and further paragraphs of an item stay in it."""
    start = int(node.attrs.get("start", 1) or 1) if node.type == "ordered_list" else None
    for number, item in enumerate(node.children, start=start or 0):
        own = [child for child in item.children if child.type not in {"bullet_list", "ordered_list"}]
        text = " ".join(filter(None, (_text(child) for child in own)))
        yield depth, f"{number}. {text}" if start is not None and text else text
        for child in item.children:
            if child.type in {"bullet_list", "ordered_list"}:
                yield from _items(child, depth + 1)


def _rows(table: SyntaxTreeNode) -> Iterator[Sequence[str]]:
    for part in table.children:
        for row in part.children:
            yield [_text(cell) for cell in row.children]


def _text(node: SyntaxTreeNode) -> str:
    """What a reader sees: link and emphasis marks gone, code and image descriptions kept."""
    if node.type in {"text", "code_inline", "fence", "code_block"}:
        return node.content
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    if node.type == "image":
        return node.content
    if node.type in {"html_inline", "html_block"}:
        return " " if node.content.lower().startswith("<br") else ""
    glue = "" if node.type in {"inline", "link", "em", "strong", "s", "paragraph", "heading", "th", "td"} else "\n"
    return glue.join(_text(child) for child in node.children)
