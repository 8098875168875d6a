"""One result of passages that follow each other in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from retrieval.search.ports import Place
from retrieval.search.types import SearchHit

_LONGEST_OVERLAP = 8000  # characters: 512 tokens, at the most that a token has
_SHORTEST_OVERLAP = 12


def merged_neighbours(hits: Sequence[SearchHit], places: Mapping[str, Place]) -> list[SearchHit]:
    """Hits whose chunks touch become one, where the best of them stood and with its score, in the file's order."""
    runs = _runs(hits, places)
    merged = []
    for index, hit in enumerate(hits):
        run = runs[index]
        if run[0] == index:
            merged.append(_together([hits[one] for one in run], places) if len(run) > 1 else hit)
    return merged


def _runs(hits: Sequence[SearchHit], places: Mapping[str, Place]) -> list[list[int]]:
    """For each hit the hits of its run, best first."""
    by_place = {_key(places[hit.passage.chunk_id]): i for i, hit in enumerate(hits) if hit.passage.chunk_id in places}
    runs: dict[int, list[int]] = {index: [index] for index in range(len(hits))}
    for (file_id, generation, position), index in sorted(by_place.items()):
        before = by_place.get((file_id, generation, position - 1))
        if before is not None:
            run = runs[before]
            run.append(index)
            runs[index] = run
    for run in runs.values():
        run.sort()
    return [runs[index] for index in range(len(hits))]


def _key(place: Place) -> tuple[str, int, int]:
    return place.file_id, place.generation, place.position


def _together(run: Sequence[SearchHit], places: Mapping[str, Place]) -> SearchHit:
    best = run[0]
    ordered = sorted(run, key=lambda hit: places[hit.passage.chunk_id].position)
    content = joined([hit.passage.content for hit in ordered])
    first = ordered[0].passage
    passage = replace(best.passage, content=content, page=first.page, heading_path=first.heading_path)
    return replace(best, passage=passage, merged=[hit.passage.chunk_id for hit in ordered])


def joined(contents: Sequence[str]) -> str:
    """Texts that follow each other, each without what its beginning repeats of the one before."""
    whole = contents[0] if contents else ""
    for text in contents[1:]:
        repeated = _overlap(whole, text)
        whole += text[repeated:] if repeated else f"\n\n{text}"
    return whole


def _overlap(before: str, after: str) -> int:
    """Characters at the end of the one that the other begins with."""
    longest = min(len(before), len(after), _LONGEST_OVERLAP)
    return next((n for n in range(longest, _SHORTEST_OVERLAP - 1, -1) if before.endswith(after[:n])), 0)
