"""What passages said to a run that has waited: kept as long as they are the agent's to read."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from identity.types import Principal
from orchestration.tasks.run_models import RunTurn


class ReadableChunks(Protocol):
    def readable(self, session: Session, principal: Principal, chunk_ids: Collection[str]) -> frozenset[str]:
        """Those of the chunks that the caller may read now."""


@dataclass(frozen=True, slots=True)
class PassageTexts:
    chunks: ReadableChunks

    def forget(self, session: Session, principal: Principal, run_id: str) -> None:
        """Takes the texts of passages out of a run's turns that were deleted, or are for others by now."""
        turns = list(session.scalars(select(RunTurn).where(RunTurn.run_id == run_id)))
        told = {(turn.number, at): _result(call) for turn in turns for at, call in enumerate(turn.calls)}
        known = {one["chunk_id"] for result in told.values() for one in _parts(result)}
        gone = known - self.chunks.readable(session, principal, known)
        for turn in turns if gone else ():
            calls = [dict(call) for call in turn.calls]
            for at, call in enumerate(calls):
                result = told[turn.number, at]
                if any(one["chunk_id"] in gone for one in _parts(result)):
                    call["result"] = json.dumps(_without(result, gone), ensure_ascii=False)
            turn.calls = calls
        session.flush()


def _result(call: Mapping[str, Any]) -> dict[str, Any]:
    return json.loads(call["result"]) if call["result"] is not None else {}


def _parts(result: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Passages, and sections of an outline, which are headings."""
    return [*result.get("passages", ()), *result.get("sections", ())]


def _without(result: Mapping[str, Any], gone: Collection[str]) -> Mapping[str, Any]:
    """What is left of a part says where it was, so that the conversation still makes sense."""
    kept = dict(result)
    for kind, said in (("passages", {"text": "", "headings": []}), ("sections", {"headings": []})):
        if kind in result:
            kept[kind] = [one | said if one["chunk_id"] in gone else one for one in result[kind]]
    return kept
