"""Pages that say what another page of their site says: which one stands for them, and what becomes of the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.crawls import repository
from crawler.crawls.models import CrawlUrl
from crawler.reasons import Outcome, Reason
from crawler.running.boilerplate import split
from crawler.running.contents import Contents, said_by
from crawler.running.likenesses import Entry, Likenesses, still_alike
from crawler.running.reading import Reading
from crawler.sites.models import SitePage
from crawler.urls import url_key
from crawler.variants import family_of, originals, rank_of

ALIKE = 0.8
"""Of the lines of a page and its print view together; the view leaves out pictures' captions and adds a line or two."""

BY_TEXT = frozenset({Reason.SAME_AS_ANOTHER, Reason.VARIANT_OF_ANOTHER, Reason.OTHER_VERSION, Reason.NEARLY_ANOTHER})
"""What it says is found under the other address: nothing is lost with its file."""

_BY_GIST = frozenset({Reason.OTHER_VERSION, Reason.NEARLY_ANOTHER})
_FOUND = frozenset({Outcome.KEPT, Outcome.UNCHANGED, Outcome.DUPLICATE})


@dataclass(frozen=True, slots=True)
class Double:
    """`key` is that of the page that says the same. `takes_over`: not that one, but the one that has come now is to
    stand for both."""

    reason: Reason
    key: str
    takes_over: bool = False


@dataclass(slots=True)
class Doubles:
    """Of one crawl's site. `clear` takes a page's file out of the dataset; `near`: whether pages that say nearly the
    same are one."""

    site_id: str
    crawl_id: str
    clear: Callable[[Session, SitePage], None]
    near: bool = True
    contents: Contents = field(default_factory=Contents)
    likenesses: Likenesses = field(default_factory=Likenesses)

    def know(self, pages: Iterable[SitePage]) -> None:
        """Pages that have a file, and stand for others."""
        standing = [page for page in pages if page.duplicate_of is None and not page.missed]
        self.contents = Contents(standing)
        if self.near:
            self.likenesses = Likenesses(standing)

    def add(self, reading: Reading) -> None:
        """It is going to be a file."""
        self.contents.add(reading.key, lines=reading.lines, content=reading.page.content)
        if self.near:
            self.likenesses.remove(reading.key)
            self.likenesses.add(_entry(reading))

    def find(self, session: Session, reading: Reading, *, coming: Collection[str]) -> Double | None:
        """The page of the site that says the same, if any. `coming` are keys of pages that are about to be files."""
        for reason, key in self._candidates(session, reading, coming):
            if key == reading.key:
                continue
            original = self._standing(session, key)
            if original is None and key not in coming:
                continue
            better = original is not None and reason in BY_TEXT and _outranks(reading.page.url, original.url)
            return Double(reason, key, takes_over=better)
        return None

    def _candidates(self, session: Session, reading: Reading, coming: Collection[str]) -> Iterable[tuple[Reason, str]]:
        page = reading.page
        if page.canonical is not None and not _is_root(page.canonical):
            yield Reason.CANONICAL_ELSEWHERE, url_key(page.canonical)
        same = self.contents.find(reading.content)
        if same is not None:
            yield Reason.SAME_AS_ANOTHER, same
        for key in map(url_key, originals(page.url)):
            original = self._standing(session, key)
            if key in coming or (original is not None and are_alike(split(reading.lines), split(original.lines))):
                yield Reason.VARIANT_OF_ANOTHER, key
        entry = _entry(reading)
        if entry is not None and self.near:
            yield from self.likenesses.ranked(entry)

    def _standing(self, session: Session, key: str) -> SitePage | None:
        found = session.get(SitePage, (self.site_id, key))
        stands = found is not None and found.file_id is not None and found.duplicate_of is None and not found.missed
        return found if stands else None

    def point(self, page: SitePage, reason: Reason, original: SitePage) -> None:
        """A file that it has from before is one too many, and goes as the crawl ends."""
        page.duplicate_of, page.duplicate_by = original.url, reason
        if page.file_id == original.file_id:
            page.file_id = None
        self._forget(page.key)

    def supersede(self, session: Session, key: str, reason: Reason, better: SitePage) -> None:
        """`better` is to stand for both from now on. A file that this crawl has made is called off at once; one from
        before is found until the crawl ends."""
        page = self._standing(session, key)
        if page is None:
            return
        page.duplicate_of, page.duplicate_by = better.url, reason
        self._forget(key)
        row = session.get(CrawlUrl, (self.crawl_id, key))
        if row is None or row.outcome not in _FOUND:
            return
        if row.outcome == Outcome.KEPT and row.reason == Reason.NEW:
            self.clear(session, page)
        row.outcome, row.reason, row.detail = Outcome.DUPLICATE, reason, None
        row.target, row.file_id = better.url, better.file_id

    def _forget(self, key: str) -> None:
        self.contents.remove(key)
        self.likenesses.remove(key)

    def straighten(self, session: Session) -> None:
        """Pages that point to one that has lost its place point to the one that has taken it."""
        wanted = select(SitePage).where(SitePage.site_id == self.site_id, SitePage.duplicate_of.is_not(None))
        pages = {page.url: page for page in session.scalars(wanted)}
        moved = {}
        for page in pages.values():
            end = _end_of(page, pages)
            if end != page.duplicate_of:
                moved[page.key] = page
                page.duplicate_of = end
        rows = repository.urls_by_key(session, self.crawl_id, moved)
        for key, row in rows.items():
            if row.outcome == Outcome.DUPLICATE:
                target = str(moved[key].duplicate_of)
                original = session.get(SitePage, (self.site_id, url_key(target)))
                row.target, row.file_id = target, original.file_id if original else None


