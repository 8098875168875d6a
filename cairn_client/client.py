"""The two clients: the same operations, to be called or to be awaited."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar, overload

import httpx

from cairn_client import calls
from cairn_client.calls import Call, Content
from cairn_client.errors import ComeBackLater, IngestionFailed, ServerUnreachable, refused
from cairn_client.models import Answer, FileStatus, Upload

P = ParamSpec("P")
T = TypeVar("T", bound=Answer)

_LONGEST_WAIT = 60.0
_LOOK_EVERY = 0.2
"""Seconds between two looks at a file that is waited for."""


class _Spoken(Generic[P, T]):
    """An operation as a method: it makes the call and has the client send it."""

    def __init__(self, make: Callable[P, Call[T]]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Call[T]]: ...
    @overload
    def __get__(self, client: Cairn, owner: type) -> Callable[P, T]: ...
    def __get__(self, client: Cairn | None, owner: type) -> Callable[P, Any]:
        if client is None:
            return self.make

        @wraps(self.make)
        def method(*args: P.args, **kwargs: P.kwargs) -> T:
            return client.send(self.make(*args, **kwargs))

        return method


class _Awaited(Generic[P, T]):
    """As _Spoken, to be awaited."""

    def __init__(self, make: Callable[P, Call[T]]) -> None:
        self.make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Callable[P, Call[T]]: ...
    @overload
    def __get__(self, client: AsyncCairn, owner: type) -> Callable[P, Awaitable[T]]: ...
    def __get__(self, client: AsyncCairn | None, owner: type) -> Callable[P, Any]:
        if client is None:
            return self.make

        @wraps(self.make)
        async def method(*args: P.args, **kwargs: P.kwargs) -> T:
            return await client.send(self.make(*args, **kwargs))

        return method


class Cairn:
    """A client of the server at `url`. Close it, or use it in a `with` block.

    A request that is put off with 429 or 503 is sent again after the time that the server names, up to `retries` times;
    one that got no answer is not, since nobody knows what became of it.
    """

    def __init__(self, url: str, key: str, *, timeout: float = 60.0, retries: int = 3) -> None:
        self._http = httpx.Client(**_settings(url, key, timeout))
        self._retries = retries

    me = _Spoken(calls.me)
    list_datasets = _Spoken(calls.list_datasets)
    create_dataset = _Spoken(calls.create_dataset)
    get_dataset = _Spoken(calls.get_dataset)
    delete_dataset = _Spoken(calls.delete_dataset)
    upload = _Spoken(calls.upload)
    file_status = _Spoken(calls.file_status)
    delete_file = _Spoken(calls.delete_file)
    chunks = _Spoken(calls.chunks)
    search = _Spoken(calls.search)
    list_keys = _Spoken(calls.list_keys)
    create_key = _Spoken(calls.create_key)
    revoke_key = _Spoken(calls.revoke_key)

    def send(self, call: Call[T]) -> T:
        """Raises ServerUnreachable or a kind of Refused."""
        for attempt in range(self._retries + 1):
            try:
                response = self._http.request(call.method, call.path, **_content(call))
                return _answered(call, response)
            except httpx.TransportError as error:
                raise _unreachable(self._http.base_url, error) from error
            except ComeBackLater as error:
                if attempt == self._retries or error.retry_after > _LONGEST_WAIT:
                    raise
                time.sleep(error.retry_after)
        raise AssertionError("the last attempt returns or raises")

    def upload_paths(self, dataset_id: str, paths: Iterable[Path | str]) -> Upload:
        """Files from this machine, in one request."""
        return self.upload(dataset_id, read(paths))

    def wait(self, dataset_id: str, file_id: str, *, seconds: float = 600.0) -> FileStatus:
        """Until the file can be found. IngestionFailed where it cannot be, TimeoutError after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (status := self.file_status(dataset_id, file_id)).is_settled:
            _check_deadline(status, deadline, seconds)
            time.sleep(_LOOK_EVERY)
        return _findable(status)

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncCairn:
    """As Cairn, for asyncio: every operation is awaited. Close it, or use it in an `async with` block."""

    def __init__(self, url: str, key: str, *, timeout: float = 60.0, retries: int = 3) -> None:
        self._http = httpx.AsyncClient(**_settings(url, key, timeout))
        self._retries = retries

    me = _Awaited(calls.me)
    list_datasets = _Awaited(calls.list_datasets)
    create_dataset = _Awaited(calls.create_dataset)
    get_dataset = _Awaited(calls.get_dataset)
    delete_dataset = _Awaited(calls.delete_dataset)
    upload = _Awaited(calls.upload)
    file_status = _Awaited(calls.file_status)
    delete_file = _Awaited(calls.delete_file)
    chunks = _Awaited(calls.chunks)
    search = _Awaited(calls.search)
    list_keys = _Awaited(calls.list_keys)
    create_key = _Awaited(calls.create_key)
    revoke_key = _Awaited(calls.revoke_key)

    async def send(self, call: Call[T]) -> T:
        """Raises ServerUnreachable or a kind of Refused."""
        for attempt in range(self._retries + 1):
            try:
                response = await self._http.request(call.method, call.path, **_content(call))
                return _answered(call, response)
            except httpx.TransportError as error:
                raise _unreachable(self._http.base_url, error) from error
            except ComeBackLater as error:
                if attempt == self._retries or error.retry_after > _LONGEST_WAIT:
                    raise
                await asyncio.sleep(error.retry_after)
        raise AssertionError("the last attempt returns or raises")

    async def upload_paths(self, dataset_id: str, paths: Iterable[Path | str]) -> Upload:
        """Files from this machine, in one request."""
        return await self.upload(dataset_id, await asyncio.to_thread(read, paths))

    async def wait(self, dataset_id: str, file_id: str, *, seconds: float = 600.0) -> FileStatus:
        """Until the file can be found. IngestionFailed where it cannot be, TimeoutError after `seconds`."""
        deadline = time.monotonic() + seconds
        while not (status := await self.file_status(dataset_id, file_id)).is_settled:
            _check_deadline(status, deadline, seconds)
            await asyncio.sleep(_LOOK_EVERY)
        return _findable(status)

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


