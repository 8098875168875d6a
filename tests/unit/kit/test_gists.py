"""How alike two texts are."""

from __future__ import annotations

import random

import pytest

from kit.gists import Gist, gist_of


def text(*, words: int = 400, seed: int = 1) -> list[str]:
    chosen = random.Random(seed)  # noqa: S311 - made-up text, no secret
    return [f"word{chosen.randint(1, 5000)}" for _ in range(words)]


def gist(words: list[str]) -> Gist:
    found = gist_of(" ".join(words))
    assert found is not None
    return found


class TestAGist:
    def test_tells_how_many_runs_of_words_two_texts_share(self) -> None:
        one = text()
        other = [*one[:300], *text(words=100, seed=2)]
        runs = [{tuple(words[at : at + 3]) for at in range(len(words) - 2)} for words in (one, other)]
        shared = len(runs[0] & runs[1]) / len(runs[0] | runs[1])
        assert gist(one).likeness(gist(other)) == pytest.approx(shared, abs=0.13)
        assert gist(one).likeness(gist(one)) == 1.0
        assert gist(one).likeness(gist(text(seed=9))) < 0.05

    def test_is_the_same_after_it_was_kept_and_whatever_the_case_and_the_blanks(self) -> None:
        one = gist(text())
        assert Gist.unpacked(one.packed()) == one
        assert gist_of("\n".join(text()).upper()) == one
        assert Gist.unpacked(None) is None

    def test_tells_texts_apart_by_their_numbers(self) -> None:
        words = ["plain", *(word.rstrip("0123456789") + chr(97 + len(word) % 20) for word in text())]
        assert gist([*words, "40"]).numbers != gist([*words, "45"]).numbers
        assert gist([*words, "40", "40"]).numbers == gist([*words, "40"]).numbers

    def test_is_none_of_a_few_words_and_one_of_scripts_without_blanks(self) -> None:
        assert gist_of("only a few words") is None
        assert gist_of("知識庫是可以信任的" * 20) is not None