def _end_of(page: SitePage, doubles: dict[str, SitePage]) -> str | None:
    seen, target = {page.url}, page.duplicate_of
    while target in doubles and target not in seen:
        seen.add(target)
        target = doubles[target].duplicate_of
    return target


def in_order(readings: Iterable[Reading]) -> Sequence[Reading]:
    """Those first that stand for others: so they are files when the others come."""
    return sorted(readings, key=lambda one: (one.page.canonical is not None, rank_of(one.page.url)))


def belongs(page: SitePage, original: SitePage, boilerplate: frozenset[bytes], *, near: bool) -> bool:
    """Whether a page still says what the one says that it points to, as both were seen last."""
    reason = None if page.duplicate_by is None else Reason(page.duplicate_by)
    if reason in _BY_GIST:
        mine, its = Entry.of(page), Entry.of(original)
        return near and mine is not None and its is not None and still_alike(reason, mine, its)
    if reason is Reason.SAME_AS_ANOTHER:
        mine_now, its_now = (said_by(one.lines, one.content, boilerplate) for one in (page, original))
        return mine_now == its_now
    if reason is Reason.VARIANT_OF_ANOTHER:
        return are_alike(split(page.lines), split(original.lines))
    return True


def are_alike(one: Sequence[bytes], other: Sequence[bytes]) -> bool:
    """Whether two pages have most of their lines in common."""
    first, second = set(one), set(other)
    together = len(first | second)
    return together > 0 and len(first & second) >= ALIKE * together


def _entry(reading: Reading) -> Entry | None:
    page = reading.page
    return None if reading.gist is None else Entry(reading.key, page.url, page.title, page.language, reading.gist)


def _outranks(url: str, other: str) -> bool:
    """Whether it is the better of two addresses that are known to be versions of one page."""
    is_view = other in originals(url) or url in originals(other)
    return (is_view or family_of(url) == family_of(other)) and rank_of(url) < rank_of(other)


def _is_root(url: str) -> bool:
    """Pages that all name the front page as their own are set up wrongly rather than all the same."""
    return urlsplit(url).path in {"", "/"} and not urlsplit(url).query
