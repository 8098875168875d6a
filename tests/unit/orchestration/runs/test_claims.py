"""Which sentences of an answer have nothing behind them."""

from __future__ import annotations

import pytest

from orchestration.runs.citations import Checked
from orchestration.runs.claims import marked

QUOTE = "“It burns.” [cite:k]"


class TestASentence:
    @pytest.mark.parametrize(
        "text",
        [
            QUOTE,
            f"- {QUOTE} (ovens.md, page 3)",
            f"The file says {QUOTE}",
            "The oven was made by “Ferrante of Turin” [cite:k].",
            "“It burns.” [unsupported:k]",
            "# What is known",
            "This is known:",
            "Who made it?",
            "| --- | --- |",
            "",
        ],
    )
    def test_with_a_citation_or_without_a_statement_is_left_alone(self, text: str) -> None:
        assert marked(Checked(text, ())) == Checked(text, ())

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("It is old.", "It is old. [unsupported]"),
            ("It is old. It is hot.\n", "It is old. [unsupported] It is hot. [unsupported]\n"),
            (f"It is old. {QUOTE}", f"It is old. [unsupported] {QUOTE}"),
            (f"{QUOTE} It is old.", f"{QUOTE} It is old. [unsupported]"),
            ("“Hot” [cite:k]. It is old.", "“Hot” [cite:k]. It is old. [unsupported]"),
            ("- It is old", "- It is old [unsupported]"),
            ("炉は古い。", "炉は古い。 [unsupported]"),
        ],
    )
    def test_without_one_is_marked_and_counted(self, text: str, shown: str) -> None:
        answer = marked(Checked(text, ()))
        assert (answer.text, answer.unsupported) == (shown, shown.count("[unsupported]"))
