"""From one embedding model to another: never a hole in what is found, and a way back."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

import pytest

from ingest.datasets.models import DatasetShelf
from ingest.datasets.types import ChangeState
from ingest.files.jobs import DEFAULT_QUEUE, EMBED_QUEUE, PARSE_QUEUE
from ingest.files.models import ShelvedFile
from ingest.model_changes.errors import (
    ModelChangeNotFound,
    ModelChangeStateForbids,
    ModelIsChanging,
    ModelIsTheSame,
    ModelUnknown,
)
from ingest.model_changes.filling import SLICE
from ingest.model_changes.handler import TURN
from ingest.model_changes.types import ModelChangeView, SwitchPolicy
from ingest.review.service import Review
from ingest.review.types import ChunkChange
from kit.errors import NotFound
from kit.pagination import PageRequest
from retrieval.golden.models import GoldenQuestion, QuestionSet
from retrieval.search.fusion import DatasetTuning
from tests.sampling import some
from tests.unit.ingest.workshop import KEPT_DAYS, OTHER_COLLECTION, Workshop, numbered, pages


@dataclass
class Move:
    """A dataset, and what tests do about its model."""

    shop: Workshop
    dataset: str

    def begin(self, model: str = "other words", policy: SwitchPolicy = SwitchPolicy.ALWAYS) -> ModelChangeView:
        shop = self.shop
        with shop.database.write() as session:
            return shop.model_changes.begin(session, shop.caller, self.dataset, model=model, policy=policy)

    def act(self, what: str, change_id: str) -> ModelChangeView:
        shop = self.shop
        with shop.database.write() as session:
            done: ModelChangeView = getattr(shop.model_changes, what)(session, shop.caller, self.dataset, change_id)
            return done

    def view(self, change_id: str) -> ModelChangeView:
        with self.shop.database.read() as session:
            return self.shop.model_changes.get(session, self.shop.caller, self.dataset, change_id)

    @property
    def model(self) -> str:
        return self.shop.dataset_view(self.dataset).embedding_model

    def found(self, text: str) -> set[str]:
        """By vectors alone."""
        return self.shop.found(text, self.dataset, alpha=1.0)

    def moved(self) -> ModelChangeView:
        change = self.begin()
        self.shop.work()
        assert self.model == "other words"
        return change


@pytest.fixture
def move(any_workshop: Workshop) -> Move:
    return Move(any_workshop, any_workshop.dataset())


class TestBeginning:
    def test_is_refused_for_a_model_that_is_not_there(self, move: Move) -> None:
        with pytest.raises(ModelUnknown, match=r"'nobody' is none of .*words, other words.*CAIRN_EMBEDDING_MODELS"):
            move.begin("nobody")

    def test_is_refused_for_the_model_that_it_has(self, move: Move) -> None:
        with pytest.raises(ModelIsTheSame, match="'words' already"):
            move.begin("words")

    def test_is_refused_while_another_change_is_under_way(self, move: Move) -> None:
        change = move.begin()
        with pytest.raises(ModelIsChanging, match=change.id):
            move.begin()

    def test_is_refused_for_somebody_elses_dataset(self, move: Move) -> None:
        with move.shop.acting_as(move.shop.settle("stranger")), pytest.raises(NotFound):
            move.begin()

    def test_of_another_dataset_is_not_found(self, move: Move) -> None:
        change = move.begin()
        other = Move(move.shop, move.shop.dataset("other"))
        with pytest.raises(ModelChangeNotFound):
            other.view(change.id)


class TestAChange:
    def test_embeds_stored_chunks_and_parses_nothing(self, move: Move) -> None:
        move.shop.indexed(move.dataset, "a.txt", numbered(3))
        move.shop.indexed(move.dataset, "b.txt", numbered(150, "sheet"))
        parses = len(move.shop.jobs(kind="file.parse"))
        change = move.begin()
        assert (change.state, change.chunks_total) == (ChangeState.FILLING, 153)

        move.shop.work()

        done = move.view(change.id)
        assert (done.state, done.chunks_done, done.chunks_total) == (ChangeState.SWITCHED, 153, 153)
        assert len(move.shop.jobs(kind="file.parse")) == parses
        assert sum(move.shop.vectors(OTHER_COLLECTION).values()) == 153
        assert move.found("sheet number149") >= {"sheet number149"}

    def test_searches_the_old_vectors_until_the_new_ones_are_complete(self, move: Move) -> None:
        for name in "abc":
            move.shop.indexed(move.dataset, f"{name}.txt", numbered(60, name))
        everything = move.found("a number1")
        move.begin()
        seen = set()
        while move.shop.worker._take_turn(EMBED_QUEUE):
            seen.add(move.model)
            assert move.found("a number1"), "a hole"
            assert move.shop.found("number1", move.dataset) == {"a number1", "b number1", "c number1"}
        assert move.model == "other words"
        assert everything

    def test_takes_along_what_comes_in_meanwhile(self, move: Move) -> None:
        file = move.shop.indexed(move.dataset, "a.txt", pages("old words", "more words"))
        gone = move.shop.indexed(move.dataset, "b.txt", "leaving soon")
        off = move.shop.indexed(move.dataset, "c.txt", "switched off")
        on = move.shop.indexed(move.dataset, "d.txt", "switched on again")
        move.shop.change(move.dataset, on, enabled=False)
        move.shop.work()
        move.begin(policy=SwitchPolicy.BY_HAND)
        move.shop.work(EMBED_QUEUE)

        move.shop.upload(move.dataset, "a.txt", pages("new words", "more words"))
        move.shop.upload(move.dataset, "e.txt", "just arrived")
        move.shop.delete(move.dataset, gone)
        move.shop.change(move.dataset, off, enabled=False)
        move.shop.change(move.dataset, on, enabled=True)
        move.shop.work()
        (change,) = self._changes(move)
        move.act("switch", change.id)
        move.shop.work()

        assert move.model == "other words"
        for alpha in (0.0, 1.0):
            found = move.shop.found("old new words more switched arrived just", move.dataset, alpha=alpha)
            assert found == {"new words", "more words", "switched on again", "just arrived"}
        generations = {key[0]: key[1] for key in move.shop.vectors(OTHER_COLLECTION)}
        assert generations[file] == 2
        assert gone not in generations

    @staticmethod
    def _changes(move: Move) -> list[ModelChangeView]:
        with move.shop.database.read() as session:
            return list(move.shop.model_changes.list(session, move.shop.caller, move.dataset))

    def test_embeds_a_corrected_chunk_as_it_is_now(self, move: Move) -> None:
        file = move.shop.indexed(move.dataset, "a.txt", pages("red apple", "green pear"))
        change = move.begin(policy=SwitchPolicy.BY_HAND)
        move.shop.work()
        shop = move.shop
        review = Review(gate=shop.gate, queue=shop.queue, clock=shop.clock, tokens=shop.embedder.tokens)
        with shop.database.read() as session:
            chunk_id = (
                shop.file_service.chunks(session, shop.caller, move.dataset, file, PageRequest(limit=10)).items[0].id
            )
        with shop.database.write() as session:
            review.change(
                session, shop.caller, move.dataset, file, chunk_id=chunk_id, change=ChunkChange(content="yellow quince")
            )
        shop.work()
        shop.other.sizes.clear()
        move.act("switch", change.id)
        shop.work()

        assert shop.other.sizes == [2], "the file is embedded anew, since its text had changed"
        where = shop.search_service
        assert where.models.of("other words") is shop.other
        assert move.found("yellow quince") >= {"yellow quince"}

    def test_has_a_build_that_was_under_way_begin_anew_where_it_is_searched_now(self, move: Move) -> None:
        shop = move.shop
        shop.indexed(move.dataset, "a.txt", "some words")
        move.begin()
        shop.upload(move.dataset, "b.txt", numbered(100))
        shop.work(PARSE_QUEUE)
        (building,) = [claim for claim in shop.claim(EMBED_QUEUE) if claim.kind == "file.embed"]
        shares = shop.embedding._next([building])
        shop.embedding._write(shop.shelf, shares)
        shop.lose_leases()  # of the change, too: it is taken up again
        shop.clock.advance(60)
        shop.work()

        assert move.model == "other words"
        assert sum(shop.vectors(OTHER_COLLECTION).values()) == 101
        assert move.found("page number99") >= {"page number99"}

    def test_does_not_end_a_build_in_vectors_that_nobody_searches_any_more(self, move: Move) -> None:
        """The switch comes between writing the last slice and saying so in the rows."""
        shop = move.shop
        shop.upload(move.dataset, "b.txt", numbered(5))
        shop.work(PARSE_QUEUE)
        (building,) = shop.claim(EMBED_QUEUE)
        shares = shop.embedding._next([building])
        efforts = shop.embedding._write(shop.shelf, shares)
        move.begin()
        shop.work(EMBED_QUEUE)
        assert move.model == "other words"

        assert shop.embedding._record(shop.shelf, [building], shares, efforts) == []

        assert shop.vectors() == {}
        shop.work()
        assert sum(shop.vectors(OTHER_COLLECTION).values()) == 5
        assert move.found("page number4") >= {"page number4"}


class TestComparing:
    def golden(self, move: Move, file: str, query: str) -> None:
        shop = move.shop
        now = shop.clock.now()
        with shop.database.write() as session:
            session.add(
                QuestionSet(
                    id="S" * 26, tenant_id=shop.caller.tenant_id, dataset_id=move.dataset, name="golden", version=1,
                    created_at=now, updated_at=now,
                )
            )  # fmt: skip
            session.flush()
            for number in range(12):
                judged = {"file": file, "grade": "relevant", "quote": "", "marks": []}
                session.add(
                    GoldenQuestion(
                        id=f"{number:026}", set_id="S" * 26, query=f"{query} {number}", judgements=[judged], since=1
                    )
                )

    def test_says_what_the_golden_questions_say(self, move: Move) -> None:
        file = move.shop.indexed(move.dataset, "a.txt", "red apple")
        self.golden(move, file, "red apple")
        change = move.begin(policy=SwitchPolicy.UNLESS_WORSE)
        move.shop.work()
        done = move.view(change.id)
        assert done.state == ChangeState.SWITCHED
        assert done.comparison is not None
        assert done.comparison["questions"] == 12
        assert done.comparison["verdict"] == "no_significant_difference"

    def test_waits_for_a_person_where_the_new_vectors_are_worse(self, move: Move) -> None:
        shop = move.shop
        move = Move(shop, shop.dataset("by vectors alone", tuning=DatasetTuning(alpha=1.0)))
        file = shop.indexed(move.dataset, "a.txt", "red apple")
        for number in range(12):
            shop.indexed(move.dataset, f"{number}.txt", f"{number} pear")
        self.golden(move, file, "red apple")
        shop.other.is_contrary = True
        change = move.begin(policy=SwitchPolicy.UNLESS_WORSE)
        shop.work()
        waiting = move.view(change.id)
        assert (waiting.state, waiting.job_id) == (ChangeState.READY, None)
        assert waiting.comparison is not None
        assert waiting.comparison["verdict"] == "worse"
        assert move.model == "words"

        move.act("switch", change.id)
        shop.work()
        assert move.model == "other words"


class TestCallingOff:
    def test_leaves_everything_as_it_was(self, move: Move) -> None:
        move.shop.indexed(move.dataset, "a.txt", numbered((TURN + 1) * SLICE))
        change = move.begin()
        move.shop.turn(EMBED_QUEUE)
        assert move.shop.vectors(OTHER_COLLECTION)
        move.act("cancel", change.id)
        move.shop.work()
        assert move.view(change.id).state == ChangeState.CANCELLED
        assert move.model == "words"
        assert move.shop.vectors(OTHER_COLLECTION) == {}
        assert move.shop.count(DatasetShelf) == move.shop.count(ShelvedFile) == 0
        with pytest.raises(ModelChangeStateForbids):
            move.act("cancel", change.id)

    def test_in_the_middle_of_a_slice_takes_back_what_it_wrote(self, move: Move) -> None:
        shop = move.shop
        shop.indexed(move.dataset, "a.txt", numbered(100))
        change = move.begin()

        def call_off() -> None:
            move.act("cancel", change.id)
            shop.work(DEFAULT_QUEUE)

        shop.store.before["upsert"] = call_off
        shop.work()
        assert shop.vectors(OTHER_COLLECTION) == {}
        assert [finding.message for finding in shop.doctor.examine()] == []


class TestGoingBack:
    def test_needs_nothing_where_nothing_changed(self, move: Move) -> None:
        move.shop.indexed(move.dataset, "a.txt", numbered(70))
        change = move.moved()
        move.shop.embedder.sizes.clear()
        assert move.view(change.id).kept_until == move.shop.clock.now() + timedelta(days=KEPT_DAYS)

        back = move.act("roll_back", change.id)
        move.shop.work()

        assert move.view(back.id).state == ChangeState.SWITCHED
        assert move.model == "words"
        assert move.shop.embedder.sizes == []
        assert move.found("page number69") >= {"page number69"}

    def test_embeds_what_changed_since(self, move: Move) -> None:
        file = move.shop.indexed(move.dataset, "a.txt", "old words")
        move.shop.indexed(move.dataset, "b.txt", "same words")
        change = move.moved()
        move.shop.upload(move.dataset, "a.txt", "new words")
        move.shop.upload(move.dataset, "c.txt", "added words")
        move.shop.work()

        move.act("roll_back", change.id)
        move.shop.work()

        assert move.found("words") == {"new words", "same words", "added words"}
        assert move.shop.vectors()[file, 2] == 1
        assert (file, 1) not in move.shop.vectors()

    def test_is_over_when_the_time_is(self, move: Move) -> None:
        move.shop.indexed(move.dataset, "a.txt", "some words")
        change = move.moved()
        move.shop.work()
        assert sum(move.shop.vectors().values()) == 1

        move.shop.clock.advance(1, days=KEPT_DAYS)
        move.shop.work()

        assert move.shop.vectors() == {}
        assert move.view(change.id).kept_until is None
        with pytest.raises(ModelChangeStateForbids, match="not kept any more"):
            move.act("roll_back", change.id)

    def test_that_is_called_off_keeps_what_was_kept(self, move: Move) -> None:
        move.shop.indexed(move.dataset, "a.txt", "some words")
        change = move.moved()
        back = move.act("roll_back", change.id)
        move.act("cancel", back.id)
        move.shop.work()
        assert move.model == "other words"
        assert sum(move.shop.vectors().values()) == 1
        move.act("roll_back", change.id)
        move.shop.work()
        assert move.model == "words"


class TestADeletedDataset:
    def test_is_gone_from_all_its_shelves(self, move: Move) -> None:
        move.shop.indexed(move.dataset, "a.txt", numbered(10))
        move.moved()
        move.shop.delete_dataset(move.dataset)
        move.shop.work()
        assert move.shop.vectors() == move.shop.vectors(OTHER_COLLECTION) == {}
        assert move.shop.count(DatasetShelf) == move.shop.count(ShelvedFile) == 0


class Turmoil:
    """Uploads, deletions and worker deaths at random moments of a change and of the way back."""

    def __init__(self, move: Move, seed: int) -> None:
        self.move = move
        self.shop = move.shop
        self.chosen = random.Random(seed)  # noqa: S311 - a sequence, no secret
        self.wanted: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    def put(self, name: str) -> None:
        self.wanted[name] = f"{name} version{self.chosen.randrange(10**6)}"
        self.ids[name] = self.shop.upload(self.move.dataset, f"{name}.txt", self.wanted[name]).id

    def meddle(self) -> None:
        name = f"f{self.chosen.randrange(8)}"
        if name in self.wanted and self.chosen.random() < 0.3:
            self.shop.delete(self.move.dataset, self.ids.pop(name))
            del self.wanted[name]
        else:
            self.put(name)

    def step(self) -> None:
        if self.chosen.random() < 0.4:
            self.meddle()
        if self.chosen.random() < 0.2:
            self.shop.store.before[self.chosen.choice(["upsert", "delete_file", "set_enabled"])] = self._die
        self.shop.turn(self.chosen.choice([PARSE_QUEUE, EMBED_QUEUE, EMBED_QUEUE, DEFAULT_QUEUE]))
        self.shop.clock.advance(31 if self.chosen.random() < 0.2 else 1)

    @staticmethod
    def _die() -> None:
        raise OSError("the worker died here")

    def settle(self) -> None:
        self.shop.store.before.clear()
        for _ in range(12):
            self.shop.clock.advance(400)
            self.shop.work()


@pytest.mark.parametrize("seed", some(range(6), one_in=3))
def test_no_interruption_leaves_a_hole(workshop: Workshop, seed: int) -> None:
    move = Move(workshop, workshop.dataset())
    turmoil = Turmoil(move, seed)
    for number in range(8):
        turmoil.put(f"f{number}")
    workshop.work()
    change = move.begin()
    for step in range(40):
        turmoil.step()
        if step == 25 and move.view(change.id).state == ChangeState.SWITCHED:
            move.act("roll_back", change.id)
    turmoil.settle()

    text, everything = " ".join(turmoil.wanted.values()), set(turmoil.wanted.values())
    for alpha in (0.0, 1.0):
        assert workshop.found(text, move.dataset, alpha=alpha) == everything
    assert [finding.message for finding in workshop.doctor.examine()] == []
