"""The rows have the last word on what a search shows, whatever the engine still holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from ingest.files.jobs import PARSE_QUEUE
from ingest.files.models import Chunk
from retrieval.search.types import SearchRequest
from retrieval.types import RankSource
from tests.unit.ingest.workshop import Workshop, pages


def disable_chunks(shop: Workshop, _dataset: str, _file: str) -> None:
    with shop.database.write() as session:
        session.execute(update(Chunk).values(enabled=False))


def switch_off(shop: Workshop, dataset: str, file: str) -> None:
    shop.change(dataset, file, enabled=False)


def delete(shop: Workshop, dataset: str, file: str) -> None:
    shop.delete(dataset, file)


def switch_the_rows_alone(shop: Workshop, dataset: str, file: str) -> None:
    """To a new version whose vectors are not there yet, as if the engine had lost the switch."""
    shop.upload(dataset, "a.txt", "quite other text")
    shop.work(PARSE_QUEUE)
    with shop.database.write() as session:
        (claim,) = shop.queue.claim(session, queue="embed", owner="w", limit=1)
        build = shop.book.find(session, claim)
        assert build is not None
        shop.book.activate(session, build)


class TestAPassage:
    @pytest.mark.parametrize("hide", [disable_chunks, switch_off, delete, switch_the_rows_alone])
    @pytest.mark.parametrize("alpha", [0.0, 0.7, 1.0])
    def test_that_is_hidden_in_rows_is_not_shown(
        self, workshop: Workshop, hide: Callable[[Workshop, str, str], None], alpha: float
    ) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", "some words")
        request = SearchRequest("some words", [dataset], alpha=alpha)
        assert len(workshop.search_service.search(workshop.caller, request).hits) == 1
        hide(workshop, dataset, file)
        assert workshop.vectors() == {(file, 1): 1}
        assert list(workshop.search_service.search(workshop.caller, request).hits) == []

    def test_says_truly_which_leg_found_it(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.indexed(dataset, "a.txt", pages("alpha beta", "gamma delta"))
        hits = workshop.search_service.search(workshop.caller, SearchRequest("alpha beta", [dataset])).hits
        sources = {hit.passage.content: hit.rank_source for hit in hits}
        assert sources["alpha beta"] is RankSource.HYBRID
        assert sources.get("gamma delta", RankSource.VECTOR) is RankSource.VECTOR
        assert all(0 < hit.score <= 1 for hit in hits)
