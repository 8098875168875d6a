"""What an engine remembers of earlier searches never outlives a write, whoever made it."""

from __future__ import annotations

from retrieval.stores.edge.answers import Answers
from retrieval.stores.edge.messages import Done, Refused
from retrieval.stores.edge.store import EdgeStore
from tests.contracts.vector_store.conftest import SPEC
from tests.contracts.vector_store.library import Library


class TestASearchThatWasAskedBefore:
    def test_sees_every_change_at_once(self, library: Library) -> None:
        library.add("a", ["tiger", "lion"])
        assert library.found("tiger") == library.found("tiger") == {"tiger"}
        library.add("b", ["tiger wolf"])
        assert library.found("tiger") == {"tiger", "tiger wolf"}
        library.store.set_enabled(library.collection, library.file("a"), enabled=False)
        assert library.found("tiger") == {"tiger wolf"}
        library.store.delete_file(library.collection, library.file("b"))
        assert library.found("tiger") == set()

    def test_sees_what_another_process_writes(self, edge: EdgeStore) -> None:
        mine = Library(edge, SPEC.name)
        other = EdgeStore(edge.folder, linger=0.2)
        mine.add("a", ["tiger"])
        assert mine.found("tiger") == {"tiger"}
        Library(other, SPEC.name, tenant=mine.tenant, pages=mine.pages).add("b", ["tiger bear"])
        assert mine.found("tiger") == {"tiger", "tiger bear"}
        other.close()

    def test_is_nobody_else_s(self, library: Library, stranger: Library) -> None:
        library.add("a", ["tiger"])
        assert library.found("tiger") == {"tiger"}
        assert stranger.found("tiger") == set()


class TestAnswers:
    def test_keep_no_refusals_and_stay_small(self) -> None:
        answers = Answers()
        answers.keep(b"q", Refused("UNAVAILABLE", "away"))
        assert answers.get(b"q") is None
        for number in range(200):
            answers.keep(b"%d" % number, Done(b"x" * 200_000))
        assert answers.get(b"0") is None
        assert answers.get(b"199") is not None
        answers.forget()
        assert answers.get(b"199") is None
