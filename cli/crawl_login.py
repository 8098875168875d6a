"""What `cairn crawl` signs in with: asked for at the terminal or read from standard input, a line each, never an
argument, which everybody on the machine could read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from cli.session import Session

if TYPE_CHECKING:
    from crawler.sites.logins import SiteLogin


def asked_login(*, user: str | None, headers: Sequence[str], cookies: Sequence[str]) -> SiteLogin | None:
    """None where nothing is given. In the order: password, headers, cookies."""
    if user is None and not headers and not cookies:
        return None
    from crawler.sites.logins import SiteLogin  # noqa: PLC0415  # brings the database, which describing does not need

    password = None if user is None else _asked(f"Password of {user}")
    sent = {name: _asked(f"Value of the header {name}") for name in headers}
    return SiteLogin(user, password, sent, {name: _asked(f"Value of the cookie {name}") for name in cookies})


def _asked(what: str) -> str:
    return str(typer.prompt(what, hide_input=True, err=True))


def keep_login(session: Session, dataset_id: str, url: str, login: SiteLogin | None, *, forget: bool) -> None:
    """For this crawl and those to come."""
    if login is None and not forget:
        return
    crawling = session.runtime.crawling
    with session.runtime.database.write() as transaction:
        site = crawling.sites.touch(transaction, session.principal, dataset_id, url)
        if login is not None:
            crawling.logins.put(transaction, site, login)
        else:
            crawling.logins.clear(transaction, site)
