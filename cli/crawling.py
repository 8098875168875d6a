"""`cairn crawl`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import sleep
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.awaiting import await_ended
from cli.crawl_login import asked_login, keep_login
from cli.ingesting import INTERRUPTED, target_of
from cli.intake import Crew
from cli.output import Json, counted, print_json, print_table, readable_size, remark, remarks, say
from cli.session import HomeOption, JsonOption, Session, opened
from crawler.crawls.types import CrawlState, CrawlUrlView, CrawlView, UrlQuery
from crawler.reasons import SENTENCES, Outcome
from kit.pagination import PageRequest, decode_cursor

if TYPE_CHECKING:
    from ingest.files.types import FileView

_LOOK_SECONDS = 0.3
_ENDED = frozenset({CrawlState.COMPLETED, CrawlState.FAILED, CrawlState.CANCELLED, CrawlState.HELD})
_SHOWN_FAILURES = 20
_KEPT = (Outcome.KEPT, Outcome.UNCHANGED)


def crawl(
    url: Annotated[str, typer.Argument(help="Where to start: http://… or https://…")],
    dataset: Annotated[str, typer.Option(help="Name or id; made if there is none of this name")],
    *,
    max_pages: Annotated[int | None, typer.Option(min=1, help="Pages at most (200 unless saved otherwise)")] = None,
    max_depth: Annotated[int | None, typer.Option(min=0, help="Links away from the start at most (3)")] = None,
    path: Annotated[str | None, typer.Option(help="Only addresses whose path begins with this")] = None,
    render: Annotated[
        bool | None, typer.Option("--render/--no-render", help="Draw pages without text in a browser (as saved, or no)")
    ] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only pages in this, such as en; may be repeated")] = None,
    user: Annotated[str | None, typer.Option(help="Sign in as this user; the password is asked for")] = None,
    header: Annotated[list[str] | None, typer.Option(help="Send this header; its value is asked for")] = None,
    cookie: Annotated[list[str] | None, typer.Option(help="Send this cookie; its value is asked for")] = None,
    logout: Annotated[bool, typer.Option("--logout", help="Forget what was given to sign in with")] = False,
    make: Annotated[bool, typer.Option("--create/--no-create", help="Whether to make the dataset")] = True,
    urls: Annotated[bool, typer.Option("--urls", help="List every address with its reason")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl a website into a dataset and wait until its pages are indexed. While a server runs on the home, it does the
    work. Crawling it again costs what has changed. What it signs in with is kept, sealed, for the crawls to come."""
    login = asked_login(user=user, headers=header or (), cookies=cookie or ())
    with opened(home) as session:
        target = target_of(session, dataset, make=make)
        crew = Crew(session)
        keep_login(session, target.id, url, login, forget=logout)
        bounds = Bounds(max_pages, max_depth, path, language, render=render)
        crawl_id = _start(session, target.id, url, bounds)
        try:
            view = _followed(session, crew, target.id, crawl_id)
            files = _indexed(session, crew, target.id, crawl_id)
        except KeyboardInterrupt:
            remark("Interrupted. The crawl stays, and the running server goes on with it, or the next `cairn serve`.")
            raise typer.Exit(INTERRUPTED) from None
        listed = _urls(session, target.id, crawl_id, () if urls or as_json else (Outcome.FAILED,))
    if as_json:
        print_json(_json(view, listed, indexed=len(files)))
    else:
        _show(view, listed, dataset=target.name, every=urls, files=files)
    if view.state in {CrawlState.FAILED, CrawlState.CANCELLED}:
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class Bounds:
    """None: as saved for the site."""

    max_pages: int | None
    max_depth: int | None
    path: str | None
    languages: Sequence[str] | None
    render: bool | None


def _start(session: Session, dataset_id: str, url: str, bounds: Bounds) -> str:
    crawling = session.runtime.crawling
    with session.runtime.database.write() as transaction:
        site = crawling.sites.touch(
            transaction,
            session.principal,
            dataset_id,
            url,
            max_pages=bounds.max_pages,
            max_depth=bounds.max_depth,
            path_prefix=bounds.path,
            languages=bounds.languages,
            render=bounds.render,
        )
        return crawling.crawls.start(transaction, site).id


def _view(session: Session, dataset_id: str, crawl_id: str) -> CrawlView:
    with session.runtime.database.read() as transaction:
        return session.runtime.crawling.crawls.get(transaction, session.principal, dataset_id, crawl_id)


