"""No sequence of uploads, edits, switches, deletions, changes of roles and re-indexes, worked off or half worked off,
ever brings what must not be seen: not as a result, not in a section, not through a citation, not from a cache."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

import pytest

from identity.types import Principal
from ingest.datasets.library import DatasetLibrary
from ingest.datasets.types import DatasetChange
from ingest.files.citations import FileCitations
from ingest.files.registry import FileRegistry
from ingest.files.surroundings import ChunkSurroundings
from kit.errors import NotFound
from retrieval.keywords.analysis import Analyser
from retrieval.search.dressing import Dressing
from retrieval.search.highlighting import Highlighter
from retrieval.search.query_vectors import QueryVectors
from retrieval.search.service import Search
from retrieval.search.types import Extras, SearchRequest
from retrieval.search.whereabouts import Subject
from retrieval.search.why_not import Cause, WhyNot
from tests.unit.ingest.workshop import QUEUES, Workshop, pages

ROLES = ("writer", "planner")
EVERYTHING = Extras(explanation=True, highlights=True, sections=True, citations=True)


@dataclass
class Known:
    """A file as it should be. `texts` are those that may be found now: while it is built anew, the old ones and the
    new ones."""

    dataset: str
    name: str
    serving: list[str] = field(default_factory=list)
    coming: list[str] = field(default_factory=list)
    enabled: bool = True


@dataclass
class World:
    """The workshop, and what the test knows of it."""

    shop: Workshop
    random: random.Random
    roles: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, Known] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    made: int = 0

    def text(self) -> str:
        self.made += 1
        return f"common word{self.made} about things"

    def step(self) -> None:
        steps = [self.upload, self.upload, self.replace, self.switch, self.switch, self.delete, self.roles_change]
        steps += [self.reindex, self.work_a_little, self.work_all, self.delete_dataset]
        chosen = self.random.choice(steps)
        self.done.append(chosen.__name__)
        chosen()

    def upload(self) -> None:
        if len(self.roles) < 3:
            dataset = self.shop.dataset(f"dataset {self.made}")
            self.roles[dataset] = []
            self.made += 1
        dataset = self.random.choice(list(self.roles))
        texts, name = [self.text(), self.text()], f"{self.made}.txt"
        uploaded = self.shop.upload(dataset, name, pages(*texts))
        self.files[uploaded.id] = Known(dataset, name, coming=texts)

    def replace(self) -> None:
        if not self.files:
            return
        file = self.files[self.random.choice(list(self.files))]
        file.serving += file.coming  # which may have been built meanwhile, and serves until the newest is
        file.coming = [self.text()]
        self.shop.upload(file.dataset, file.name, pages(*file.coming))

    def switch(self) -> None:
        if not self.files:
            return
        file_id = self.random.choice(list(self.files))
        file = self.files[file_id]
        file.enabled = not file.enabled
        self.shop.change(file.dataset, file_id, enabled=file.enabled)
        if self.random.random() < 0.5:
            self.shop.switch.apply(file_id)

    def delete(self) -> None:
        if not self.files:
            return
        file_id = self.random.choice(list(self.files))
        self.shop.delete(self.files.pop(file_id).dataset, file_id)

    def delete_dataset(self) -> None:
        if len(self.roles) < 2:
            return
        dataset = self.random.choice(list(self.roles))
        del self.roles[dataset]
        self.files = {key: file for key, file in self.files.items() if file.dataset != dataset}
        self.shop.delete_dataset(dataset)

    def roles_change(self) -> None:
        if not self.roles:
            return
        dataset = self.random.choice(list(self.roles))
        self.roles[dataset] = [role for role in ROLES if self.random.random() < 0.5]
        with self.shop.database.write() as session:
            self.shop.datasets.configure(
                session, self.shop.caller, dataset, DatasetChange(allowed_agent_roles=self.roles[dataset])
            )

    def reindex(self) -> None:
        if not self.roles:
            return
        dataset = self.random.choice(list(self.roles))
        with self.shop.database.write() as session:
            self.shop.datasets.reindex(session, self.shop.caller, dataset)

    def work_a_little(self) -> None:
        self.shop.turn(self.random.choice(QUEUES))

    def work_all(self) -> None:
        self.shop.work()
        for file in self.files.values():
            if file.coming:
                file.serving, file.coming = file.coming, []

    def allowed(self, caller: Principal) -> set[str]:
        return {
            text
            for file in self.files.values()
            if file.enabled and (caller.agent_role is None or caller.agent_role in self.roles[file.dataset])
            for text in [*file.serving, *file.coming]
        }

    def settled(self) -> bool:
        return not any(file.coming for file in self.files.values())

    def readable(self, caller: Principal) -> list[str]:
        return [one for one, roles in self.roles.items() if caller.agent_role is None or caller.agent_role in roles]


def search_of(shop: Workshop) -> Search:
    dressing = Dressing(shop.store, ChunkSurroundings(shop.database), Highlighter(Analyser("english"), shop.models))
    return replace(shop.search_service, dressing=dressing, vectors=QueryVectors(shop.models))


def check(world: World, search: Search, caller: Principal) -> None:
    allowed, datasets = world.allowed(caller), world.readable(caller)
    for dataset in set(world.roles) - set(datasets):
        with pytest.raises(NotFound):
            search.search(caller, SearchRequest("common", [dataset], alpha=0.0))
    if not datasets:
        return
    for alpha in (0.0, 0.6):
        request = SearchRequest("common things", datasets, top_k=20, alpha=alpha, extras=EVERYTHING)
        for asked in (request, replace(request, merge_neighbours=True), replace(request, diversity=0.5)):
            hits = search.search(caller, asked).hits
            for hit in hits:
                assert hit.section is not None
                assert hit.citation is not None
                for content in (hit.passage.content, hit.section.content):
                    assert set(content.replace("\n\n", "\n").splitlines()) <= allowed, world.done
                world.keys.append(hit.citation.key)


def check_asking(world: World, search: Search, caller: Principal) -> None:
    """Neither an old citation nor a question why something is missing tells of what may not be seen."""
    citations = FileCitations(world.shop.database, world.shop.gate)
    for key in world.random.sample(world.keys, min(5, len(world.keys))):
        try:
            cited = citations.resolve(caller, key)
        except NotFound:
            continue
        assert cited.file_id in world.files, world.done
        assert cited.dataset_id in world.readable(caller), world.done
    why_not = WhyNot(search, FileRegistry(world.shop.database, DatasetLibrary(world.shop.clock)))
    datasets = world.readable(caller)
    for file_id, file in list(world.files.items())[:3] if datasets else []:
        verdict = why_not.verdict(caller, SearchRequest("common", datasets, alpha=0.0), Subject(file_id=file_id))
        if file.dataset not in datasets:
            assert (verdict.cause, verdict.file_name) == (Cause.NEVER_INGESTED, None), world.done


def run(world: World, steps: int) -> None:
    search = search_of(world.shop)
    stranger = world.shop.settle("stranger")
    agents = [replace(world.shop.caller, agent_role=role) for role in ROLES]
    for _ in range(steps):
        world.step()
        for caller in (world.shop.caller, *agents):
            check(world, search, caller)
        check_asking(world, search, world.random.choice(agents))
        for dataset in world.roles:
            with pytest.raises(NotFound):
                search.search(stranger, SearchRequest("common", [dataset], alpha=0.0))
    world.work_all()
    allowed = world.allowed(world.shop.caller)
    if world.roles and len(allowed) <= 20:
        hits = search.search(world.shop.caller, SearchRequest("common", list(world.roles), top_k=20, alpha=0.0)).hits
        assert {hit.passage.content for hit in hits} == allowed, world.done


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_ever_shown_that_must_not_be(workshop: Workshop, seed: int) -> None:
    run(World(workshop, random.Random(seed)), steps=15)  # noqa: S311 - a sequence, no secret


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 140))
def test_nothing_is_ever_shown_that_must_not_be_in_long_sequences(workshop: Workshop, seed: int) -> None:
    run(World(workshop, random.Random(seed)), steps=60)  # noqa: S311 - a sequence, no secret
