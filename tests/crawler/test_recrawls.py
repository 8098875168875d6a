"""A site is crawled again: what has not changed costs nothing, what is gone leaves after a second look."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from bench.made_up_site import BOILERPLATE, MadeUpSite
from bench.page_server import Answer, PageServer
from crawler.reasons import Outcome
from crawler.sites.models import SitePage
from ingest.datasets.types import DatasetChange
from ingest.files.models import Chunk, File
from ingest.redaction.types import PersonalKind, Redaction
from kit.jobs.models import Job
from kit.pagination import PageRequest
from orchestration.approvals.types import ApprovalQuery, ApprovalStatus, ApprovalView, Decision, Resolution
from retrieval.embedding.protocol import Embedder, Passage
from retrieval.types import Vector
from tests.crawler.conftest import Field

PLAIN = {"Content-Type": "text/html"}


@pytest.fixture
def site() -> MadeUpSite:
    return MadeUpSite(30, is_plain=True)


def jobs(field_: Field, kind: str) -> int:
    with field_.runtime.database.read() as session:
        wanted = select(func.count()).where(Job.kind == kind, Job.dataset_id == field_.dataset)
        return session.scalar(wanted) or 0


def reasons(field_: Field, crawl_id: str) -> Counter[str | None]:
    return Counter(reason for _, reason in field_.report(crawl_id).values())


class TestAnUnchangedSite:
    @pytest.mark.parametrize("validators", [True, False])
    def test_is_neither_parsed_nor_embedded_again(
        self, field_: Field, site: MadeUpSite, server: PageServer, validators: bool
    ) -> None:
        site.validators = validators
        first = field_.crawl(f"{server.origin}/")
        field_.index()
        before = {file.id: file.generation for file in field_.files()}
        parses = jobs(field_, "file.parse")
        again = field_.crawl(f"{server.origin}/")
        field_.index()
        assert (again.state, again.pages_crawled) == ("completed", first.pages_crawled)
        expected = "not_modified" if validators else "same_bytes"
        assert reasons(field_, again.id)[expected] == len(before)
        assert jobs(field_, "file.parse") == parses
        assert {file.id: file.generation for file in field_.files()} == before
        assert again.pages_indexed == len(before)

    def test_in_other_clothes_says_the_same(self, field_: Field, site: MadeUpSite, server: PageServer) -> None:
        field_.crawl(f"{server.origin}/")
        parses = jobs(field_, "file.parse")
        site.banner = "<div><p>Spring sale: everything must go today.</p></div>"
        again = field_.crawl(f"{server.origin}/")
        assert reasons(field_, again.id) == {"same_content": len(field_.files()), "nofollow": 1}
        assert jobs(field_, "file.parse") == parses


class TestAChangedPage:
    def test_replaces_its_file_and_only_that(self, field_: Field, site: MadeUpSite, server: PageServer) -> None:
        field_.crawl(f"{server.origin}/")
        files = {file.url: file for file in field_.files()}
        site.edited.add(site.normal[3])
        again = field_.crawl(f"{server.origin}/")
        changed = [path for path, verdict in field_.report(again.id).items() if verdict == ("kept", "changed")]
        assert changed == [site.normal[3]]
        now = {file.url: file for file in field_.files()}
        assert {url: file.id for url, file in now.items()} == {url: file.id for url, file in files.items()}
        moved = [url for url, file in now.items() if file.generation != files[url].generation]
        assert moved == [f"{server.origin}{site.normal[3]}"]

    def test_keeps_what_it_said_and_shows_what_has_changed(
        self, field_: Field, site: MadeUpSite, server: PageServer
    ) -> None:
        field_.crawl(f"{server.origin}/")
        path = site.normal[3]
        site.edited.add(path)
        field_.crawl(f"{server.origin}/")
        (file,) = [one for one in field_.files() if one.url == f"{server.origin}{path}"]
        versions = field_.runtime.crawling.versions
        with field_.runtime.database.read() as session:
            listed = versions.list(session, field_.principal, field_.dataset, file.id)
            newest = versions.get(session, field_.principal, field_.dataset, file.id, number=2, against=None)
            first = versions.get(session, field_.principal, field_.dataset, file.id, number=1, against=None)
        assert [one.number for one in listed] == [2, 1]
        assert listed[0].at > listed[1].at
        added = [line for line in newest.diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
        assert any(f"This paragraph of {path} was written anew" in line for line in added)
        assert len(added) <= 2
        assert (first.against, first.diff) == (None, "")
        assert not any(line in str(newest.text) for line in BOILERPLATE)

    def test_embeds_only_the_passages_whose_words_have_changed(
        self, field_: Field, site: MadeUpSite, server: PageServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        field_.crawl(f"{server.origin}/")
        field_.index()
        embedded = counted(field_, monkeypatch)
        path = site.normal[3]
        site.edited.add(path)
        field_.crawl(f"{server.origin}/")
        field_.index()
        (file,) = [one for one in field_.files() if one.url == f"{server.origin}{path}"]
        assert file.chunks_count > 3
        assert 0 < len(embedded) < file.chunks_count
        assert any("was written anew" in text for text in embedded)
        assert len(embedded) <= 2
        assert any("was written anew" in hit for hit in field_.found(f"This paragraph of {path} was written anew"))

    def test_keeps_the_vectors_of_passages_longer_than_the_model_s_window(
        self, field_: Field, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        end = "The end of it all."

        def answer(path: str) -> Answer:
            if path != "/":
                return Answer(404)
            chosen = random.Random(7)  # noqa: S311 - made-up text, no secret
            sections = (" ".join(f"word{chosen.randint(1, 900)}" for _ in range(90)) for _ in range(12))
            body = "".join(f"<p>{section}.</p>" for section in sections)
            return Answer(200, PLAIN, f"<html><body><main>{body}<p>{end}</p></main></body></html>".encode())

        with field_.runtime.database.write() as session:
            changes = DatasetChange(chunk_size=1024, chunk_overlap=0)
            field_.runtime.datasets.configure(session, field_.principal, field_.dataset, changes)
        with PageServer(answer) as server:
            field_.crawl(f"{server.origin}/")
            field_.index()
            embedded = counted(field_, monkeypatch)
            end = "Another end altogether."
            field_.crawl(f"{server.origin}/")
            field_.index()
        (file,) = field_.files()
        assert file.chunks_count > 2
        assert len(embedded) == 1
        assert "Another end" in embedded[0]
        assert any("Another end" in found for found in field_.found("Another end altogether"))


class TestWhatAllPagesHave:
    def test_is_not_indexed_and_coming_or_going_embeds_nothing(
        self, field_: Field, site: MadeUpSite, server: PageServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        field_.crawl(f"{server.origin}/")
        field_.index()
        contents = passages(field_)
        assert len(contents) > 100
        assert [text for text in contents if any(line in text for line in BOILERPLATE)] == []
        assert any(text_of_first(site) in text for text in contents)
        embedded = counted(field_, monkeypatch)
        site.banner = "<div><p>Spring sale: everything must go today.</p></div>"
        site.edited.add(site.normal[3])
        field_.crawl(f"{server.origin}/")
        field_.index()
        assert len(embedded) <= 2
        assert [text for text in passages(field_) if "Spring sale" in text] == []


def text_of_first(site: MadeUpSite) -> str:
    return site.text_of(site.normal[0]).partition("<p>")[2].partition(" ")[0]


def passages(field_: Field) -> list[str]:
    """Of the versions that serve."""
    with field_.runtime.database.read() as session:
        wanted = select(Chunk.content).join(File, File.id == Chunk.file_id)
        mine = wanted.where(File.dataset_id == field_.dataset, File.active_generation == Chunk.generation)
        return list(session.scalars(mine))


def counted(field_: Field, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is embedded from now on."""
    embedded: list[str] = []
    model = type(field_.runtime.embedder)
    plainly = model.embed_passages

    def counting(self: Embedder, passages: Sequence[Passage]) -> Sequence[Sequence[Vector]]:
        embedded.extend(passage.content for passage in passages)
        return plainly(self, passages)

    monkeypatch.setattr(model, "embed_passages", counting)
    return embedded


