"""A made-up site with everything that crawlers meet: each address ends as the site's own truth says."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.made_up_site import MadeUpSite
from bench.page_server import PageServer
from crawler.reasons import Outcome
from tests.crawler.conftest import Field


def wrong(report: dict[str, tuple[str, str | None]], site: MadeUpSite) -> list[str]:
    """A sentence for each address that did not end as it should."""
    found = [
        f"{path} is {report.get(path)}, not {verdict}"
        for path, verdict in site.truth.items()
        if report.get(path) != verdict
    ]
    found += [
        f"{path} is listed, but is no address of the site"
        for path in report
        if path not in site.truth and not path.startswith(tuple(site.endless))
    ]
    for start, most in site.endless.items():
        kept = sum(path.startswith(start) and outcome == Outcome.KEPT for path, (outcome, _) in report.items())
        if not 0 < kept <= most:
            found.append(f"{kept} pages below {start}, at most {most} make sense")
    return found


class TestALargeSite:
    @pytest.mark.slow
    @pytest.mark.timeout(1800)
    def test_of_five_thousand_pages_ends_as_its_truth_says(self, field_: Field) -> None:
        site = MadeUpSite(5000)
        with PageServer(site.answer) as server:
            site.sitemaps(server.origin)
            crawl = field_.crawl(f"{server.origin}/", max_pages=10_000)
        assert (crawl.state, crawl.error, crawl.stopped_by) == ("completed", None, None)
        assert wrong(field_.report(crawl.id), site) == []
        assert len({file.url for file in field_.files()}) == len(field_.files()) == crawl.counts[Outcome.KEPT]


class TestACrawl:
    def test_lists_every_address_with_the_reason_that_is_true(
        self, field_: Field, site: MadeUpSite, server: PageServer
    ) -> None:
        crawl = field_.crawl(f"{server.origin}/")
        assert (crawl.state, crawl.error, crawl.stopped_by) == ("completed", None, None)
        report = field_.report(crawl.id)
        assert wrong(report, site) == []
        kept = [path for path, (outcome, _) in report.items() if outcome == Outcome.KEPT]
        assert crawl.counts[Outcome.KEPT] == len(kept) == len(field_.files())
        names = Counter(file.url for file in field_.files())
        assert set(names.values()) == {1}
        assert set(names) == {f"{server.origin}{path}" for path in kept}
        assert all(server.asked[path] == 0 for path in report if path.startswith("/private/"))