def _followed(session: Session, crew: Crew, dataset_id: str, crawl_id: str) -> CrawlView:
    """Until the crawl has ended, with what it does before a person's eyes."""
    console = remarks()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    crew.ensure()
    crew.nudge()
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        bar = progress.add_task("Crawling", total=None)
        while True:
            view = _view(session, dataset_id, crawl_id)
            found = sum(view.counts.values())
            waiting = view.counts.get(Outcome.WAITING, 0)
            here = "" if crew.is_here else ", by the running server"
            said = f"Crawling{here}: {counted(view.pages_crawled, 'page')}, {readable_size(view.bytes_fetched)}"
            progress.update(bar, completed=found - waiting, total=found, description=said)
            if view.state in _ENDED:
                return view
            crew.ensure()
            sleep(_LOOK_SECONDS)


def _indexed(session: Session, crew: Crew, dataset_id: str, crawl_id: str) -> Sequence[FileView]:
    """The crawl's pages as files, once all of them have ended."""
    kept = {url.file_id for url in _urls(session, dataset_id, crawl_id, _KEPT) if url.file_id}
    return await_ended(session, crew, dataset_id, kept) if kept else []


def _urls(session: Session, dataset_id: str, crawl_id: str, outcomes: Sequence[Outcome]) -> list[CrawlUrlView]:
    crawls, query = session.runtime.crawling.crawls, UrlQuery(tuple(outcomes))
    found: list[CrawlUrlView] = []
    page = PageRequest(limit=500)
    with session.runtime.database.read() as transaction:
        while True:
            some = crawls.urls(transaction, session.principal, dataset_id, crawl_id, query=query, page=page)
            found += some.items
            if some.next_cursor is None:
                return found
            page = PageRequest(limit=500, after=decode_cursor(some.next_cursor))


def _show(
    view: CrawlView, listed: Sequence[CrawlUrlView], *, dataset: str, every: bool, files: Sequence[FileView]
) -> None:
    if every:
        print_table(("Address", "Outcome", "Why"), [(one.url, one.outcome.value, _why(one)) for one in listed])
        say("")
    elif listed:
        rows = [(one.url, _why(one)) for one in listed[:_SHOWN_FAILURES]]
        print_table(("Failed", "Why"), rows)
        say("")
    counts = ", ".join(f"{number:,} {outcome.value}" for outcome, number in _told(view.counts))
    say(f"{view.start_url}: {counted(view.pages_crawled, 'page')} ({counts}).")
    if view.error is not None:
        say(f"The crawl failed: {view.error}")
    if view.stopped_by is not None:
        say(f"It ended although there was more: {SENTENCES[view.stopped_by]}.")
    if view.state is CrawlState.HELD:
        say(f"{counted(view.removals, 'page')} would be removed, which waits for a person: approve or reject it.")
    errors = [file for file in files if file.error_message]
    for file in errors[:_SHOWN_FAILURES]:
        say(f"Not indexed: {file.name}: {file.error_message}")
    say(f"{len(files) - len(errors):,} of its pages can be found in {dataset!r}.")


def _told(counts: Mapping[Outcome, int]) -> list[tuple[Outcome, int]]:
    return [(outcome, counts[outcome]) for outcome in Outcome if counts.get(outcome)]


def _why(url: CrawlUrlView) -> str:
    said = SENTENCES[url.reason] if url.reason is not None else "not asked for"
    drawn = "drawn in a browser" if url.rendered else None
    more = [part for part in (url.detail, f"-> {url.target}" if url.target else None, drawn) if part]
    return f"{said} ({', '.join(more)})" if more else said


def _json(view: CrawlView, listed: Sequence[CrawlUrlView], *, indexed: int) -> Json:
    return {
        "crawlJobId": view.id,
        "siteId": view.site_id,
        "startUrl": view.start_url,
        "status": view.status.value,
        "state": view.state.value,
        "stopReason": None if view.stopped_by is None else view.stopped_by.value,
        "pagesCrawled": view.pages_crawled,
        "pagesIndexed": indexed,
        "pagesFailed": view.pages_failed,
        "pagesRendered": view.pages_rendered,
        "errorMessage": view.error,
        "counts": {outcome.value: number for outcome, number in _told(view.counts)},
        "urls": [
            {
                "url": one.url,
                "outcome": one.outcome.value,
                "reason": None if one.reason is None else one.reason.value,
                "detail": one.detail,
                "target": one.target,
                "language": one.language,
                "alternateOf": one.alternate_of,
                "fileId": one.file_id,
                "rendered": one.rendered,
            }
            for one in listed
        ],
    }
