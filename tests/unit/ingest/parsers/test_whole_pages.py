"""Web pages with all that they show, and what tells that too little of one was kept."""

from __future__ import annotations

import pytest

from ingest.documents import LITTLE_MAIN_CONTENT, BlockKind
from ingest.parsers.options import ParseOptions
from ingest.parsers.web.lines import line_hashes
from tests.unit.ingest.parsers.conftest import ParseBytes

_WHOLE = ParseOptions(only_main_content=False)
_PROSE = "".join(f"<p>Sentence {n} of this page says what its readers came to find out.</p>" for n in range(9))
_PAGE = f"""<html><body><nav><h2>Chapters</h2><ul><li>Cranes</li><li>Herons</li></ul></nav>
<main><h1>Birds</h1>{_PROSE}</main><aside>Do you know the egret?</aside>
<footer>Printed in Leeds</footer></body></html>"""


def text_of(parse_bytes: ParseBytes, page: str, options: ParseOptions = _WHOLE) -> str:
    return "\n".join(block.text for block in parse_bytes(page, "a.html", options).blocks)


class TestAWholePage:
    def test_keeps_what_stands_around_its_main_content(self, parse_bytes: ParseBytes) -> None:
        around = ("Chapters", "- Cranes\n- Herons", "egret", "Printed in Leeds")
        main, whole = text_of(parse_bytes, _PAGE, ParseOptions()), text_of(parse_bytes, _PAGE)
        assert [part for part in around if part in main] == []
        assert [part for part in around if part not in whole] == []
        assert "Sentence 8" in main
        assert "Sentence 8" in whole

    def test_keeps_lines_that_all_pages_of_its_site_have(self, parse_bytes: ParseBytes) -> None:
        page = _PAGE.replace("</main>", "<p>Edit this page</p></main>")
        common = b"".join(line_hashes("Edit this page"))
        for only_main in (True, False):
            options = ParseOptions(common_lines=common, only_main_content=only_main)
            assert ("Edit this page" in text_of(parse_bytes, page, options)) is not only_main

    def test_shows_its_controls_as_a_reader_sees_them(self, parse_bytes: ParseBytes) -> None:
        form = """<form><label>Name</label><input value="Ada"><input type="hidden" value="token9">
        <input type="password" value="s3cret"><input type="checkbox" value="box1">
        <select><option>Herons</option><option selected>Egrets</option></select>
        <select><option>Leeds</option><option>York</option></select>
        <select multiple><option>Unchosen</option></select>
        <textarea>A note
        of two lines</textarea><button>Send <b>now</b></button><button>Leave</button></form>
        <dialog>Closed</dialog><dialog open>Please wait</dialog>"""
        text = text_of(parse_bytes, f"<html><body>{form}</body></html>")
        assert text.split("\n")[0] == "Name Ada Egrets Leeds A note of two lines Send now Leave"
        assert "Please wait" in text
        hidden = ("token9", "s3cret", "box1", "Unchosen", "Closed")
        assert [word for word in hidden if word in text] == []

    def test_leaves_out_what_is_hidden_but_not_what_is_behind_a_tab(self, parse_bytes: ParseBytes) -> None:
        page = """<html><body><p hidden>ghost</p><p style="display: none">phantom</p><p aria-hidden="true">shade</p>
        <div role="tabpanel" hidden><p>Second tab</p></div><p hidden="until-found">Folded away</p></body></html>"""
        assert text_of(parse_bytes, page) == "Second tab\nFolded away"


@pytest.mark.parametrize("options", [ParseOptions(), _WHOLE])
def test_a_heading_that_is_a_button_stays_a_heading(parse_bytes: ParseBytes, options: ParseOptions) -> None:
    page = _PAGE.replace("</h1>", "</h1><h2><button>May I feed them?</button></h2><p>Please do not feed them.</p>")
    headings = [block.text for block in parse_bytes(page, "a.html", options).blocks if block.kind is BlockKind.HEADING]
    assert "May I feed them?" in headings


class TestAPageOfWhichLittleIsKept:
    _HELLO = "".join(f"<p>The desk on floor {n} is open from nine to five.</p>" for n in range(7))
    _APP = f"<main><h1>Hi</h1>{_HELLO}</main>" + "".join(
        f"<form><label>Ticket {n} waits for an answer of yours since last Friday</label></form>" for n in range(40)
    )

    def test_is_warned_of_with_what_it_shows(self, parse_bytes: ParseBytes) -> None:
        (warning,) = parse_bytes(f"<html><body>{self._APP}</body></html>", "a.html").warnings
        assert warning.code == LITTLE_MAIN_CONTENT
        assert "main content has 324 of the page's 2554 characters" in warning.message

    @pytest.mark.parametrize(
        ("page", "options"), [(f"<html><body>{_APP}</body></html>", _WHOLE), (_PAGE, ParseOptions())]
    )
    def test_is_no_other(self, parse_bytes: ParseBytes, page: str, options: ParseOptions) -> None:
        assert parse_bytes(page, "a.html", options).warnings == ()