def read(paths: Iterable[Path | str]) -> Sequence[Content]:
    """Names and bytes of files on this machine."""
    return [(path.name, path.read_bytes()) for path in map(Path, paths)]


def _settings(url: str, key: str, timeout: float) -> dict[str, Any]:
    """Redirects are not followed: the key would go wherever they lead."""
    return {
        "base_url": url.rstrip("/"),
        "headers": {"Authorization": f"Bearer {key}", "Accept": "application/json"},
        "timeout": timeout,
    }


def _content(call: Call[Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"params": dict(call.query)} if call.query else {}
    if call.body is not None:
        content["json"] = dict(call.body)
    if call.files:
        content["files"] = [("files", file) for file in call.files]
        content["data"] = dict(call.form or {})
    return content


def _answered(call: Call[T], response: httpx.Response) -> T:
    if response.is_success:
        return call.answer.model_validate_json(response.content)
    try:
        body = response.json()
    except ValueError:
        body = None
    raise refused(response.status_code, response.headers, body)


def _unreachable(url: httpx.URL, error: httpx.TransportError) -> ServerUnreachable:
    return ServerUnreachable(f"no answer from {url.scheme}://{url.netloc.decode()}: {type(error).__name__}: {error}")


def _check_deadline(status: FileStatus, deadline: float, seconds: float) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"file {status.file_id} is still {status.status} after {seconds:g} seconds")


def _findable(status: FileStatus) -> FileStatus:
    if status.status == "error":
        raise IngestionFailed(f"file {status.file_id} could not be taken in: {status.error_message}")
    return status
