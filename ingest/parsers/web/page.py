"""HTML files: the whole text of a plain document; of a web page its main content, or all that it shows."""

from __future__ import annotations

from pathlib import Path

from lxml import html

from ingest.documents import LITTLE_MAIN_CONTENT, Document
from ingest.parsers.collector import BlockCollector
from ingest.parsers.encoding import decode
from ingest.parsers.kinds import FileKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.web.blocks import HtmlBlocks
from ingest.parsers.web.controls import uncover_headings, write_out_controls
from ingest.parsers.web.extraction import main_tree, without_surroundings
from ingest.parsers.web.facts import facts_of
from ingest.parsers.web.shared_lines import blank_common, split_hashes
from ingest.parsers.web.tree import declared_charset, parse_html

_CHROME = frozenset({"nav", "footer", "aside", "form"})
_FURNITURE = "//nav | //footer | //aside | //form | //*[@role='navigation'] | //script[@src]"
_MAIN = "//main | //*[@role='main'] | //article"
_LEAST_SHARE = 0.25
"""Of the characters in the page's own main element: below it trafilatura has dropped content, as it does on pages
made of tables, code or short entries. `python -m bench.web_content` says what it gains and costs."""

_LITTLE = 500
"""Characters of main content, below which a page is looked at for how much more it shows."""


def read(path: Path, *, file_name: str, options: ParseOptions) -> Document:
    data = path.read_bytes()
    return read_html(decode(data, declared=declared_charset(data)), file_name=file_name, options=options)


def read_html(source: str, *, file_name: str, options: ParseOptions) -> Document:
    """FileHasNoText for a page without visible text, such as one that is drawn by a script."""
    nothing = f"the page {file_name!r} has no visible text; if a script draws it, save the page as a browser shows it"
    collector = BlockCollector(options)
    root = parse_html(source)
    if root is None:
        return collector.document(mime_type=FileKind.HTML.mime_type, nothing=nothing)
    facts = facts_of(root)
    collector = _main_part(root, options) if options.only_main_content else whole_page(root, options)
    return collector.document(
        mime_type=FileKind.HTML.mime_type,
        nothing=nothing,
        title=facts.title,
        language=facts.language,
        metadata=facts.metadata,
        published_at=facts.published_at,
    )


def whole_page(root: html.HtmlElement, options: ParseOptions) -> BlockCollector:
    """All that a page shows, what the pages of its site have in common included. Writes into `root`."""
    write_out_controls(root)
    return _walked(root, options, skip=frozenset())


def _main_part(root: html.HtmlElement, options: ParseOptions) -> BlockCollector:
    if options.common_lines:
        blank_common(root, split_hashes(options.common_lines))
    uncover_headings(root)
    found = main_content(root, options)
    if found.characters < _LITTLE:
        shown = whole_page(root, options).characters
        if found.characters < shown * _LEAST_SHARE:
            found.warn(LITTLE_MAIN_CONTENT, f"its main content has {found.characters} of the page's {shown} characters")
    return found


def main_content(root: html.HtmlElement, options: ParseOptions) -> BlockCollector:
    """Pages without navigation, scripts and the like are taken whole. Others go through trafilatura, unless it finds
    much less than the page's own <main> or <article> holds without comments and the like, or nothing."""
    if not root.xpath(_FURNITURE):
        return _walked(root, options, skip=frozenset())
    extracted = _extracted(root, options)
    marked = root.xpath(_MAIN)
    own = marked[0] if len(marked) == 1 else root
    if extracted.characters and (own is root or not _is_much_less(extracted, own, options)):
        return extracted
    own = without_surroundings(own)
    if extracted.characters and not _is_much_less(extracted, own, options):
        return extracted
    stripped = _walked(own, options, skip=_CHROME)
    return stripped if stripped.characters else _walked(root, options, skip=frozenset())


def _is_much_less(extracted: BlockCollector, own: html.HtmlElement, options: ParseOptions) -> bool:
    """Mostly told by all of the element's text, hidden or not, with room for the marks of lists and tables."""
    if extracted.characters >= own.xpath("string-length(.) * 2 + count(.//*) * 16") * _LEAST_SHARE:
        return False
    return extracted.characters < _walked(own, options, skip=_CHROME).characters * _LEAST_SHARE


def _walked(root: html.HtmlElement, options: ParseOptions, *, skip: frozenset[str]) -> BlockCollector:
    collector = BlockCollector(options)
    HtmlBlocks(collector, skip=skip).add(root)
    return collector


def _extracted(root: html.HtmlElement, options: ParseOptions) -> BlockCollector:
    collector = BlockCollector(options)
    found = main_tree(root)
    if found is not None:
        HtmlBlocks(collector).add(found)
    return collector
