"""From an upload to what is found."""

from __future__ import annotations

from ingest.files.jobs import EMBED_QUEUE, PARSE_QUEUE
from ingest.files.types import ShownStatus
from tests.unit.ingest.workshop import Workshop, numbered, pages


class TestWholeBuild:
    def test_goes_from_pending_to_indexed_with_true_progress(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        file = shop.upload(dataset, "a.txt", numbered(160)).id
        seen = []
        for queue in ("", PARSE_QUEUE, EMBED_QUEUE):
            if queue:
                shop.turn(queue)
            view = shop.view(dataset, file)
            seen.append((view.status, view.progress, view.chunks_done, view.chunks_total, view.chunks_count))
        assert seen == [
            (ShownStatus.PENDING, 0.0, 0, 0, 0),
            (ShownStatus.EMBEDDING, 10.0, 0, 160, 0),
            (ShownStatus.INDEXED, 100.0, 160, 160, 160),
        ]
        assert shop.found('"number77"', dataset) == {"page number77"}

    def test_makes_one_chunk_of_each_page(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.indexed(dataset, "a.txt", pages("red apple", "green pear"))
        assert workshop.found("apple pear", dataset) == {"red apple", "green pear"}
