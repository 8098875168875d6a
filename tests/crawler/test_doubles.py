"""Pages that say nearly the same are one file; which one stands for the others follows the site through recrawls."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from crawler.reasons import Outcome, Reason
from crawler.running import handler
from tests.crawler.conftest import Field
from tests.crawler.in_process import ORIGIN, InProcess, Site
from tests.crawler.test_recrawls import jobs


def prose(seed: str, *, words: int = 300) -> str:
    chosen = random.Random(seed)  # noqa: S311 - made-up text, no secret
    return " ".join(f"{seed}{chosen.randint(1, 400)}" for _ in range(words))


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Site:
    site = Site()
    monkeypatch.setattr(InProcess, "site", site, raising=False)
    monkeypatch.setattr(handler, "CrawlChild", InProcess)
    return site


Crawler = Callable[..., Mapping[str, tuple[str, str | None]]]


@pytest.fixture
def crawl(field_: Field, pages: Site) -> Crawler:
    def crawled(**settings: object) -> Mapping[str, tuple[str, str | None]]:
        view = field_.crawl(f"{ORIGIN}/", **settings)
        assert (view.state, view.error) == ("completed", None)
        return field_.report(view.id)

    return crawled


def paths(field_: Field) -> set[str]:
    """Of the pages that are files, but for the front page."""
    return {str(file.url).removeprefix(ORIGIN) for file in field_.files()} - {"/"}


def release(version: str, text: str = "same") -> tuple[str, str]:
    return "Manual", f"<p>Of release {version}.</p><p>{prose(text)}</p>"


TWO = {"/blog/story.html": "Blog", "/news/story.html": "News"}


def tell_twice(pages: Site, told: str = "story", later: str | None = None) -> None:
    for path, where in TWO.items():
        text = prose(told) if where == "Blog" or later is None else prose(later)
        pages.put(path, "A story", f"<p>{where}</p><p>{text}</p>")


class TestPagesThatSayNearlyTheSame:
    def test_are_one_file_and_the_other_points_to_it(self, field_: Field, pages: Site, crawl: Crawler) -> None:
        tell_twice(pages)
        report = crawl()
        assert Counter(report[path] for path in TWO) == {
            (Outcome.KEPT, Reason.NEW): 1,
            (Outcome.DUPLICATE, Reason.NEARLY_ANOTHER): 1,
        }
        assert len(paths(field_) & set(TWO)) == 1

    def test_cost_nothing_when_nothing_has_changed(self, field_: Field, pages: Site, crawl: Crawler) -> None:
        tell_twice(pages)
        for version in ("v1", "v2"):
            pages.put(f"/manual/{version}/a.html", *release(version))
        crawl()
        parses, before = jobs(field_, "file.parse"), paths(field_)
        pages.whole.clear()
        report = crawl()
        assert {outcome for path, (outcome, _) in report.items() if path in TWO} == {
            Outcome.UNCHANGED,
            Outcome.DUPLICATE,
        }
        assert jobs(field_, "file.parse") == parses
        assert pages.whole == []
        assert paths(field_) == before

    def test_are_all_files_where_the_site_s_settings_say_so(self, field_: Field, pages: Site, crawl: Crawler) -> None:
        tell_twice(pages)
        assert len(set(TWO) & paths_after(crawl, field_)) == 1
        assert set(TWO) <= paths_after(crawl, field_, merge_near_duplicates=False)

    @pytest.mark.parametrize(
        ("title", "line"), [("A story", "Costs 5 euros."), ("Another story", "Costs 4 euros, or a little less.")]
    )
    def test_are_two_where_a_number_or_the_title_differs(
        self, field_: Field, pages: Site, crawl: Crawler, title: str, line: str
    ) -> None:
        one, other = TWO
        pages.put(one, "A story", f"<p>Costs 4 euros.</p><p>{prose('story')}</p>")
        pages.put(other, title, f"<p>{line}</p><p>{prose('story')}</p>")
        assert set(TWO) <= paths_after(crawl, field_)

    def test_are_two_again_once_they_differ(self, field_: Field, pages: Site, crawl: Crawler) -> None:
        tell_twice(pages)
        report = crawl()
        (standing,) = [path for path in TWO if report[path][0] == Outcome.KEPT]
        (other,) = set(TWO) - {standing}
        pages.put(standing, "A story", f"<p>It is all different now.</p><p>{prose('fresh')}</p>")
        assert other not in paths_after(crawl, field_)
        assert set(TWO) <= paths_after(crawl, field_)

    def test_lose_nothing_when_the_one_that_stands_for_them_goes(
        self, field_: Field, pages: Site, crawl: Crawler
    ) -> None:
        tell_twice(pages)
        report = crawl()
        (standing,) = [path for path in TWO if report[path][0] == Outcome.KEPT]
        (other,) = set(TWO) - {standing}
        del pages.pages[standing]
        assert standing in paths_after(crawl, field_)
        assert {standing, other} & paths_after(crawl, field_) == {other}

    def test_are_one_again_when_it_comes_back(self, field_: Field, pages: Site, crawl: Crawler) -> None:
        tell_twice(pages)
        report = crawl()
        (standing,) = [path for path in TWO if report[path][0] == Outcome.KEPT]
        gone = pages.pages.pop(standing)
        crawl()
        crawl()
        pages.pages[standing] = gone
        assert len(set(TWO) & paths_after(crawl, field_)) == 1
        assert len(set(TWO) & paths_after(crawl, field_)) == 1


def paths_after(crawl: Crawler, field_: Field, **settings: object) -> set[str]:
    crawl(**settings)
    return paths(field_)


class TestReleasesOfAPage:
    def test_that_differ_little_are_the_newest_and_what_differs_much_stays(
        self, field_: Field, pages: Site, crawl: Crawler
    ) -> None:
        for version in ("1.9", "1.10", "2.0rc1"):
            pages.put(f"/manual/{version}/a.html", *release(version))
        pages.put("/manual/1.0/a.html", *release("1.0", "old"))
        report = crawl()
        assert paths(field_) == {"/manual/1.10/a.html", "/manual/1.0/a.html"}
        assert report["/manual/1.9/a.html"] == (Outcome.DUPLICATE, Reason.OTHER_VERSION)

    def test_give_way_to_one_that_comes_later_without_a_person(
        self, field_: Field, pages: Site, crawl: Crawler
    ) -> None:
        for number in range(6):
            pages.put(f"/manual/v1/{number}.html", *release("v1", f"t{number}"))
        crawl()
        for number in range(6):
            pages.put(f"/manual/v2/{number}.html", *release("v2", f"t{number}"))
        crawl()
        assert paths(field_) == {f"/manual/v2/{number}.html" for number in range(6)}
        parses = jobs(field_, "file.parse")
        report = crawl()
        assert report["/manual/v1/0.html"][0] == Outcome.DUPLICATE
        assert jobs(field_, "file.parse") == parses

    def test_what_points_to_a_page_follows_when_another_takes_its_place(
        self, field_: Field, pages: Site, crawl: Crawler
    ) -> None:
        pages.put("/manual/v1/a.html", *release("v1"))
        pages.put("/manual/v1/a.html?print=1", *release("v1"))
        crawl()
        pages.put("/manual/v2/a.html", *release("v2"))
        view = field_.crawl(f"{ORIGIN}/")
        rows = field_.rows(view.id)
        targets = {path: rows[path].target for path in rows if rows[path].outcome == Outcome.DUPLICATE}
        newest = f"{ORIGIN}/manual/v2/a.html"
        assert targets == {"/manual/v1/a.html": newest, "/manual/v1/a.html?print=1": newest}
        assert {rows[path].file_id for path in targets} == {rows["/manual/v2/a.html"].file_id}


class TestPagesThatNameAnother:
    def test_wait_for_a_person_where_all_of_a_site_suddenly_does(
        self, field_: Field, pages: Site, crawl: Crawler
    ) -> None:
        names = [f"/p/{number}.html" for number in range(8)]
        for path in names:
            pages.put(path, path, f"<p>{prose(path[3])}</p>")
        crawl()
        for path in names[1:]:
            head = f"<link rel='canonical' href='{names[0]}'>"
            pages.put(path, path, f"<p>{prose(path[3])} and more</p>", head)
        held = field_.crawl(f"{ORIGIN}/")
        assert (held.state, held.removals) == ("held", 7)
        assert set(names) <= paths(field_)
        with field_.runtime.database.write() as session:
            crawls = field_.runtime.crawling.crawls
            crawls.decide(session, field_.principal, field_.dataset, held.id, remove=True, grace=2)
        assert paths(field_) == {names[0]}


class TestSettingsThatHaveChanged:
    def test_let_pages_in_that_only_unchanged_pages_lead_to(self, field_: Field, pages: Site, crawl: Crawler) -> None:
        for path in ("/a/1.html", "/b/1.html"):
            pages.put(path, path, f"<p>{prose(path[1])}</p>")
        assert paths_after(crawl, field_, exclude=("/b/*",)) == {"/a/1.html"}
        parses = jobs(field_, "file.parse")
        assert paths_after(crawl, field_) == {"/a/1.html", "/b/1.html"}
        assert jobs(field_, "file.parse") == parses + 1
        pages.whole.clear()
        crawl()
        assert pages.whole == []


class TestLanguages:
    @pytest.fixture
    def translated(self, pages: Site) -> Site:
        addresses = {"en": "/guide.html", "de": "/de/guide.html", "pt-br": "/pt/guide.html"}
        head = "".join(f"<link rel='alternate' hreflang='{tag}' href='{path}'>" for tag, path in addresses.items())
        for tag, path in addresses.items():
            pages.put(path, "Guide", f"<p>{prose(tag[:2])}</p>", head)
        pages.put("/it/solo.html", "Da solo", f"<p>{prose('it')}</p>")
        return pages

    def test_are_metadata_of_files_beside_what_they_translate(
        self, field_: Field, translated: Site, crawl: Crawler
    ) -> None:
        crawl()
        labels = {str(file.url).removeprefix(ORIGIN): dict(file.labels) for file in field_.files()}
        site, main = ORIGIN.removeprefix("http://"), f"{ORIGIN}/guide.html"
        assert labels["/guide.html"] == {"site": site, "language": "en"}
        assert labels["/de/guide.html"] == {"site": site, "language": "de", "alternateOf": main}
        assert labels["/pt/guide.html"] == {"site": site, "language": "pt", "locale": "pt-br", "alternateOf": main}
        assert labels["/it/solo.html"] == {"site": site, "language": "it"}

    def test_that_are_not_wanted_are_left_out_and_leave_when_the_settings_change(
        self, field_: Field, translated: Site, crawl: Crawler
    ) -> None:
        report = crawl(languages=("en", "pt"))
        assert report["/de/guide.html"] == (Outcome.SKIPPED, Reason.LANGUAGE)
        assert paths(field_) == {"/guide.html", "/pt/guide.html"}
        crawl(languages=("en",))
        assert paths_after(crawl, field_, languages=("en",)) == {"/guide.html"}
        assert len(paths_after(crawl, field_, languages=())) == 4
