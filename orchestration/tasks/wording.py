"""Errors that name a status: each surface that shows statuses in words of its own says them in these."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from kit.errors import CairnError

StatusWords: TypeAlias = Mapping[type[StrEnum], Mapping[Any, str]]
"""By kind of status, how a surface shows each of them; a kind that is left out is shown as it is."""


class NamesStatuses(CairnError):
    """Its message is in the domain's words; `in_words` says the same in a surface's."""

    def __init__(self) -> None:
        super().__init__(self.in_words({}))

    def in_words(self, words: StatusWords) -> str:
        """One sentence. Where two statuses are one word there, it does not play one against the other."""
        raise NotImplementedError


def word_of(status: StrEnum, words: StatusWords) -> str:
    return str(words.get(type(status), {}).get(status, status.value))