class TestAPageThatIsGone:
    def test_stays_for_one_more_crawl_and_leaves_with_the_second(
        self, field_: Field, site: MadeUpSite, server: PageServer
    ) -> None:
        field_.crawl(f"{server.origin}/")
        there = len(field_.files())
        site.removed.add(site.normal[5])
        second = field_.crawl(f"{server.origin}/")
        assert field_.report(second.id)[site.normal[5]] == (Outcome.GONE, "not_found")
        assert len(field_.files()) == there
        third = field_.crawl(f"{server.origin}/")
        assert (third.state, third.removals, len(field_.files())) == ("completed", 1, there - 1)

    def test_comes_back_as_if_nothing_had_been(self, field_: Field, site: MadeUpSite, server: PageServer) -> None:
        field_.crawl(f"{server.origin}/")
        before = {file.id: file.generation for file in field_.files()}
        site.removed.add(site.normal[5])
        field_.crawl(f"{server.origin}/")
        site.removed.clear()
        back = field_.crawl(f"{server.origin}/")
        assert field_.report(back.id)[site.normal[5]] == (Outcome.UNCHANGED, "same_content")
        assert {file.id: file.generation for file in field_.files()} == before
        with field_.runtime.database.read() as session:
            wanted = select(func.max(SitePage.missed)).where(SitePage.site_id == back.site_id)
            assert session.scalar(wanted) == 0


