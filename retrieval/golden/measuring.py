"""What a ranking is worth to a golden question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from retrieval.evaluation.metrics import ndcg, recall, reciprocal_rank
from retrieval.golden.types import QuestionView
from retrieval.search.citation import marks_in
from retrieval.search.types import Passage

METRICS = ("ndcg@10", "recall@5", "recall@10", "mrr@10", "precision@5")


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one question, by metric."""

    values: Mapping[str, float]


def measured(question: QuestionView, ranking: Sequence[Passage]) -> Measured:
    """A judged passage is found in whatever chunk holds its words; it counts once, where it is found first."""
    judged = {str(number): one.grade.gain for number, one in enumerate(question.judgements)}
    documents = _documents(question, ranking)
    good = sum(judged.get(document, 0) > 0 for document in documents[:5])
    return Measured(
        {
            "ndcg@10": ndcg(documents, judged, 10),
            "recall@5": recall(documents, judged, 5),
            "recall@10": recall(documents, judged, 10),
            "mrr@10": reciprocal_rank(documents, judged, 10),
            "precision@5": good / 5,
        }
    )


def is_relevant(question: QuestionView, passage: Passage) -> bool:
    return any(question.judgements[int(one)].grade.gain > 0 for one in _fulfilled(question, passage))


def _documents(question: QuestionView, ranking: Sequence[Passage]) -> Sequence[str]:
    """Each passage as the judgement that it fulfils, else as its own id; of a judged whole file only the first."""
    documents: dict[str, None] = {}
    for passage in ranking:
        for name in _fulfilled(question, passage) or [passage.chunk_id]:
            documents.setdefault(name)
    return list(documents)


def _fulfilled(question: QuestionView, passage: Passage) -> Sequence[str]:
    return [
        str(number)
        for number, one in enumerate(question.judgements)
        if one.file_id == passage.file_id and (not one.marks or marks_in(passage.content, one.marks))
    ]
