"""A guarded transport for client libraries that speak through httpx2: one server, one credential, one deadline.

Only what needs it imports this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic

import httpcore
import httpx2

from kit.egress.client import checked_url
from kit.egress.errors import AddressRefused, ResponseTooLarge
from kit.egress.policy import AddressPolicy
from kit.egress.resolving import GuardedResolver
from kit.egress.transport import guarded_pool

_SENT = frozenset(
    {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent",
     "anthropic-version"}
)  # fmt: skip
"""Libraries add credentials and headers that they find in the environment, and tell what machine they run on."""

_OF_HTTPCORE = (
    httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, httpcore.UnsupportedProtocol,
)  # fmt: skip


class BoundedTransport(httpx2.BaseTransport):
    """Sends to the server of `url` alone, with `credentials` as headers in place of any that the library knows of.
    All answers together end by `until`, on the clock of `monotonic`, and have at most `limit` bytes; ReadTimeout and
    ResponseTooLarge past that. Raises AddressRefused and NameNotResolved."""

    def __init__(
        self, policy: AddressPolicy, *, url: str, credentials: Mapping[str, str], until: float, limit: int
    ) -> None:
        self._origin = _origin(httpx2.URL(str(checked_url(url))))
        self._credentials = [(name.encode("ascii"), value.encode("utf-8")) for name, value in credentials.items()]
        self._until, self._left = until, limit
        self._pool = guarded_pool(GuardedResolver(policy), most_connections=1)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if _origin(request.url) != self._origin:
            raise AddressRefused(f"nothing is sent to {request.url.host!r}, which is not the server that was named")
        kept = [(name, value) for name, value in request.headers.raw if name.decode("ascii").lower() in _SENT]
        asked = httpcore.Request(
            method=request.method,
            url=str(request.url),
            headers=[*kept, *self._credentials],
            content=request.read(),
            extensions=request.extensions,
        )
        with _errors_of_httpx2(request):
            answer = self._pool.handle_request(asked)
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(self, answer, request),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()

    def count(self, data: bytes, request: httpx2.Request) -> None:
        """Holds what came against the bounds."""
        self._left -= len(data)
        if self._left < 0:
            raise ResponseTooLarge(f"{request.url.host!r} sends more than an answer may have")
        if monotonic() > self._until:
            raise httpx2.ReadTimeout("the answer is not over in time", request=request)


class _Stream(httpx2.SyncByteStream):
    def __init__(self, owner: BoundedTransport, answer: httpcore.Response, request: httpx2.Request) -> None:
        self._owner, self._answer, self._request = owner, answer, request

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx2(self._request):
            for data in self._answer.iter_stream():
                self._owner.count(data, self._request)
                yield data

    def close(self) -> None:
        self._answer.close()


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


@contextmanager
def _errors_of_httpx2(request: httpx2.Request) -> Iterator[None]:
    """Both libraries call their errors the same."""
    try:
        yield
    except _OF_HTTPCORE as error:
        named: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__, httpx2.TransportError)
        raise named(str(error), request=request) from error
