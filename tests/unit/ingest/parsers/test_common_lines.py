"""What the pages of a site share is taken out before anything is extracted."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import html

from ingest.parsers.options import ParseOptions
from ingest.parsers.web.outline import read_outline
from ingest.parsers.web.page import read
from ingest.parsers.web.shared_lines import blank_common
from ingest.parsers.web.tree import parse_html

PAGE = """<html><head><title>Lamp</title></head><body><nav><a href="/">Home</a></nav>
<div class="bar"><p>We use biscuits</p> <a href="/no"><b>Refuse</b> all</a><p>Accept <i>all</i> biscuits</p></div>
<main><h1>The lamp</h1>loose words<p>The lamp in the hall is switched off at midnight.</p>
<ul><li>Edit this page</li><li>It has two bulbs.</li></ul>
<table><tr><th>Bulb</th><th>Watts</th></tr><tr><td>left</td><td>Edit this page</td></tr></table>
<p>Before<br>Edit this page<br/>after</p></main></body></html>"""
COMMON = ("we use biscuits", "refuse all", "accept all biscuits", "edit this page")


def hashes(source: str, *lines: str) -> frozenset[bytes]:
    outline = read_outline(source.encode())
    assert outline is not None
    known = {text.casefold(): line for text, line in zip(outline.text, outline.lines, strict=True)}
    return frozenset(known[line] for line in lines)


class TestBlanking:
    def test_empties_just_the_lines_that_are_named(self) -> None:
        root = parse_html(PAGE)
        assert root is not None
        before = read_outline(PAGE.encode())
        assert blank_common(root, hashes(PAGE, *COMMON)) == 6
        after = read_outline(html.tostring(root))
        assert before is not None
        assert after is not None
        assert list(after.text) == [line for line in before.text if line.casefold() not in COMMON]

    @pytest.mark.parametrize("depth", [10, 300, 500])
    def test_tells_lines_apart_as_the_outline_does_at_any_depth(self, depth: int) -> None:
        source = f"<html><body>{'<div>' * depth}<p>one</p>two{'</div>' * depth}<p>three</p></body></html>"
        root, outline = parse_html(source), read_outline(source.encode())
        if outline is None:
            pytest.skip("the parser reads nothing that deep")
        assert root is not None
        assert blank_common(root, frozenset(outline.lines[:-1])) == (2 if depth <= 300 else 0)
        assert blank_common(root, frozenset(outline.lines)) == 0


class TestAPage:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "lamp.html"
        path.write_text(PAGE, encoding="utf-8")
        return path

    def texts(self, path: Path, common: frozenset[bytes]) -> str:
        options = ParseOptions(common_lines=b"".join(sorted(common)))
        return "\n".join(block.text for block in read(path, file_name="lamp.html", options=options).blocks)

    def test_is_read_without_them(self, path: Path) -> None:
        assert "Edit this page" in self.texts(path, frozenset())
        said = self.texts(path, hashes(PAGE, *COMMON))
        assert "switched off at midnight" in said
        assert "two bulbs" in said
        assert "Edit this page" not in said
        assert "biscuits" not in said

    def test_that_says_nothing_else_is_read_whole(self, path: Path) -> None:
        outline = read_outline(PAGE.encode())
        assert outline is not None
        assert "switched off at midnight" in self.texts(path, frozenset(outline.lines))
