"""Question sets: made by judging, changed in versions, read at any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from identity.types import Principal
from kit.clock import Clock
from kit.errors import Conflict, Invalid, NotFound
from kit.ids import new_id
from retrieval.golden.models import Evaluation, GoldenQuestion, QuestionSet
from retrieval.golden.ports import Library
from retrieval.golden.types import Grade, Judgement, NewJudgement, QuestionSetView, QuestionView
from retrieval.search.citation import fingerprints
from retrieval.search.ports import PassageReader

_QUOTE = 300  # characters of a judged passage that people see


@dataclass(frozen=True, slots=True)
class QuestionSets:
    """All methods take the caller's session. NotFound where a set, or its dataset, is not there for the caller."""

    library: Library
    passages: PassageReader
    clock: Clock

    def create(self, session: Session, principal: Principal, *, dataset_id: str, name: str) -> QuestionSetView:
        """Conflict where the dataset has a set of that name."""
        if dataset_id not in self.library.readable_names(session, principal):
            raise NotFound(f"there is no dataset {dataset_id}")
        now = self.clock.now()
        row = QuestionSet(
            id=new_id(),
            tenant_id=principal.tenant_id,
            dataset_id=dataset_id,
            name=name.strip(),
            version=0,
            created_at=now,
            updated_at=now,
        )
        session.add(row)
        try:
            session.flush()
        except IntegrityError as error:
            raise Conflict(f"the dataset has a question set named {name!r} already; choose another name") from error
        return self._view(session, row)

    def list(self, session: Session, principal: Principal) -> Sequence[QuestionSetView]:
        """Oldest first."""
        readable = self.library.readable_names(session, principal)
        wanted = select(QuestionSet).where(QuestionSet.tenant_id == principal.tenant_id).order_by(QuestionSet.id)
        return [self._view(session, row) for row in session.scalars(wanted) if row.dataset_id in readable]

    def get(self, session: Session, principal: Principal, set_id: str) -> QuestionSetView:
        return self._view(session, self.row(session, principal, set_id))

    def questions(
        self, session: Session, principal: Principal, set_id: str, *, version: int | None = None
    ) -> Sequence[QuestionView]:
        """As they were in that version; of now without one."""
        row = self.row(session, principal, set_id)
        at = row.version if version is None else version
        if not 0 <= at <= row.version:
            raise NotFound(f"question set {set_id} has the versions 0 to {row.version}, not {at}")
        return [question_view(one) for one in questions_at(session, set_id, at)]

    def judge(
        self, session: Session, principal: Principal, set_id: str, *, query: str, judgements: Sequence[NewJudgement]
    ) -> QuestionView:
        """Adds a question, or adds to the judgements of the one that is there; a newer judgement replaces an older."""
        row = self.row(session, principal, set_id)
        made = [self._judged(session, principal, row.dataset_id, one) for one in judgements]
        return question_view(self.put(session, row, query, made))

    def put(self, session: Session, row: QuestionSet, query: str, judgements: Sequence[Judgement]) -> GoldenQuestion:
        text = query.strip()
        version = self._next(session, row)
        former = next((one for one in questions_at(session, row.id, version - 1) if one.query == text), None)
        kept = {} if former is None else {_key(one): one for one in former.judgements}
        kept |= {_key(_stored(one)): _stored(one) for one in judgements}
        if former is not None:
            former.until = version
        question = GoldenQuestion(
            id=new_id(), set_id=row.id, query=text, judgements=list(kept.values()), since=version, until=None
        )
        session.add(question)
        session.flush()
        return question

    def remove(self, session: Session, principal: Principal, set_id: str, question_id: str) -> None:
        row = self.row(session, principal, set_id)
        question = session.get(GoldenQuestion, question_id)
        if question is None or question.set_id != set_id or question.until is not None:
            raise NotFound(f"question set {set_id} has no question {question_id} any more")
        question.until = self._next(session, row)

    def delete(self, session: Session, principal: Principal, set_id: str) -> None:
        """With its questions and evaluations."""
        row = self.row(session, principal, set_id)
        session.execute(delete(Evaluation).where(Evaluation.set_id == set_id))
        session.execute(delete(GoldenQuestion).where(GoldenQuestion.set_id == set_id))
        session.delete(row)

    def row(self, session: Session, principal: Principal, set_id: str) -> QuestionSet:
        row = session.get(QuestionSet, set_id)
        if row is None or row.tenant_id != principal.tenant_id:
            raise NotFound(f"there is no question set {set_id}")
        if row.dataset_id not in self.library.readable_names(session, principal):
            raise NotFound(f"there is no question set {set_id}")
        return row

    def _next(self, session: Session, row: QuestionSet) -> int:
        """The row is locked from here on, so that two changes at once get two versions."""
        session.refresh(row, with_for_update=True)
        row.version += 1
        row.updated_at = self.clock.now()
        session.flush()
        return row.version

    def _judged(self, session: Session, principal: Principal, dataset_id: str, new: NewJudgement) -> Judgement:
        if new.chunk_id is not None:
            passage = self.passages.passages(principal, [dataset_id], [new.chunk_id]).get(new.chunk_id)
            if passage is None:
                raise Invalid("chunkId names no passage that the dataset can show now; take one from a search")
            return Judgement(passage.file_id, new.grade, passage.content[:_QUOTE], fingerprints(passage.content))
        name = self.library.file_names(session, dataset_id).get(new.file_id or "")
        if new.file_id is None or name is None:
            raise Invalid("fileId names no file of the dataset")
        return Judgement(new.file_id, new.grade, name, ())

    def _view(self, session: Session, row: QuestionSet) -> QuestionSetView:
        counted = select(func.count()).where(GoldenQuestion.set_id == row.id, GoldenQuestion.until.is_(None))
        return QuestionSetView(
            id=row.id,
            dataset_id=row.dataset_id,
            name=row.name,
            version=row.version,
            questions=session.scalar(counted) or 0,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


def questions_at(session: Session, set_id: str, version: int) -> Sequence[GoldenQuestion]:
    """In the order in which they were made."""
    wanted = select(GoldenQuestion).where(
        GoldenQuestion.set_id == set_id,
        GoldenQuestion.since <= version,
        or_(GoldenQuestion.until.is_(None), GoldenQuestion.until > version),
    )
    return list(session.scalars(wanted.order_by(GoldenQuestion.id)))


def question_view(row: GoldenQuestion) -> QuestionView:
    return QuestionView(
        row.id,
        row.query,
        [Judgement(one["file"], Grade(one["grade"]), one["quote"], tuple(one["marks"])) for one in row.judgements],
    )


def _stored(judgement: Judgement) -> dict[str, Any]:
    return {
        "file": judgement.file_id,
        "grade": judgement.grade.value,
        "quote": judgement.quote,
        "marks": list(judgement.marks),
    }


def _key(stored: Mapping[str, Any]) -> tuple[object, ...]:
    return stored["file"], *stored["marks"]