class TestASiteThatFallsApart:
    def fall(self, field_: Field, site: MadeUpSite, server: PageServer) -> str:
        field_.crawl(f"{server.origin}/")
        site.removed.update(site.normal[:15])
        field_.crawl(f"{server.origin}/")
        held = field_.crawl(f"{server.origin}/")
        assert (held.state, held.status, held.removals) == ("held", "completed", 15)
        return held.id

    def test_waits_for_a_person_before_much_is_removed(
        self, field_: Field, site: MadeUpSite, server: PageServer
    ) -> None:
        held = self.fall(field_, site, server)
        there = len(field_.files())
        with field_.runtime.database.write() as session:
            crawls = field_.runtime.crawling.crawls
            view = crawls.decide(session, field_.principal, field_.dataset, held, remove=True, grace=2)
        assert view.state == "completed"
        assert len(field_.files()) == there - 15

    def test_loses_nothing_when_the_person_says_no(self, field_: Field, site: MadeUpSite, server: PageServer) -> None:
        held = self.fall(field_, site, server)
        there = len(field_.files())
        with field_.runtime.database.write() as session:
            crawls = field_.runtime.crawling.crawls
            crawls.decide(session, field_.principal, field_.dataset, held, remove=False, grace=2)
        again = field_.crawl(f"{server.origin}/")
        assert (again.state, len(field_.files())) == ("completed", there)

    def waiting(self, field_: Field, status: ApprovalStatus = ApprovalStatus.PENDING) -> list[ApprovalView]:
        """Approvals about this dataset."""
        query, page = ApprovalQuery(statuses=[status]), PageRequest(200)
        with field_.runtime.database.read() as session:
            found = field_.runtime.teamwork.approvals.list(session, field_.principal, query, page)
        return [one for one in found.items if one.details.get("datasetId") == field_.dataset]

    @pytest.mark.parametrize(("resolution", "removed"), [(Resolution.APPROVED, 15), (Resolution.REJECTED, 0)])
    def test_is_an_approval_whose_decision_is_carried_out(
        self, field_: Field, site: MadeUpSite, server: PageServer, *, resolution: Resolution, removed: int
    ) -> None:
        held = self.fall(field_, site, server)
        there = len(field_.files())
        [approval] = self.waiting(field_)
        assert approval.details["crawlJobId"] == held

        with field_.runtime.database.write() as session:
            decision = Decision(resolution, note="They are only away.")
            field_.runtime.teamwork.resolver.resolve(session, field_.principal, approval.id, decision)

        assert (field_.view(held).state, len(field_.files())) == ("completed", there - removed)
        assert self.waiting(field_) == []

    def test_is_decided_in_the_queue_too_when_it_is_decided_in_its_own_place(
        self, field_: Field, site: MadeUpSite, server: PageServer
    ) -> None:
        held = self.fall(field_, site, server)
        with field_.runtime.database.write() as session:
            crawls = field_.runtime.crawling.crawls
            crawls.decide(session, field_.principal, field_.dataset, held, remove=True, grace=2)
        assert self.waiting(field_) == []
        [approval] = self.waiting(field_, ApprovalStatus.APPROVED)
        assert approval.details["crawlJobId"] == held

    @pytest.mark.parametrize("failure", [Answer(500), Answer(200, PLAIN, b"<form><input type='password'></form>")])
    def test_is_not_emptied_by_an_outage_or_a_login_form(
        self, field_: Field, site: MadeUpSite, server: PageServer, failure: Answer
    ) -> None:
        field_.crawl(f"{server.origin}/")
        there = len(field_.files())
        site.outage = failure
        for _ in range(3):
            field_.crawl(f"{server.origin}/")
        assert len(field_.files()) == there


