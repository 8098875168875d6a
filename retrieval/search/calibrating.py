"""Searches of calibrated datasets: what stands behind each hit, and the scores that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from retrieval.search.calibration import POOL, Crowd, Curve, Strength, level_of
from retrieval.search.looks import Look
from retrieval.search.reranking import DEPTH
from retrieval.search.types import SearchHit
from retrieval.types import Ranked


def strengths(looks: Sequence[Look], hits: Sequence[SearchHit]) -> list[Strength]:
    """Of each hit: among its collection's candidates, or, where the hits were reranked, among those that were."""
    again = [hit.score for hit in hits if hit.reranked is not None]
    if again:
        crowd = Crowd.of(again, DEPTH)
        return [crowd.strength(hit.score) for hit in hits]
    by_dataset = {dataset_id: look for look in looks for dataset_id in look.target.dataset_ids}
    crowds: dict[str, Crowd] = {}
    for look in looks:
        best = [level_of(one, look.fusion.alpha) for one in islice(look.ranked(), POOL)]
        crowds |= dict.fromkeys(look.target.dataset_ids, Crowd.of(best))
    found = []
    for hit in hits:
        dataset_id = hit.passage.dataset_id
        found.append(crowds[dataset_id].strength(level_of(_as_ranked(hit), by_dataset[dataset_id].fusion.alpha)))
    return found


def calibrated(looks: Sequence[Look], hits: list[SearchHit]) -> list[SearchHit]:
    """In the same order, with `calibrated` set, where every dataset that is searched is calibrated for such a search;
    else as they are, since two kinds of scores do not compare. None has more than the one before it."""
    curves = _curves(looks, reranked=any(hit.reranked is not None for hit in hits))
    if curves is None or not hits:
        return hits
    told, least = [], 1.0
    for hit, strength in zip(hits, strengths(looks, hits), strict=True):
        least = min(least, curves[hit.passage.dataset_id].score(strength))
        told.append(replace(hit, calibrated=least))
    return told


def as_shown(hit: SearchHit) -> SearchHit:
    return hit if hit.calibrated is None else replace(hit, score=hit.calibrated)


def calibration_ids(looks: Sequence[Look]) -> Mapping[str, str]:
    """By dataset, the evaluation that its calibration comes from."""
    return {key: one.evaluation_id for look in looks for key, one in look.target.calibrations.items()}


def _curves(looks: Sequence[Look], *, reranked: bool) -> Mapping[str, Curve] | None:
    curves: dict[str, Curve] = {}
    for look in looks:
        for dataset_id in look.target.dataset_ids:
            calibration = look.target.calibrations.get(dataset_id)
            if calibration is None or calibration.model != look.target.embedding_model:
                return None
            curve = calibration.curve(look.fusion.alpha, reranked=reranked)
            if curve is None:
                return None
            curves[dataset_id] = curve
    return curves


def _as_ranked(hit: SearchHit) -> Ranked:
    passage = hit.passage
    return Ranked(passage.chunk_id, passage.file_id, hit.score, hit.rank_source, hit.cosine, hit.bm25, hit.keyword)
