"""The transport under Cairn's HTTP client: each connection goes to an address that was checked a moment before."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpcore
import httpx

from kit.egress.resolving import GuardedResolver

_SocketOptions = Iterable[
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
]  # httpcore's own type, which it does not export


@dataclass(frozen=True, slots=True)
class GuardedBackend(httpcore.NetworkBackend):
    """Resolves, checks, and connects to the very address that it checked: between the two there is nothing to rebind.
    TLS still verifies the name."""

    resolver: GuardedResolver
    inner: httpcore.NetworkBackend

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _SocketOptions | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in self.resolver.resolve(host):
            try:
                return self.inner.connect_tcp(
                    str(address), port, timeout=timeout, local_address=local_address, socket_options=socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host!r} has no address")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: _SocketOptions | None = None
    ) -> httpcore.NetworkStream:
        raise httpcore.UnsupportedProtocol(f"no sockets of this machine: {path!r}, {timeout}, {socket_options}")

    def sleep(self, seconds: float) -> None:
        self.inner.sleep(seconds)


def guarded_pool(resolver: GuardedResolver, *, most_connections: int = 20) -> httpcore.ConnectionPool:
    """Speaks HTTP/1.1 without any proxy: a proxy would resolve names by itself."""
    return httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(),
        max_connections=most_connections,
        max_keepalive_connections=most_connections,
        keepalive_expiry=5.0,
        network_backend=GuardedBackend(resolver, httpcore.SyncBackend()),
    )


class GuardedTransport(httpx.BaseTransport):
    """Connects by way of a `guarded_pool`."""

    def __init__(self, resolver: GuardedResolver, *, most_connections: int = 20) -> None:
        self._pool = guarded_pool(resolver, most_connections=most_connections)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not isinstance(request.stream, httpx.SyncByteStream):
            raise TypeError("this transport is for a synchronous client")
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _errors_of_httpx(request):
            answer = self._pool.handle_request(asked)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer, request),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, request: httpx.Request) -> None:
        self._answer = answer
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx(self._request):
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


_ERRORS: dict[type[Exception], type[httpx.TransportError]] = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
    httpcore.LocalProtocolError: httpx.LocalProtocolError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
}


@contextmanager
def _errors_of_httpx(request: httpx.Request) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        named = _ERRORS.get(type(error))
        if named is None:
            raise
        raise named(str(error), request=request) from error
