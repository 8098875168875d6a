"""Edits whose text is gone are approvals: asked for once, and over in both places when they are in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from identity.types import ROLE_SCOPES, Role
from ingest.review.conflicts import Conflicts
from ingest.review.errors import FileIsBeingBuilt
from kit.errors import Conflict, Forbidden
from kit.pagination import PageRequest
from orchestration.approvals.resolving import Resolver
from orchestration.approvals.types import ApprovalQuery, ApprovalStatus, ApprovalView, Decision, Resolution
from orchestration.approvals.watch import ApprovalWatch
from orchestration.edit_conflicts import EDITS, ConflictingEdits, EditConflictWatch
from orchestration.teamwork import make_desk
from tests.unit.ingest.review.test_review import TEXT, Desk
from tests.unit.ingest.workshop import Workshop, pages

ELSE = pages("white currant", "blue plum")
APPROVE, KEEP = Decision(Resolution.APPROVED), Decision(Resolution.REJECTED, note="Keep them.")


class Queue:
    """A file that people have changed, and the approvals about it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, shop = desk, desk.shop
        self.work, conflicts = make_desk(shop.clock, gate=shop.gate, queue=shop.queue), Conflicts(shop.gate)
        self.watch = EditConflictWatch(shop.database, conflicts, self.work.approvals, self.work.closer, shop.clock)
        self.resolver = Resolver(
            names=shop.gate, closer=self.work.closer, moves=self.work.moves, clock=shop.clock,
            subjects={EDITS: ConflictingEdits(conflicts)},
        )  # fmt: skip

    def approvals(self) -> Sequence[ApprovalView]:
        """Newest first."""
        with self.desk.shop.database.read() as session:
            page = self.work.approvals.list(session, self.desk.shop.caller, ApprovalQuery(), PageRequest(10))
            return page.items

    def states(self) -> list[ApprovalStatus]:
        return [one.status for one in self.approvals()]

    def decide(self, decision: Decision) -> None:
        with self.desk.shop.database.write() as session:
            self.resolver.resolve(session, self.desk.shop.caller, self.approvals()[0].id, decision)

    def replace(self, text: str) -> None:
        self.desk.shop.clock.advance(1)
        self.desk.replace(text)

    def lose(self) -> None:
        """A new version without the text, which is seen."""
        self.replace(ELSE)
        assert self.watch.tick() == 1


@pytest.fixture
def queue(any_workshop: Workshop) -> Queue:
    any_workshop.caller = replace(any_workshop.caller, role=Role.ADMIN, scopes=ROLE_SCOPES[Role.ADMIN])
    dataset = any_workshop.dataset()
    desk = Desk(any_workshop, dataset, any_workshop.indexed(dataset, "a.txt", TEXT))
    desk.change(1, content="violet fig")
    return Queue(desk)


class TestAnEditWhoseTextIsGone:
    def test_is_asked_about_once(self, queue: Queue) -> None:
        assert queue.watch.tick() == 0, "its text is there"
        queue.lose()
        assert [queue.watch.tick(), Queue(queue.desk).watch.tick()] == [0, 0]
        (approval,) = queue.approvals()
        assert (approval.status, approval.title) == (
            ApprovalStatus.PENDING, "A change of a.txt: the changed text is gone",
        )  # fmt: skip
        assert (approval.details["fileId"], approval.details["changes"]) == (queue.desk.file, 1)

    def test_goes_where_that_is_approved(self, queue: Queue) -> None:
        queue.lose()
        queue.decide(APPROVE)
        assert queue.desk.overlays() == []
        assert (queue.watch.tick(), queue.states()) == (0, [ApprovalStatus.APPROVED])

    def test_is_kept_where_that_is_rejected_and_asked_about_with_the_next_build(self, queue: Queue) -> None:
        queue.lose()
        queue.decide(KEEP)
        assert [one.state for one in queue.desk.overlays()] == ["conflict"]
        queue.desk.shop.clock.advance(3600)
        assert (queue.watch.tick(), queue.states()) == (0, [ApprovalStatus.REJECTED])
        queue.desk.build_anew()
        assert (queue.watch.tick(), queue.states()) == (1, [ApprovalStatus.PENDING, ApprovalStatus.REJECTED])

    def test_leaves_others_alone(self, queue: Queue) -> None:
        queue.desk.change(3, content="yellow quince")  # of the text that stays
        queue.desk.add("brown date")
        queue.lose()
        queue.decide(APPROVE)
        assert sorted(one.content or "" for one in queue.desk.overlays()) == ["brown date", "yellow quince"]

    def test_is_no_more_to_decide_when_it_was_taken_back(self, queue: Queue) -> None:
        queue.lose()
        (overlay,) = queue.desk.overlays()
        queue.desk.revert(overlay.id)
        assert (queue.watch.tick(), queue.states()) == (1, [ApprovalStatus.WITHDRAWN])

    def test_applies_again_where_its_text_comes_back(self, queue: Queue) -> None:
        queue.lose()
        queue.replace(pages("green pear"))
        assert (queue.watch.tick(), queue.states()) == (1, [ApprovalStatus.WITHDRAWN])
        assert queue.desk.contents() == ["violet fig"]

    def test_is_no_more_to_decide_when_the_file_is_deleted(self, queue: Queue) -> None:
        queue.lose()
        shop = queue.desk.shop
        with shop.database.write() as session:
            shop.file_service.delete(session, shop.caller, queue.desk.dataset, queue.desk.file)
        assert (queue.watch.tick(), queue.states()) == (1, [ApprovalStatus.WITHDRAWN])

    def test_waits_while_the_file_is_being_built(self, queue: Queue) -> None:
        queue.lose()
        queue.desk.shop.change(queue.desk.dataset, queue.desk.file, re_ingest=True)
        with pytest.raises(FileIsBeingBuilt):
            queue.decide(APPROVE)
        assert queue.states() == [ApprovalStatus.PENDING]

    def test_stays_where_nobody_decides_in_time(self, queue: Queue) -> None:
        queue.lose()
        queue.desk.shop.clock.advance(days=8)
        ApprovalWatch(queue.desk.shop.database, queue.resolver).tick()
        assert (queue.watch.tick(), queue.states()) == (0, [ApprovalStatus.EXPIRED])
        assert [one.state for one in queue.desk.overlays()] == ["conflict"]

    def test_is_for_administrators_to_decide_and_once(self, queue: Queue) -> None:
        queue.lose()
        shop = queue.desk.shop
        admin, shop.caller = shop.caller, replace(shop.caller, role=Role.MEMBER, scopes=ROLE_SCOPES[Role.MEMBER])
        with pytest.raises(Forbidden):
            queue.decide(APPROVE)
        shop.caller = admin
        queue.decide(APPROVE)
        with pytest.raises(Conflict):
            queue.decide(APPROVE)