class TestADatasetThatRedacts:
    def test_shows_neither_in_passages_nor_in_versions_what_it_replaces(self, field_: Field) -> None:
        number = "+49 30 901820"

        def answer(path: str) -> Answer:
            if path != "/":
                return Answer(404)
            text = f"<p>The harbour master answers at {number} on weekdays between nine and five.</p>" * 3
            page = f"<html><head><title>Call {number}</title></head><body><main>{text}</main></body></html>"
            return Answer(200, PLAIN, page.encode())

        with field_.runtime.database.write() as session:
            changes = DatasetChange(redaction=Redaction((PersonalKind.PHONE,)))
            field_.runtime.datasets.configure(session, field_.principal, field_.dataset, changes)
        with PageServer(answer) as server:
            field_.crawl(f"{server.origin}/")
            field_.index()
            number = "+49 30 901829"
            field_.crawl(f"{server.origin}/")
            field_.index()
        (file,) = field_.files()
        versions = field_.runtime.crawling.versions
        with field_.runtime.database.read() as session:
            listed = versions.list(session, field_.principal, field_.dataset, file.id)
            shown = versions.get(session, field_.principal, field_.dataset, file.id, number=2, against=1)
        assert [one.title for one in listed] == ["Call [PHONE]", "Call [PHONE]"]
        assert "answers at [PHONE] on weekdays" in str(shown.text)
        said = f"{passages(field_)} {shown}"
        assert "[PHONE]" in str(passages(field_))
        assert "90182" not in said


class TestAWholePage:
    """In a dataset whose web pages are read whole."""

    def test_says_what_its_navigation_says(self, field_: Field) -> None:
        told = "Open tickets: none"

        def answer(path: str) -> Answer:
            page = f"<html><body><main>Desk</main><nav>{told}, as of this morning</nav></body></html>"
            return Answer(200, PLAIN, page.encode()) if path == "/" else Answer(404)

        with PageServer(answer) as server:
            assert reasons(field_, field_.crawl(f"{server.origin}/").id) == {"no_text": 1}
            with field_.runtime.database.write() as session:
                change = DatasetChange(only_main_content=False)
                field_.runtime.datasets.configure(session, field_.principal, field_.dataset, change)
            field_.crawl(f"{server.origin}/")
            told = "Open tickets: seven"
            assert reasons(field_, field_.crawl(f"{server.origin}/").id) == {"changed": 1}
            field_.index()
        assert ["seven" in text for text in field_.found("open tickets")] == [True]
