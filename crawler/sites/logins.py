"""What a site wants from those who may see it: kept sealed, shown to nobody, sent to its own origin only."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy.orm import Session

from crawler.sites.models import CrawlSite
from kit.errors import Detail, Invalid
from kit.secrets.store import Place, Secrets

KIND = "crawl.site"
_NAME = "login"
_TOKEN = re.compile(r"^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$")
"""RFC 9110's name of a header, and RFC 6265's of a cookie."""

_COOKIE_VALUE = re.compile(r"^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$")
_OURS = frozenset(
    {
        *("host", "connection", "content-length", "content-encoding", "transfer-encoding", "te", "trailer", "upgrade"),
        *("expect", "keep-alive", "proxy-authorization", "proxy-connection", "accept-encoding", "range", "cookie"),
        *("if-none-match", "if-modified-since", "user-agent"),
    }
)
"""Headers that say how a message travels, or that a crawl sets by itself."""


@dataclass(frozen=True, slots=True)
class SiteLogin:
    """A name with a password, headers, cookies, or several of them. Nothing of it may be shown again."""

    username: str | None = None
    password: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)

    def as_headers(self) -> dict[str, str]:
        """Invalid, without any of the values, where something cannot be sent."""
        found = dict(self.headers)
        for name, value in found.items():
            _check_header(name, value)
        if len({name.lower() for name in found}) < len(found):
            raise _invalid("headers", "a header is named twice, in other letter case")
        if self.username is not None or self.password is not None:
            if any(name.lower() == "authorization" for name in found):
                raise _invalid("username", "a user name goes with no header `Authorization`: give one of the two")
            found["Authorization"] = f"Basic {self._basic()}"
        if self.cookies:
            found["Cookie"] = "; ".join(f"{name}={_cookie(name, value)}" for name, value in self.cookies.items())
        if not found:
            raise _invalid("username", "a login is a user name with a password, headers, cookies, or several of these")
        return found

    def _basic(self) -> str:
        """RFC 7617, in UTF-8."""
        username, password = self.username or "", self.password or ""
        if not username or ":" in username:
            raise _invalid("username", "a user name is not empty and holds no colon")
        if any(_is_control(text) for text in (username, password)):
            raise _invalid("password", "user name and password hold no control characters")
        return base64.b64encode(f"{username}:{password}".encode()).decode("ascii")


def _check_header(name: str, value: str) -> None:
    if not _TOKEN.match(name):
        raise _invalid("headers", f"{name[:100]!r} is no name of a header")
    if name.lower() in _OURS:
        wish = "give cookies apart" if name.lower() == "cookie" else "leave it out"
        raise _invalid("headers", f"the header {name!r} is for the crawler to set: {wish}")
    if not value or _is_control(value) or not value.isascii() or value != value.strip():
        raise _invalid("headers", f"the value of the header {name!r} is empty, has blanks around it, or is not ASCII")


def _cookie(name: str, value: str) -> str:
    if not _TOKEN.match(name):
        raise _invalid("cookies", f"{name[:100]!r} is no name of a cookie")
    if not _COOKIE_VALUE.match(value):
        raise _invalid(
            "cookies", f"the value of the cookie {name!r} holds what no cookie may: encode it as the site does"
        )
    return value


def _is_control(text: str) -> bool:
    return any(ord(character) < 32 or ord(character) == 127 for character in text)


def _invalid(place: str, message: str) -> Invalid:
    return Invalid(message, details=[Detail(place, message)])


@dataclass(frozen=True, slots=True)
class Logins:
    """All methods take the caller's session and leave committing to it. Sites come from Sites, so the caller may see
    them."""

    secrets: Secrets

    def put(self, session: Session, site: CrawlSite, login: SiteLogin) -> None:
        """In place of the one before. Invalid, or SecretKeyMissing."""
        self.secrets.put(session, _place(site), msgspec.json.encode(login.as_headers()).decode())

    def clear(self, session: Session, site: CrawlSite) -> None:
        self.secrets.clear(session, _place(site))

    def are_set(self, session: Session, sites: Sequence[CrawlSite]) -> frozenset[str]:
        """Ids of the sites that have one."""
        found: set[str] = set()
        for tenant_id in {site.tenant_id for site in sites}:
            found |= self.secrets.owners(session, tenant_id, KIND, [site.id for site in sites])
        return frozenset(found)

    def headers(self, session: Session, site: CrawlSite) -> dict[str, str]:
        """To send to the site's origin; empty where there are none. Raises SecretCannotBeRead."""
        text = self.secrets.get(session, _place(site))
        return {} if text is None else msgspec.json.decode(text, type=dict[str, str])

    def forget(self, session: Session, site: CrawlSite) -> None:
        self.secrets.forget(session, site.tenant_id, KIND, site.id)


def _place(site: CrawlSite) -> Place:
    return Place(site.tenant_id, KIND, site.id, _NAME)


def without(text: str, values: Iterable[str]) -> str:
    """The text with none of the values in it, however it came to hold one."""
    for value in sorted(filter(None, values), key=len, reverse=True):
        text = text.replace(value, "[redacted]")
    return text
