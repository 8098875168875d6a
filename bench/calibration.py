"""What share of the results at a minScore is relevant, by set and mode: `python -m bench.calibration --cache DIR
[--set scifact]… [--golden 60] [--rerank 100] [--plot docs/calibration.svg]`.

Of the ten best of each question. Three scores: as they are; calibrated by so many golden questions of the set itself,
drawn at random, and judged on the rest of its questions (the mean of many draws); and calibrated by the other sets,
which is what a calibration without questions of one's own would be. Embeddings are those of bench.quality_table.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.quality_table import ENGLISH, Found, Remembered, embed, search_all, second_scores
from bench.reliability_plot import Line, Panel, drawn
from bench.retrieval_sets import RetrievalSet, data_folder, load_retrieval_set
from retrieval.embedding.bert_embedder import BertEmbedder
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.source import DEFAULT_MODEL
from retrieval.evaluation.calibration import THRESHOLDS, Sample, fitted, reliability
from retrieval.ranking.late_interaction import LateInteraction
from retrieval.search.calibration import Crowd, level_of
from retrieval.search.limits import DEFAULT_ALPHA
from retrieval.search.reranking import DEPTH
from retrieval.search.scoring import Fusion

ALPHAS: Mapping[str, float] = {"default": DEFAULT_ALPHA, "keyword": 0.0, "vector": 1.0}
RERANKED = "reranked"
MIDDLE = 0.5
_BEST = 10
_DRAWS = 12
_MOST = 1000

Questions = Sequence[Sequence[Sample]]


@dataclass(frozen=True, slots=True)
class Share:
    """Relevant ones among what a threshold lets through, by threshold; None where nothing passes. `returned`: passages
    a question at MIDDLE. `deviation`: of the share there, from draw to draw."""

    by_threshold: Sequence[float | None]
    returned: float
    deviation: float = 0.0

    @property
    def middle(self) -> float | None:
        return self.by_threshold[THRESHOLDS.index(MIDDLE)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", action="append", help="folder below CAIRN_DATA/retrieval; default: the English five")
    parser.add_argument("--cache", type=Path, required=True, help="folder for embeddings")
    parser.add_argument("--golden", type=int, default=60, help="questions that calibrate a set")
    parser.add_argument("--rerank", type=int, default=0, help="queries of each set that are reranked as well")
    parser.add_argument("--plot", type=Path, help="where to draw the reliability plot of the default mode, as SVG")
    arguments = parser.parse_args()
    embedder = create_embedder(
        model=DEFAULT_MODEL, runtime="auto", cache_dir=arguments.cache / "models", threads=os.cpu_count() or 1
    )
    assert isinstance(embedder, BertEmbedder)
    samples: dict[str, dict[str, Questions]] = {}
    for name in arguments.set or ENGLISH:
        questions = load_retrieval_set(data_folder() / "retrieval" / name)
        embedded = embed(embedder, questions, arguments.cache / f"{name}.npz", most=_MOST)
        with tempfile.TemporaryDirectory() as folder:
            found = search_all(questions, embedded, Path(folder) / "vectors")
        for mode, alpha in ALPHAS.items():
            samples.setdefault(mode, {})[name] = [of_query(questions, found, one, alpha) for one in embedded.ids]
        if arguments.rerank:
            again = LateInteraction(Remembered(embedder))
            samples.setdefault(RERANKED, {})[name] = [
                reranked(again, questions, found, one) for one in embedded.ids[: arguments.rerank]
            ]
    panels = [report(mode, by_set, arguments.golden) for mode, by_set in samples.items()]
    if arguments.plot:
        arguments.plot.write_text(drawn(panels[0]), encoding="utf-8")


def of_query(questions: RetrievalSet, found: Found, query: str, alpha: float) -> list[Sample]:
    ranked = found.ranking(query, Fusion(alpha))
    levels = [level_of(one, alpha) for one in ranked]
    return judged(questions, query, [found.names[one.chunk_id] for one in ranked], levels, Crowd.of(levels))


def reranked(again: LateInteraction, questions: RetrievalSet, found: Found, query: str) -> list[Sample]:
    ranked = second_scores(again, questions, found, query)
    levels = [level for level, _ in ranked]
    return judged(questions, query, [name for _, name in ranked], levels, Crowd.of(levels, DEPTH))


def judged(
    questions: RetrievalSet, query: str, names: Sequence[str], levels: Sequence[float], crowd: Crowd
) -> list[Sample]:
    relevant = questions.judged[query]
    best = zip(names[:_BEST], levels, strict=False)
    return [Sample(crowd.strength(level), relevant.get(name, 0) > 0) for name, level in best]


def report(mode: str, by_set: Mapping[str, Questions], golden: int) -> Sequence[Panel]:
    print(f"\n{mode}: share of relevant ones at minScore {MIDDLE} (passages a question)")
    print(f"{'set':<16} as it is        by {golden} of its questions    by the other sets")
    plain, own, others = {}, {}, {}
    for name, questions in by_set.items():
        plain[name] = share_of([[(min(1.0, one.strength.level), one.relevant) for one in q] for q in questions])
        own[name] = by_own(questions, golden)
        rest = [question for other, many in by_set.items() if other != name for question in many]
        others[name] = scored(questions, rest)
        cells = (told(plain[name]), f"{told(own[name])} ±{own[name].deviation:.2f}", told(others[name]))
        print(f"{name:<16} {cells[0]:<15} {cells[1]:<26} {cells[2]}", flush=True)
    print(f"{'apart':<16} {apart(plain):<15} {apart(own):<26} {apart(others)}", flush=True)
    return [
        panel(title, shares)
        for title, shares in (("As they are", plain), ("Calibrated", own), ("By other sets", others))
    ]


def by_own(questions: Questions, golden: int) -> Share:
    draws = []
    for seed in range(_DRAWS):
        order = random.Random(seed).sample(range(len(questions)), len(questions))  # noqa: S311 - a sample
        draws.append(scored([questions[one] for one in order[golden:]], [questions[one] for one in order[:golden]]))
    middles = [one.middle for one in draws if one.middle is not None]
    columns = [[one.by_threshold[i] for one in draws] for i in range(len(THRESHOLDS))]
    known = [[value for value in column if value is not None] for column in columns]
    return Share(
        [statistics.mean(column) if column else None for column in known],
        statistics.mean(one.returned for one in draws),
        statistics.pstdev(middles) if middles else 0.0,
    )


def scored(questions: Questions, golden: Questions) -> Share:
    curve = fitted(golden, alpha=0.0, reranked=False)
    if curve is None:
        return Share([None] * len(THRESHOLDS), 0.0)
    return share_of([[(curve.score(one.strength), one.relevant) for one in question] for question in questions])


def share_of(questions: Sequence[Sequence[tuple[float, bool]]]) -> Share:
    found = reliability([one for question in questions for one in question])
    middle = next(one for one in found if one.threshold == MIDDLE)
    return Share([one.relevant for one in found], middle.returned / max(1, len(questions)))


def told(share: Share) -> str:
    return "none" if share.middle is None else f"{share.middle:.2f} ({share.returned:.1f})"


def apart(shares: Mapping[str, Share]) -> str:
    middles = [one.middle for one in shares.values() if one.middle is not None]
    return f"{max(middles) - min(middles):.2f}" if middles else ""


def panel(title: str, shares: Mapping[str, Share]) -> Panel:
    lines = [
        Line(name, [(x, y) for x, y in zip(THRESHOLDS, share.by_threshold, strict=True) if y is not None])
        for name, share in shares.items()
    ]
    return Panel(title, lines)


if __name__ == "__main__":
    main()
