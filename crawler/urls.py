"""One spelling for each page, whatever links call it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

LONGEST = 2000
"""Characters; browsers and servers agree on little beyond it."""

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"^(utm_\w+|[gdm]clid|gbraid|wbraid|fbclid|yclid|msclkid|twclid|igshid|mc_[ce]id|_hs(enc|mi)|_openstat"
    r"|oly_(anon|enc)_id|vero_id|wickedid|mkt_tok|s_cid|_ga|_gl|pk_\w+|piwik_\w+|matomo_\w+|at_(medium|campaign))$",
    re.IGNORECASE,
)
_SESSION = re.compile(
    r"^(php_?sess_?id|j?session_?id|sid|s_id|aspsessionid\w*|cfid|cftoken|zenid|osc(sid)?|sess|session)$",
    re.IGNORECASE,
)
_PATH_SESSION = re.compile(r";(jsessionid|phpsessid|sid)=[^/?#]*|/\(S\([a-z0-9]{20,}\)\)(?=/)", re.IGNORECASE)
_SAFE_IN_PATH = "/:@!$&'()*+,;=~-._"
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")


@lru_cache(maxsize=65536)
def normalised(url: str) -> str | None:
    """None for what is no web address. Scheme and host in lower case, no default port, no fragment, dots resolved, one
    way to escape, parameters in order and without those that track a visitor or name a session."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _DEFAULT_PORTS or not host or len(url) > LONGEST * 2:
        return None
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    host = f"[{host}]" if ":" in host else host
    netloc = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    found = urlunsplit((scheme, netloc, _path(parts.path), _query(parts.query), ""))
    return found if len(found) <= LONGEST else None


def _path(path: str) -> str:
    path = _PATH_SESSION.sub("", path) or "/"
    if "/." in path:
        path = urlsplit(urljoin("http://h/", "http://h" + path)).path
    if "//" in path:
        path = re.sub(r"/{2,}", "/", path)
    return path if path.isascii() and "%" not in path and path.isprintable() and " " not in path else _escaped(path)


def _escaped(path: str) -> str:
    """Each segment for itself, so that an escaped slash stays one."""
    return "/".join(
        quote(unquote(segment, errors="surrogateescape"), safe=_SAFE_IN_PATH.replace("/", ""), errors="surrogateescape")
        for segment in path.split("/")
    )


def _query(query: str) -> str:
    if not query:
        return ""
    kept = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not (_TRACKING.match(name) or _SESSION.match(name))
    ]
    return urlencode(sorted(kept), errors="surrogateescape")


def resolved(href: str, base: str) -> str | None:
    """A link of a page as a normalised address; None for mail, scripts, fragments and what cannot be read."""
    if not href or href[0] == "#" or href[:11].lower().startswith(("mailto:", "javascript:", "tel:", "data:")):
        return None
    try:
        return normalised(urljoin(base, href))
    except ValueError:
        return None


@lru_cache(maxsize=65536)
def origin_of(url: str) -> str:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def url_key(url: str) -> str:
    """Short enough for an index of any database: half of a SHA-256, in hex."""
    return hashlib.sha256(url.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def file_name_of(url: str) -> str:
    """The name that a page's file gets: what a person reads in the address, and different for different addresses."""
    parts = urlsplit(url)
    path = unquote(parts.path, errors="replace")
    place = f"{parts.netloc}:80" if parts.scheme == "http" and ":" not in parts.netloc else parts.netloc
    plain = f"{place}{path}{'index.html' if path.endswith('/') else ''}"
    plain += f"?{unquote(parts.query, errors='replace')}" if parts.query else ""
    is_plain = _reads_as_itself(url, plain)
    return plain if is_plain else f"{plain[:320].rstrip('/ ')} ({url_key(url)[:8]})"


def _reads_as_itself(url: str, plain: str) -> bool:
    """Whether no other address gets the same name."""
    clean = all(part and part not in {".", ".."} and part == part.strip() for part in plain.split("/"))
    odd = "\\" in plain or "\ufffd" in plain or not plain.isprintable() or url.endswith("/index.html")
    return clean and not odd and len(plain) <= 320 and not _ESCAPE.search(plain)


def path_words(url: str) -> Iterator[str]:
    """The segments of the path, without escapes."""
    return (unquote(word, errors="replace") for word in urlsplit(url).path.split("/") if word)
