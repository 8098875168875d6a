from __future__ import annotations

from crawler.reasons import Reason
from crawler.running.likenesses import Entry, Likenesses
from kit.gists import gist_of
from tests.unit.kit.test_gists import text


def entry(url: str, words: list[str]) -> Entry:
    found = gist_of(" ".join(words))
    assert found is not None
    return Entry(url, url, "Installing", "en", found)


class TestRanked:
    def test_names_all_that_are_like_enough_the_most_alike_first(self) -> None:
        words = text()
        first = entry("https://example.org/docs/v1/install", [*words[:380], *text(words=20, seed=3)])
        third = entry("https://example.org/docs/v3/install", words)
        other = entry("https://example.org/docs/v9/install", text(seed=7))
        known = Likenesses()
        for one in (first, third, other):
            known.add(one)
        asked = entry("https://example.org/docs/v2/install", words)
        releases = [(Reason.OTHER_VERSION, third.key), (Reason.OTHER_VERSION, first.key)]
        assert list(known.ranked(asked))[:2] == releases
        known.remove(third.key)
        assert next(known.ranked(asked)) == releases[1]
        assert other.key not in {key for _, key in known.ranked(asked)}
