"""Which pages are taken for one: `python -m bench.near_duplicates [--site DIR]`

Precision and recall over thresholds on made-up variants with known truth, and what would be merged of a real site.
`--site DIR` is a folder of HTML pages, such as one that tests crawl.
"""

from __future__ import annotations

import argparse
import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.made_up_site import WORDS
from crawler.running.boilerplate import Boilerplate
from crawler.running.likenesses import NEARLY, VERSIONS, Entry, are_one, are_releases
from ingest.parsers.web.outline import PageOutline, read_outline
from kit.gists import gist_of

_PAIRS = 300
_THRESHOLDS = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Pair:
    """`name` says what the second has become; `is_one` whether nobody would miss one of them."""

    name: str
    is_one: bool
    one: Entry
    other: Entry


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", type=Path)
    arguments = parser.parse_args()
    chosen = random.Random(48)  # noqa: S311 - made-up text, no secret
    began = time.perf_counter()
    pages, releases = [*_pages(chosen)], [*_releases(chosen)]
    each = (time.perf_counter() - began) / (2 * (len(pages) + len(releases)))
    print(f"{each * 1000:.2f} ms a page, made up and read")
    _tell("Pages, by their text alone", pages, chosen_threshold=NEARLY)
    _tell("Releases of a page", releases, chosen_threshold=VERSIONS)
    if arguments.site:
        _tell_site(arguments.site)


def _pages(chosen: random.Random) -> Iterator[Pair]:
    for _ in range(_PAIRS):
        text = _prose(chosen, chosen.randint(300, 1200))
        yield _pair(
            "under other crumbs, with another box", True, text, [*_prose(chosen, 6), *text, *_prose(chosen, 12)]
        )
        yield _pair("a word in 300 mended", True, text, _mended(chosen, text, every=300))
        yield _pair("another number", False, [*text, "price", "40"], [*text, "price", "45"])
        yield _pair("another title", False, text, text[:-1], titles=("Chair", "Table"))
        yield _pair("one paragraph of six is new", False, text, _rewritten(chosen, text, share=1 / 6))
        yield _pair("the same subject, told anew", False, text, chosen.sample(text, len(text)))
        short = _prose(chosen, 60)
        yield _pair("short, and a sentence is new", False, short, [*short[:-10], *_prose(chosen, 10)])


def _releases(chosen: random.Random) -> Iterator[Pair]:
    for _ in range(_PAIRS):
        text = _prose(chosen, chosen.randint(200, 1200))
        titles = ("Install, Tool 1.9 documentation", "Install, Tool 1.10 documentation")
        named = [[word if number % 90 else release for number, word in enumerate(text)] for release in ("1.9", "1.10")]
        yield _pair("only its number", True, named[0], named[1], titles=titles)
        more = [*named[1], *_prose(chosen, len(text) // 20)]
        yield _pair("its number, and a twentieth more", True, named[0], more, titles=titles)
        yield _pair("a quarter is new", False, named[0], _rewritten(chosen, named[1], share=0.25), titles=titles)
        yield _pair("rewritten", False, named[0], _prose(chosen, len(text)), titles=titles)


def _prose(chosen: random.Random, count: int) -> list[str]:
    return chosen.choices(WORDS, k=count)


def _mended(chosen: random.Random, text: list[str], *, every: int) -> list[str]:
    found = list(text)
    for place in chosen.sample(range(len(found)), max(1, len(found) // every)):
        found[place] = chosen.choice(WORDS)
    return found


def _rewritten(chosen: random.Random, text: list[str], *, share: float) -> list[str]:
    length = int(len(text) * share)
    start = chosen.randrange(len(text) - length)
    return [*text[:start], *_prose(chosen, length), *text[start + length :]]


def _pair(name: str, is_one: bool, one: list[str], other: list[str], titles: tuple[str, str] = ("A", "A")) -> Pair:
    first, second = (
        _entry(key, title, " ".join(text)) for key, title, text in zip("ab", titles, (one, other), strict=True)
    )
    if first is None or second is None:
        raise ValueError(f"{name}: too short to be compared")
    return Pair(name, is_one, first, second)


def _entry(key: str, title: str, text: str, language: str | None = None) -> Entry | None:
    gist = gist_of(text)
    return None if gist is None else Entry(key, key, title, language, gist)


def _tell(what: str, pairs: list[Pair], *, chosen_threshold: float) -> None:
    allowed = are_releases if chosen_threshold == VERSIONS else are_one
    scores = [
        (pair, pair.one.gist.likeness(pair.other.gist) if allowed(pair.one, pair.other) else 0.0) for pair in pairs
    ]
    print(f"\n{what}: {len(pairs)} pairs")
    for threshold in _THRESHOLDS:
        merged = [pair for pair, score in scores if score >= threshold]
        right = sum(pair.is_one for pair in merged)
        precision, recall = right / len(merged) if merged else 1.0, right / sum(pair.is_one for pair in pairs)
        mark = "  <- taken" if threshold == chosen_threshold else ""
        print(f"  {threshold:.2f}: precision {precision:.3f}, recall {recall:.3f}{mark}")
    for name in dict.fromkeys(pair.name for pair in pairs):
        mine = [score for pair, score in scores if pair.name == name]
        share = sum(score >= chosen_threshold for score in mine) / len(mine)
        print(f"  {name}: {sum(mine) / len(mine):.2f} alike, {share:.1%} merged")


def _tell_site(folder: Path) -> None:
    outlines = [(path, read_outline(path.read_bytes())) for path in sorted(folder.rglob("*.html"))]
    found = [(path, outline) for path, outline in outlines if outline is not None and outline.lines]
    boilerplate = Boilerplate()
    for _, outline in found:
        boilerplate.see(outline.lines)
    entries = [entry for path, outline in found if (entry := _entry_of(path, outline, boilerplate.lines()))]
    pairs = [(one.gist.likeness(other.gist), one, other) for one, other in itertools.combinations(entries, 2)]
    merged = [(score, one.key, other.key) for score, one, other in pairs if score >= NEARLY and are_one(one, other)]
    merged += [
        (score, one.key, other.key) for score, one, other in pairs if score >= VERSIONS and are_releases(one, other)
    ]
    best = max(pairs, key=lambda pair: pair[0])
    print(f"\n{folder.name}: {len(entries)} pages, {len(pairs)} pairs, {len(merged)} merged")
    print(f"  the two most alike: {best[0]:.2f}, {best[1].key} and {best[2].key}")
    for score, one, other in merged[:20]:
        print(f"  {score:.2f} {one} = {other}")


def _entry_of(path: Path, outline: PageOutline, boilerplate: frozenset[bytes]) -> Entry | None:
    text = "\n".join(line for line, known in zip(outline.text, outline.lines, strict=True) if known not in boilerplate)
    return _entry(str(path), outline.title, text, outline.language)


if __name__ == "__main__":
    main()
