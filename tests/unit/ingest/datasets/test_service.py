"""Datasets as their callers change them, while their files live a life of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from identity.types import Principal
from ingest.datasets.errors import DatasetNameTaken, DatasetNotFound
from ingest.datasets.types import DatasetChange, DatasetStatus, NewDataset, ReindexReceipt
from ingest.files.jobs import PARSE_QUEUE
from kit.errors import Forbidden, Invalid
from kit.jobs.types import JobState
from tests.unit.ingest.workshop import Workshop, pages


def configure(shop: Workshop, dataset: str, **change: object) -> None:
    with shop.database.write() as session:
        shop.datasets.configure(session, shop.caller, dataset, DatasetChange(**change))  # type: ignore[arg-type]  # fields by name


def reindex(shop: Workshop, dataset: str) -> ReindexReceipt:
    with shop.database.write() as session:
        return shop.datasets.reindex(session, shop.caller, dataset)


def listed(shop: Workshop, caller: Principal) -> set[str]:
    with shop.database.read() as session:
        return {view.id for view in shop.datasets.list(session, caller)}


class TestCreate:
    def test_is_forbidden_to_a_key_for_certain_datasets(self, workshop: Workshop) -> None:
        narrowed = replace(workshop.caller, dataset_ids=["x"])
        with pytest.raises(Forbidden), workshop.database.write() as session:
            workshop.datasets.create(session, narrowed, NewDataset("new"))

    def test_refuses_a_name_that_is_taken_whatever_space_is_round_it(self, any_workshop: Workshop) -> None:
        any_workshop.dataset("manuals")
        with pytest.raises(DatasetNameTaken):
            any_workshop.dataset("  manuals ")

    def test_gives_a_name_free_again_to_other_tenants_and_after_deletion(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        first = shop.dataset("manuals")
        with shop.acting_as(shop.settle("other")):
            shop.dataset("manuals")
        shop.delete_dataset(first)
        assert shop.dataset("manuals") != first

    def test_cuts_the_usual_overlap_where_a_small_size_leaves_no_room(self, workshop: Workshop) -> None:
        dataset = workshop.dataset(chunk_size=128)
        assert workshop.dataset_view(dataset).chunk_overlap == 64
        with pytest.raises(Invalid, match="chunkOverlap"):
            workshop.dataset("other", chunk_size=128, chunk_overlap=128)


class TestConfigure:
    def test_reads_web_pages_whole_once_they_are_built_anew(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        page = "<html><body><nav>Herons</nav><main>{}</main></body></html>"
        shop.indexed(
            dataset, "page.html", page.format("<p>Cranes wade through the shallow water of the marsh.</p>" * 9)
        )
        main = page.format("<p>Storks nest on the roofs of the old town each year.</p>" * 9)
        shop.indexed(dataset, "main.html", main, only_main_content=True)
        configure(shop, dataset, only_main_content=False)
        shop.work()
        assert shop.found("herons", dataset) == set()
        reindex(shop, dataset)
        shop.work()
        (found,) = shop.found("herons", dataset)
        assert "Cranes wade" in found

    def test_refuses_settings_that_do_not_go_together_with_those_that_stay(self, workshop: Workshop) -> None:
        dataset = workshop.dataset(chunk_overlap=200)
        with pytest.raises(Invalid, match="chunkOverlap"):
            configure(workshop, dataset, chunk_size=200)
        assert workshop.dataset_view(dataset).chunk_size == 512

    def test_does_not_reach_into_a_build_under_way(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.upload(dataset, "a.txt", pages("one", "two"))
        configure(workshop, dataset, separators=("###",))
        workshop.work()
        assert workshop.found("one two", dataset) == {"one", "two"}

    def test_says_when_it_changed_something(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        before = workshop.dataset_view(dataset).updated_at
        workshop.clock.advance(5)
        configure(workshop, dataset, name="manuals", chunk_size=512)
        assert workshop.dataset_view(dataset).updated_at == before
        configure(workshop, dataset, description="for machines")
        assert workshop.dataset_view(dataset).updated_at == workshop.clock.now()


class TestReindex:
    def test_builds_every_file_with_the_settings_of_now_beside_what_serves(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        for name in ("a.txt", "b.txt"):
            shop.indexed(dataset, name, pages(f"one {name}", f"two {name}"))
        configure(shop, dataset, separators=("###",))
        assert reindex(shop, dataset).jobs_queued == 2
        assert len(shop.found("one two", dataset)) == 4
        shop.work()
        assert len(shop.found("one two", dataset)) == 2

    def test_asked_for_twice_is_done_once(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        file = shop.indexed(dataset, "a.txt", "words")
        reindex(shop, dataset)
        reindex(shop, dataset)
        shop.work(PARSE_QUEUE)
        reindex(shop, dataset)  # now as an embedding job
        shop.work()
        assert shop.generations(file) == {2: "active"}
        assert [job.state for job in shop.jobs(kind="file.parse")] == [JobState.DONE] * 2

    def test_with_other_settings_gives_up_the_one_under_way(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        file = workshop.indexed(dataset, "a.txt", pages("one", "two"))
        reindex(workshop, dataset)
        workshop.turn(PARSE_QUEUE)
        configure(workshop, dataset, separators=("###",))
        reindex(workshop, dataset)
        workshop.work()
        assert workshop.generations(file) == {3: "active"}
        assert len(workshop.found("one two", dataset)) == 1

    def test_estimates_by_the_pace_of_late(self, workshop: Workshop) -> None:
        dataset = workshop.dataset()
        workshop.upload(dataset, "a.txt", pages(*(f"page {n}" for n in range(60))))
        workshop.clock.advance(60)
        workshop.work()
        assert reindex(workshop, dataset).estimated_minutes == 1.0


class TestStatus:
    def test_tells_of_files_on_their_way_and_of_failures(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        seen = [shop.dataset_view(dataset).status]
        file = shop.upload(dataset, "a.txt", "---").id
        seen.append(shop.dataset_view(dataset).status)
        shop.work()
        seen.append(shop.dataset_view(dataset).status)
        shop.delete(dataset, file)
        seen.append(shop.dataset_view(dataset).status)
        assert seen == [
            DatasetStatus.ACTIVE,
            DatasetStatus.BUILDING,
            DatasetStatus.ERROR,
            DatasetStatus.ACTIVE,
        ]

    def test_counts_chunks_that_are_searched(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        shop.indexed(dataset, "a.txt", pages("one", "two"))
        shop.delete(dataset, shop.indexed(dataset, "b.txt", pages("three", "four", "five")))
        shop.upload(dataset, "a.txt", pages("one", "two", "three"))
        view = shop.dataset_view(dataset)
        assert (view.total_files, view.total_chunks) == (1, 2)


class TestDelete:
    def test_hides_the_dataset_at_once_from_everybody(self, any_workshop: Workshop) -> None:
        shop = any_workshop
        dataset = shop.dataset()
        shop.indexed(dataset, "a.txt", "words")
        shop.delete_dataset(dataset)
        assert listed(shop, shop.caller) == set()
        for look in (shop.dataset_view, shop.names, shop.delete_dataset):
            with pytest.raises(DatasetNotFound):
                look(dataset)
        with pytest.raises(DatasetNotFound):
            shop.found("words", dataset)
