"""What addresses say about versions and languages of pages."""

from __future__ import annotations

import pytest

from crawler.languages import alternate_of, checked_tag, is_wanted, language_of
from crawler.variants import family_of, rank_of, title_without_version


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
