"""An answer's sentences that no passage stands behind."""

from __future__ import annotations

import re
from dataclasses import replace

from orchestration.runs.citations import Checked
from retrieval.search.highlighting import sentences_of

MARK = " [unsupported]"

_QUOTED = re.compile(r"(?:“(?P<quote>(?:(?!\[(?:cite|unsupported):).)+)”\s*)?\[(?:cite|unsupported):[^\]\s]{1,200}\]")
_NO_CLAIM = re.compile(r"^\s*(?:#|```|\|?[\s:|-]*$)|[:?]\W*$")
"""Headings, rules, the lead to a list, and questions state nothing."""

_ASIDE = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"\w\w")


def marked(answer: Checked) -> Checked:
    """With `[unsupported]` behind each sentence that has no citation, whether it should have one or not: code cannot
    tell what states a fact. Those with a citation were looked at when it was checked."""
    lines, count = [], 0
    for line in answer.text.splitlines(keepends=True):
        shown, more = _line(line)
        lines.append(shown)
        count += more
    return replace(answer, text="".join(lines), uncited=count)


def _line(line: str) -> tuple[str, int]:
    masked, ends = _QUOTED.sub(_mask, line), []
    for span in sentences_of(masked):
        sentence = masked[span.start : span.end]
        if "\ue000" not in sentence and not _NO_CLAIM.search(sentence) and _WORD.search(_ASIDE.sub("", sentence)):
            ends.append(span.start + len(sentence.rstrip()))
    for end in reversed(ends):
        line = line[:end] + MARK + line[end:]
    return line, len(ends)


def _mask(match: re.Match[str]) -> str:
    """As long, and a sentence's end where the quote is one."""
    quote = (match["quote"] or "").rstrip()
    return "\ue000" * (len(match[0]) - 1) + ("." if quote.endswith((".", "!", "?")) else "\ue000")
