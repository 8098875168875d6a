"""Titles of the pages that sites show for what is not there."""

from __future__ import annotations

import pytest

from crawler.engine.judgement import says_not_there


class TestATitle:
    @pytest.mark.parametrize(
        "title",
        [
            "404", "404 | Acme", "Acme - 404", "Error 404 (Not Found)!!1", "HTTP 404", "Acme: Error 404", "404 error",
            "404 page", "Page not found", "Seite nicht gefunden – Acme", "404, nothing here", "Acme » 404",
        ],
    )  # fmt: skip
    def test_of_an_error_page_is_known(self, title: str) -> None:
        assert says_not_there(title)

    @pytest.mark.parametrize(
        "title",
        ["Page 404", "Room 404", "Section 404 of the act", "404 ways to cook rice", "Peugeot 404", "Flight 1404"],
    )
    def test_with_a_number_in_it_is_a_title(self, title: str) -> None:
        assert not says_not_there(title)
