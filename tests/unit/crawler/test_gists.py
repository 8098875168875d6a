"""How alike two texts are, and what addresses say about versions and languages of pages."""

from __future__ import annotations

import random

import pytest

from crawler.gists import Gist, gist_of
from crawler.languages import alternate_of, checked_tag, is_wanted, language_of
from crawler.variants import family_of, rank_of, title_without_version


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


class TestAddressesOfReleases:
    @pytest.mark.parametrize(
        ("better", "worse"),
        [
            ("/docs/a", "/docs/stable/a"),
            ("/docs/stable/a", "/docs/latest/a"),
            ("/docs/latest/a", "/docs/v2/a"),
            ("/docs/1.10/a", "/docs/1.9/a"),
            ("/docs/2.1/a", "/docs/2/a"),
            ("/docs/16/a", "/docs/15/a"),
            ("/docs/1.0/a", "/docs/2.0rc1/a"),
            ("/docs/2.0rc1/a", "/docs/main/a"),
            ("/docs/v3/a", "/docs/v2.x/a"),
        ],
    )
    def test_are_one_family_with_an_order(self, better: str, worse: str) -> None:
        one, other = f"https://d.example{better}", f"https://d.example{worse}"
        assert family_of(one) == family_of(other)
        assert rank_of(one) < rank_of(other)

    @pytest.mark.parametrize(
        "path", ["/chapter/1/a", "/2024/a", "/v2", "/news/2024/05/a", "/versioned/a", "/products/12/a"]
    )
    def test_are_not_seen_where_a_number_means_something_else(self, path: str) -> None:
        assert family_of(f"https://d.example{path}") == f"https://d.example{path}"

    def test_come_before_their_print_view_and_titles_lose_their_number(self) -> None:
        assert rank_of("https://d.example/v1/a") < rank_of("https://d.example/v2/a?print=1")
        assert title_without_version("Setup, Tool 1.9 manual") == title_without_version("Setup, Tool 1.10rc2 manual")


class TestALanguage:
    ALTERNATES = (
        ("x-default", "https://d.example/"),
        ("de", "https://d.example/de/"),
        ("en-us", "https://d.example/us/"),
    )

    @pytest.mark.parametrize(
        ("url", "declared", "language"),
        [
            ("https://d.example/de/", "en", "de"),
            ("https://d.example/fr/a", "en", "en"),
            ("https://d.example/fr/a", None, "fr"),
            ("https://d.example/pt-BR/a", None, "pt-br"),
            ("https://d.example/xx/a", None, None),
            ("https://d.example/docs/a", None, None),
        ],
    )
    def test_is_what_the_page_says_among_its_translations_then_itself_then_its_address(
        self, url: str, declared: str | None, language: str | None
    ) -> None:
        assert language_of(url, declared=declared, alternates=self.ALTERNATES) == language

    def test_leads_from_each_translation_to_the_one_for_everybody(self) -> None:
        assert alternate_of("https://d.example/de/", self.ALTERNATES) == "https://d.example/"
        assert alternate_of("https://d.example/", self.ALTERNATES) is None
        assert alternate_of("https://d.example/solo", ()) is None
        assert alternate_of("https://d.example/de/", self.ALTERNATES[1:]) is None

    def test_is_wanted_with_its_countries_and_where_it_is_unknown(self) -> None:
        assert is_wanted("en-gb", ["en"])
        assert not is_wanted("en", ["en-gb"])
        assert not is_wanted("eno", ["en"])
        assert is_wanted(None, ["en"])
        assert is_wanted("ja", [])

    @pytest.mark.parametrize(
        ("given", "tag"), [(" EN_us ", "en-us"), ("english", None), ("", None), ("zh-Hant-TW", "zh-hant-tw")]
    )
    def test_is_a_tag_or_refused(self, given: str, tag: str | None) -> None:
        assert checked_tag(given) == tag
