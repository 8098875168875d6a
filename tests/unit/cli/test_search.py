"""`cairn search`."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import Invalid
from tests.unit.cli.terminal import Terminal


class TestSearch:
    def test_refuses_an_empty_query(self, terminal: Terminal) -> None:
        assert isinstance(terminal.refusal("search", "  "), Invalid)

    def test_refuses_a_dataset_that_is_not_there_and_names_those_that_are(self, terminal: Terminal) -> None:
        assert "'Handbook'" in terminal.refusal("search", "notice", "--dataset", "Handbok").message

    def test_refuses_where_there_is_no_dataset_yet(self, tmp_path: Path) -> None:
        assert "cairn ingest" in Terminal(tmp_path / "home").refusal("search", "notice").message

    @pytest.mark.parametrize("words", [("--top-k", "21"), ("--alpha", "2"), ("--min-score", "-1")])
    def test_does_not_understand_what_is_out_of_bounds(self, terminal: Terminal, words: tuple[str, str]) -> None:
        assert words[0] in terminal.run("search", "notice", *words, status=2).stderr

    def test_finds_the_passage(self, terminal: Terminal) -> None:
        best = terminal.json("search", "How long is the notice period?")["results"][0]
        assert best["fileName"] == "house/notice.md"
        assert "three months" in best["content"]
        assert best["metadata"]["headingPath"] == ["Working here", "Notice"]

    def test_shows_it_to_a_person(self, terminal: Terminal) -> None:
        shown = terminal.run("search", "Where do cars stand?", "--dataset", "Handbook", "--rerank", "--top-k", "1")
        first, *rest = shown.stdout.splitlines()
        assert first.startswith("1. 0.")
        assert first.endswith("  house/below/parking.md, Parking")
        assert "   Cars stand in row seven [behind] the house." in rest

    def test_says_when_there_is_nothing_and_what_to_try(self, terminal: Terminal) -> None:
        said = terminal.run("search", "notice", "--min-score", "1").stdout
        assert said.startswith("Nothing was found.")
        assert "--min-score" in said
