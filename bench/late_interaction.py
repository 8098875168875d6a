"""What late interaction adds to a dense ranking: `python -m bench.late_interaction [--set scifact] [--queries 100]`.

Ranks by the best window, reranks the top 20 and prints nDCG@10 for shares of MaxSim from none to all.
"""

from __future__ import annotations

import argparse
import math
import os
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.retrieval_sets import CorpusDocument, data_folder, load_retrieval_set
from retrieval.embedding.bert_embedder import BertEmbedder
from retrieval.embedding.factory import create_embedder
from retrieval.embedding.protocol import Passage
from retrieval.embedding.source import DEFAULT_MODEL
from retrieval.embedding.token_counter import tokenizer_file
from retrieval.embedding.tokenizer import read_tokenizer
from retrieval.evaluation.metrics import mean, ndcg
from retrieval.ranking.late_interaction import LateInteraction

POOL = 20
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Pool:
    """The dense stage's best documents of a query, best first."""

    documents: Sequence[CorpusDocument]
    cosines: Sequence[float]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", default="scifact", help="folder below CAIRN_DATA/retrieval")
    parser.add_argument("--queries", type=int, default=100)
    arguments = parser.parse_args()
    questions = load_retrieval_set(data_folder() / "retrieval" / arguments.set)
    asked = list(questions.queries.items())[: arguments.queries]
    with tempfile.TemporaryDirectory() as folder:
        embedder = create_embedder(
            model=DEFAULT_MODEL, runtime="auto", cache_dir=Path(folder), threads=os.cpu_count() or 1
        )
        assert isinstance(embedder, BertEmbedder)
        pools = dense_pools(embedder, list(questions.corpus.values()), [text for _, text in asked])
        reranked = maxsim(embedder, pools, [text for _, text in asked], corpus_idf(list(questions.corpus.values())))
    for share in SHARES:
        gains = [
            ndcg(blended(pool, scores, share), questions.judged[query], 10)
            for (query, _), pool, scores in zip(asked, pools, reranked, strict=True)
        ]
        print(f"{arguments.set}: {share:4.0%} MaxSim, nDCG@10 {mean(gains):.4f}")


def dense_pools(embedder: BertEmbedder, corpus: Sequence[CorpusDocument], queries: Sequence[str]) -> Sequence[Pool]:
    windows = embedder.embed_passages([passage(one) for one in corpus])
    starts = np.cumsum([0, *(len(vectors) for vectors in windows[:-1])])
    flat = np.array([vector for vectors in windows for vector in vectors])
    pools = []
    for query in queries:
        cosines = np.maximum.reduceat(flat @ embedder.embed_query(query), starts)
        best = np.argsort(-cosines, kind="stable")[:POOL]
        pools.append(Pool([corpus[index] for index in best], [float(cosines[index]) for index in best]))
    return pools


def maxsim(
    embedder: BertEmbedder, pools: Sequence[Pool], queries: Sequence[str], idf: Mapping[str, float]
) -> Sequence[Sequence[float]]:
    reranker = LateInteraction(embedder)
    scores, times = [], []
    for query, pool in zip(queries, pools, strict=True):
        started = time.perf_counter()
        scores.append(reranker.score(query, [passage(one) for one in pool.documents], idf))
        times.append(time.perf_counter() - started)
    middle, late = np.percentile(times, [50, 95])
    print(f"{POOL} passages: p50 {middle:.2f} p95 {late:.2f} s")
    return scores


def corpus_idf(corpus: Sequence[CorpusDocument]) -> Mapping[str, float]:
    """By word piece, over the documents."""
    tokenizer = read_tokenizer(tokenizer_file(DEFAULT_MODEL))
    seen = Counter(token for one in corpus for token in set(tokenizer.encode([f"{one.title}\n{one.text}"])[0].ids))
    pieces = tokenizer.pieces(list(seen))
    return {
        piece: math.log(1 + (len(corpus) - count + 0.5) / (count + 0.5))
        for piece, count in zip(pieces, seen.values(), strict=True)
    }


def blended(pool: Pool, scores: Sequence[float], share: float) -> Sequence[str]:
    mixed = (1 - share) * np.array(pool.cosines) + share * np.array(scores)
    return [pool.documents[index].id for index in np.argsort(-mixed, kind="stable")]


def passage(document: CorpusDocument) -> Passage:
    return Passage(document.text, document.title)


if __name__ == "__main__":
    main()
