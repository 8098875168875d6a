from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking.sentences import line_spans, sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


class TestLatin:
    @pytest.mark.parametrize(
        "text",
        [
            "Dr. Brown met Mr. J. R. Smith.",
            "See Fig. 3 and Eq. 4 for details.",
            "Use a store, e.g. Qdrant, i.e. a vector engine.",
            "It costs 3.50 euros at example.com today.",
            "He said “Really?” and left.",
            "Wait... there is more.",
            "Das ist z.B. Kohlendioxid.",
            "3. The third item",
            "iv. Fourth of all",
            "The U.S. Senate voted.",
            "Apples, pears, etc. were sold.",
        ],
    )
    def test_a_full_stop_inside_a_sentence_does_not_end_it(self, text: str) -> None:
        assert split(text) == [text]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
            ("It was 2019. The year ended.", ["It was 2019.", "The year ended."]),
            ('"Stop!" He ran. (It rained.) Then', ['"Stop!"', "He ran.", "(It rained.)", "Then"]),
            ("Really?! Yes… No.", ["Really?!", "Yes…", "No."]),
            ("¿Qué? ¡Sí! Vale.", ["¿Qué?", "¡Sí!", "Vale."]),
            ("A line\nthat goes on. Next", ["A line\nthat goes on.", "Next"]),
            ("No mark\n\nNext paragraph", ["No mark", "Next paragraph"]),
            ("He took vitamin. 20 people saw it.", ["He took vitamin.", "20 people saw it."]),
        ],
    )
    def test_a_sentence_ends_at_its_mark(self, text: str, expected: list[str]) -> None:
        assert split(text) == expected


class TestOtherScripts:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("今天很好。你好吗？是！", ["今天很好。", "你好吗？", "是！"]),  # noqa: RUF001 - full-width marks
            ("「行こう。」彼は言った。", ["「行こう。」", "彼は言った。"]),
            ("ما اسمك؟ أنا علي.", ["ما اسمك؟", "أنا علي."]),
            ("ฉันไปตลาด เขาอยู่บ้าน", ["ฉันไปตลาด", "เขาอยู่บ้าน"]),
            ("รุ่น 5 GB ราคา", ["รุ่น 5 GB ราคา"]),
            ("यह एक वाक्य है। यह दूसरा है॥", ["यह एक वाक्य है।", "यह दूसरा है॥"]),
            ("Это первое. Это второе.", ["Это первое.", "Это второе."]),
        ],
    )
    def test_a_sentence_ends_at_its_script_s_mark(self, text: str, expected: list[str]) -> None:
        assert split(text) == expected


class TestLines:
    def test_each_line_is_a_unit_with_its_indentation(self) -> None:
        text = "- one\n  - two\n\n   \n- three"
        assert [text[start:end] for start, end in line_spans(text)] == ["- one", "  - two", "- three"]


class TestAnyText:
    @given(st.text(alphabet="aB 1.!?…。\n\t\"')(॥", max_size=200))
    def test_the_spans_are_in_order_and_hold_every_character_but_blanks(self, text: str) -> None:
        spans = sentence_spans(text)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        assert "".join("".join(split(text)).split()) == "".join(text.split())

    @pytest.mark.parametrize("unit", [".", " ", "J. K. ", "e.g. A ", "\n \n", '"', ".\n"])
    def test_time_grows_with_the_length_only(self, unit: str) -> None:
        text = unit * (400_000 // len(unit))
        started = time.process_time()
        sentence_spans(text)
        line_spans(text)
        assert time.process_time() - started < 5  # about .3 s; minutes if it were quadratic
