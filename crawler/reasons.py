"""Why an address of a crawl ended as it did: stable words, and a sentence for people."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """`waiting` has not been asked for yet; `kept` is new or changed; `duplicate` is indexed under another address."""

    WAITING = "waiting"
    KEPT = "kept"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    GONE = "gone"
    FAILED = "failed"


class Reason(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    NOT_MODIFIED = "not_modified"
    SAME_BYTES = "same_bytes"
    SAME_CONTENT = "same_content"
    REDIRECTED = "redirected"
    CANONICAL_ELSEWHERE = "canonical_elsewhere"
    SAME_AS_ANOTHER = "same_as_another"
    VARIANT_OF_ANOTHER = "variant_of_another"
    OTHER_VERSION = "other_version"
    NEARLY_ANOTHER = "nearly_another"
    ROBOTS = "robots"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    NOINDEX = "noindex"
    NOFOLLOW = "nofollow"
    LANGUAGE = "language"
    OUTSIDE_PATH = "outside_path"
    EXCLUDED = "excluded"
    REDIRECTED_OUTSIDE = "redirected_outside"
    TOO_DEEP = "too_deep"
    TRAP_PATH = "trap_path"
    TRAP_QUERY = "trap_query"
    TRAP_CALENDAR = "trap_calendar"
    PAGE_BUDGET = "page_budget"
    BYTE_BUDGET = "byte_budget"
    TIME_BUDGET = "time_budget"
    NOT_REACHED = "not_reached"
    CONTENT_TYPE = "content_type"
    TOO_LARGE = "too_large"
    NO_TEXT = "no_text"
    RENDER_FAILED = "render_failed"
    RENDER_BUDGET = "render_budget"
    NOT_FOUND = "not_found"
    SOFT_NOT_FOUND = "soft_not_found"
    LOGIN_WALL = "login_wall"
    SHRANK = "shrank"
    NOT_LINKED = "not_linked"
    SERVER_ERROR = "server_error"
    REFUSED_BY_SERVER = "refused_by_server"
    TIMED_OUT = "timed_out"
    NOT_CONNECTED = "not_connected"
    ADDRESS_REFUSED = "address_refused"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    UNREADABLE = "unreadable"


SENTENCES: dict[Reason, str] = {
    Reason.NEW: "seen for the first time",
    Reason.CHANGED: "its text has changed",
    Reason.NOT_MODIFIED: "the server says that it has not changed",
    Reason.SAME_BYTES: "the same bytes as last time",
    Reason.SAME_CONTENT: "the same text as last time, in other markup",
    Reason.REDIRECTED: "the server sends visitors on to another address",
    Reason.CANONICAL_ELSEWHERE: "the page names another address as its own",
    Reason.SAME_AS_ANOTHER: "it says the same as another page",
    Reason.VARIANT_OF_ANOTHER: "a print view or the like of another page",
    Reason.OTHER_VERSION: "nearly the same as the page of another version",
    Reason.NEARLY_ANOTHER: "it says nearly the same as another page",
    Reason.ROBOTS: "robots.txt does not allow it",
    Reason.ROBOTS_UNREACHABLE: "robots.txt could not be read, so nothing is allowed",
    Reason.NOINDEX: "the page asks not to be indexed",
    Reason.NOFOLLOW: "the only links to it ask not to be followed",
    Reason.LANGUAGE: "in a language that the site's settings leave out",
    Reason.OUTSIDE_PATH: "outside of the path that the crawl is for",
    Reason.EXCLUDED: "excluded by the site's patterns",
    Reason.REDIRECTED_OUTSIDE: "the server sends visitors on to somewhere outside of the crawl",
    Reason.TOO_DEEP: "more links away from the start than the crawl goes",
    Reason.TRAP_PATH: "its path repeats itself without end",
    Reason.TRAP_QUERY: "its parameters combine without end",
    Reason.TRAP_CALENDAR: "a calendar that goes on without end",
    Reason.PAGE_BUDGET: "the crawl has fetched as many pages as it may",
    Reason.BYTE_BUDGET: "the crawl has fetched as many bytes as it may",
    Reason.TIME_BUDGET: "the crawl has taken as long as it may",
    Reason.NOT_REACHED: "the crawl ended before its turn came",
    Reason.CONTENT_TYPE: "a kind of content that is not read",
    Reason.TOO_LARGE: "larger than a page may be",
    Reason.NO_TEXT: "the page has no text; perhaps a script draws it",
    Reason.RENDER_FAILED: "a script draws the page, and the browser did not get it done",
    Reason.RENDER_BUDGET: "a script draws the page, and the crawl has drawn as many as it may",
    Reason.NOT_FOUND: "the server says that it is not there",
    Reason.SOFT_NOT_FOUND: "the server shows an error page for it",
    Reason.LOGIN_WALL: "the server asks visitors to sign in",
    Reason.SHRANK: "nearly all of its text is gone, so the old version stays for now",
    Reason.NOT_LINKED: "no page leads to it any more",
    Reason.SERVER_ERROR: "the server failed",
    Reason.REFUSED_BY_SERVER: "the server refuses it",
    Reason.TIMED_OUT: "the server did not answer in time",
    Reason.NOT_CONNECTED: "the server could not be reached",
    Reason.ADDRESS_REFUSED: "its address is not public",
    Reason.TOO_MANY_REDIRECTS: "it is sent on too many times",
    Reason.UNREADABLE: "its content could not be read",
}

SOFT = frozenset({Reason.NOFOLLOW, Reason.TOO_DEEP})
"""Skipped for how it was found, not for what it is: another link may lead to it after all."""
