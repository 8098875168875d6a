"""Names of files as they come from callers, well meant or not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.files.names import LONGEST, clean_name
from kit.errors import Invalid


class TestCleanName:
    @pytest.mark.parametrize("given", ["", " ", "/", "..", "../..", ".\\..", "\x00", "a" * (LONGEST + 1)])
    def test_refuses_what_is_no_name(self, given: str) -> None:
        with pytest.raises(Invalid):
            clean_name(given)

    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ("report.pdf", "report.pdf"),
            ("reports/2026/q1.pdf", "reports/2026/q1.pdf"),
            ("reports\\q1.pdf", "reports/q1.pdf"),
            ("../../etc/passwd", "etc/passwd"),
            ("/etc/passwd", "etc/passwd"),
            ("a/./b//c.txt", "a/b/c.txt"),
            ("line\r\nbreak\x00.txt", "line  break .txt"),
            (" . / .. /a.txt ", "a.txt"),
            ("u\u0308ber.txt", "\u00fcber.txt"),
            ("broken\udcff.txt", "broken?.txt"),
            ("...", "..."),
            ("a" * LONGEST, "a" * LONGEST),
        ],
    )
    def test_keeps_folders_and_drops_what_leads_out_of_them(self, given: str, name: str) -> None:
        assert clean_name(given) == name

    @given(given=st.text(alphabet=st.sampled_from([*"ab./\\ \x00\n\udc80\u0308"]), max_size=30))
    def test_gives_what_it_leaves_as_it_is_itself(self, given: str) -> None:
        try:
            name = clean_name(given)
        except Invalid:
            return
        assert clean_name(name) == name
        assert not {"", ".", ".."} & {*name.split("/")}
        assert name.isprintable()
