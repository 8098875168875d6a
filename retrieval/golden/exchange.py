"""Question sets in and out, in the layout that BEIR uses: corpus.jsonl, queries.jsonl, qrels.tsv.

A document is a file, or a judged passage of one: its `_id` is the file's id, with `#` and the fingerprints behind it
for a passage, so that an export comes back as it was. An import also takes a file's name, with or without its ending.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from sqlalchemy.orm import Session

from identity.types import Principal
from kit.errors import Invalid
from retrieval.golden.service import QuestionSets
from retrieval.golden.types import Grade, ImportReceipt, Judgement, QuestionView

_COLUMNS = ("query-id", "corpus-id", "score")
_MOST_QUESTIONS = 20_000


@dataclass(frozen=True, slots=True)
class Beir:
    """The three files as texts."""

    corpus: str
    queries: str
    qrels: str


@dataclass(frozen=True, slots=True)
class Exchange:
    sets: QuestionSets

    def exported(self, session: Session, principal: Principal, set_id: str, *, version: int | None) -> Beir:
        questions = self.sets.questions(session, principal, set_id, version=version)
        documents = {_document_id(one): one.quote for question in questions for one in question.judgements}
        return Beir(
            corpus="".join(_line({"_id": key, "title": "", "text": text}) for key, text in documents.items()),
            queries="".join(_line({"_id": question.id, "text": question.query}) for question in questions),
            qrels=_qrels(questions),
        )

    def imported(
        self, session: Session, principal: Principal, set_id: str, *, queries: str, qrels: str
    ) -> ImportReceipt:
        """Adds to what is there. Invalid, with the line, for what is not in the layout."""
        row = self.sets.row(session, principal, set_id)
        texts, judged = _texts(queries), _judged(qrels)
        names = self.sets.library.file_names(session, row.dataset_id)
        known = _by_any_name(names)
        unknown: dict[str, None] = {}
        questions = judgements = 0
        for query_id, grades in judged.items():
            found = [_judgement(document, grade, known, names) for document, grade in grades.items()]
            unknown |= {document: None for document, one in zip(grades, found, strict=True) if one is None}
            kept = [one for one in found if one is not None]
            if query_id in texts and kept:
                self.sets.put(session, row, texts[query_id], kept)
                questions += 1
                judgements += len(kept)
        return ImportReceipt(questions, judgements, list(unknown))


def _document_id(judgement: Judgement) -> str:
    marks = ".".join(f"{mark:x}" for mark in judgement.marks)
    return f"{judgement.file_id}#{marks}" if marks else judgement.file_id


def _judgement(document: str, score: int, known: Mapping[str, str], names: Mapping[str, str]) -> Judgement | None:
    name, _, marks = document.partition("#")
    file_id = known.get(name)
    if file_id is None:
        return None
    grade = Grade.RELEVANT if score > 1 else Grade.PARTLY if score == 1 and marks else _of_binary(score)
    try:
        return Judgement(file_id, grade, names[file_id], [int(mark, 16) for mark in marks.split(".")] if marks else ())
    except ValueError as error:
        raise Invalid(f"qrels: {document!r} is no document id of an export") from error


def _of_binary(score: int) -> Grade:
    """Most sets judge with 1 and nothing: there 1 is relevant."""
    return Grade.RELEVANT if score > 0 else Grade.NOT


def _by_any_name(names: Mapping[str, str]) -> Mapping[str, str]:
    found = {PurePath(name).stem: file_id for file_id, name in names.items()}
    found |= {name: file_id for file_id, name in names.items()}
    return found | {file_id: file_id for file_id in names}


def _qrels(questions: Sequence[QuestionView]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(_COLUMNS)
    for question in questions:
        writer.writerows([question.id, _document_id(one), one.grade.gain] for one in question.judgements)
    return out.getvalue()


def _texts(queries: str) -> Mapping[str, str]:
    found = {}
    for number, line in enumerate(queries.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found[str(row["_id"])] = str(row["text"])
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(f"queries line {number}: a JSON object with _id and text is needed") from error
        if not found[str(row["_id"])].strip():
            raise Invalid(f"queries line {number}: text is empty")
    if len(found) > _MOST_QUESTIONS:
        raise Invalid(f"{len(found)} questions; at most {_MOST_QUESTIONS} are accepted at a time")
    return found


def _judged(qrels: str) -> Mapping[str, Mapping[str, int]]:
    rows = list(csv.reader(io.StringIO(qrels), delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or tuple(rows[0]) != _COLUMNS:
        raise Invalid(f"qrels: the first line must be {', '.join(_COLUMNS)}, with tabs between")
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for number, row in enumerate(rows[1:], start=2):
        try:
            query_id, document, score = row
            found[query_id][document] = int(score)
        except ValueError as error:
            raise Invalid(f"qrels line {number}: three columns with a whole number at the end are needed") from error
    return found


def _line(row: Mapping[str, str]) -> str:
    return json.dumps(row, ensure_ascii=False) + "\n"
