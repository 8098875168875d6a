"""The HTTP client for every address that somebody typed or that came out of a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import httpx

from kit.egress.errors import AddressRefused, ResponseTooLarge
from kit.egress.policy import AddressPolicy
from kit.egress.resolving import GuardedResolver, LookUp, system_look_up
from kit.egress.transport import GuardedTransport

SCHEMES = frozenset({"http", "https"})
_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` is where the answer came from, after redirects; `body` is decoded from its transfer coding."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes


class Egress:
    """Resolves, refuses what is not public, connects to what it checked, and does all of it again at each redirect.

    Proxies and credentials of the environment are left alone. Close it, or use it as a block.
    """

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        seconds: float = 30.0,
        user_agent: str = "Cairn",
        look_up: LookUp = system_look_up,
    ) -> None:
        self._client = httpx.Client(
            transport=GuardedTransport(GuardedResolver(policy, look_up)),
            timeout=seconds,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": user_agent},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        follow: bool = True,
    ) -> Iterator[httpx.Response]:
        """The answer with its body still to be read. Raises AddressRefused, NameNotResolved, httpx.TransportError, and
        httpx.TooManyRedirects. What goes to another host does not take `headers` along."""
        request = self._request(method, url, headers, content)
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._client.send(request, stream=True)
            following = response.next_request if follow else None
            if following is None:
                try:
                    yield response
                finally:
                    response.close()
                return
            response.close()
            checked_url(str(following.url))
            if following.url.host != request.url.host and headers:
                for name in headers:
                    following.headers.pop(name, None)
            request = following
        raise httpx.TooManyRedirects(f"more than {_MOST_REDIRECTS} redirects from {url}", request=request)

    def fetch(self, url: str, *, limit: int, headers: Mapping[str, str] | None = None, follow: bool = True) -> Fetched:
        """GET. ResponseTooLarge past `limit` bytes, counted as they are decompressed; else as `stream`."""
        with self.stream("GET", url, headers=headers, follow=follow) as response:
            body = bytearray()
            for data in response.iter_bytes(64 * 1024):
                body += data
                if len(body) > limit:
                    raise ResponseTooLarge(f"{url} sends more than {limit} bytes")
            return Fetched(str(response.url), response.status_code, response.headers, bytes(body))

    def _request(
        self, method: str, url: str, headers: Mapping[str, str] | None, content: bytes | None
    ) -> httpx.Request:
        return self._client.build_request(method, checked_url(url), headers=headers, content=content)


def checked_url(url: str) -> httpx.URL:
    """AddressRefused for what is no address of a web server: another scheme, no host, a password in it."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(f"{url[:200]!r} is no address: {error}") from error
    if parsed.scheme not in SCHEMES:
        raise AddressRefused(f"{url[:200]!r} is no address of a web server: it has to begin with http:// or https://")
    if not parsed.host:
        raise AddressRefused(f"{url[:200]!r} names no host")
    if parsed.userinfo:
        raise AddressRefused(f"the address of {parsed.host!r} has a user or a password in it; give credentials apart")
    return parsed
