"""Who is asking. Nothing is served without a key but the paths that are named open."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.audit import act_of, deeds_of
from identity.audit.acts import Act, acting
from identity.cache import PrincipalCache
from identity.rates import Allowance
from identity.types import Principal
from identity.usage import KeyUsage
from kit.errors import RateLimited, Unauthenticated
from orchestration.runtime import Runtime

_STATE = "principal"
_MINUTE = 60
_HOW = "send `Authorization: Bearer <key>`"
_AGENTS_PATH = "/mcp"
_AGENTS_HEADER = "x-user-token"


class Authenticator:
    """From a token to its holder, and a note of when the key was last used."""

    def __init__(self, runtime: Runtime) -> None:
        self._database = runtime.database
        self._keys = runtime.keys
        self._cache = PrincipalCache(clock=runtime.clock)
        self._usage = KeyUsage(clock=runtime.clock)
        self._reads = runtime.reads
        self._clock = runtime.clock
        self._rates = runtime.rates
        self._limit = runtime.settings.rate_limit

    def authenticate(self, token: str) -> Principal:
        """Raises Unauthenticated for every reason not to accept the token."""
        return self._cache.get(token, self._look_up)

    def admit(self, token: str) -> tuple[Principal, Allowance | None]:
        """Who holds the token, and what is left of the key's requests in this minute; None where nothing limits it.
        Raises Unauthenticated, and RateLimited where nothing is left."""
        principal = self.authenticate(token)
        limit = principal.rate_limit or self._limit
        if not limit:
            return principal, None
        allowance = self._rates.take(f"key {principal.key_id}", limit=limit, seconds=_MINUTE)
        if not allowance.is_allowed:
            message = f"this key may send {limit} requests a minute; go on in {allowance.reset} seconds"
            raise RateLimited(message, retry_after=float(allowance.reset), limit=limit)
        return principal, allowance

    def admit_at_once(self, token: str) -> tuple[Principal, Allowance | None] | None:
        """As `admit`, where memory suffices; None where it does not. For the event loop: it waits for nothing, and
        spares most requests a thread."""
        principal = self._cache.peek(token)
        if principal is None:
            return None
        limit = principal.rate_limit or self._limit
        if not limit:
            return principal, None
        allowance = self._rates.take_held(f"key {principal.key_id}", limit=limit, seconds=_MINUTE)
        return None if allowance is None else (principal, allowance)

    def _look_up(self, token: str) -> Principal:
        with self._database.read() as session:
            return self._keys.authenticate(session, token)

    def forget(self) -> None:
        """After a change of keys or people, so that it holds at once in this process. Others follow within a second."""
        self._cache.clear()

    def record(self, scope: Scope, act: Act, status: int) -> None:
        """What the request read. Raises nothing: the answer is out already."""
        deeds = deeds_of(scope, act, status, self._clock.now())
        if deeds:
            self._reads.put(deeds)

    def check_recording(self) -> None:
        """Raises Unavailable while nothing can be recorded: an answer that leaves no trace is not given."""
        self._reads.check()

    def is_touch_due(self, principal: Principal) -> bool:
        return self._usage.is_due(principal.key_id)

    def touch(self, principal: Principal) -> None:
        with self._database.write() as session:
            self._keys.touch(session, principal.key_id)


class KeyGuard:
    """Authenticates before a byte of the body is read, and before it is known whether the path exists.

    `open_paths` are exact paths; one that ends in a slash opens what is below it, but `/` is only itself. Web sockets
    are refused: no surface offers one, and their handshake carries no bearer.
    """

    def __init__(self, app: ASGIApp, *, open_paths: frozenset[str]) -> None:
        self._app = app
        self._exact = frozenset(path for path in open_paths if path == "/" or not path.endswith("/"))
        self._below = tuple(path for path in open_paths if path.endswith("/") and path != "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] == "http" and not self._is_open(scope["path"]):
            await self._answer_caller(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer_caller(self, scope: Scope, receive: Receive, send: Send) -> None:
        token = token_of(scope)
        authenticator: Authenticator = scope["app"].state.authenticator
        admitted = authenticator.admit_at_once(token)
        if admitted is None:
            admitted = await run_in_threadpool(authenticator.admit, token)
        principal, allowance = admitted
        scope["state"][_STATE] = principal
        authenticator.check_recording()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if allowance is not None:
                    MutableHeaders(scope=message).update(_rate_headers(allowance))
            await send(message)

        with acting(act_of(scope, principal)) as act:
            await self._app(scope, receive, watched)
        authenticator.record(scope, act, status)
        if authenticator.is_touch_due(principal):  # after the answer: nobody waits for the note
            await run_in_threadpool(authenticator.touch, principal)

    def _is_open(self, path: str) -> bool:
        return path in self._exact or path.startswith(self._below)


def _rate_headers(allowance: Allowance) -> dict[str, str]:
    """The usual ones. What is left is what this process knows of: others may have used less than they took."""
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.reset),
    }


def token_of(scope: Scope) -> str:
    """The credential of a request. Agents' clients may send it as `X-User-Token`, on their path only."""
    headers = Headers(scope=scope)
    if scope["path"] == _AGENTS_PATH and "authorization" not in headers and headers.get(_AGENTS_HEADER, "").strip():
        return headers[_AGENTS_HEADER].strip()
    return bearer_token(headers)


def bearer_token(headers: Headers) -> str:
    """Raises Unauthenticated where the header is missing or is something other than a bearer token."""
    given = headers.get("authorization")
    if given is None:
        raise Unauthenticated(f"a key is needed: {_HOW}")
    scheme, _, token = given.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated(f"the Authorization header holds no bearer token: {_HOW}")
    return token.strip()


def principal_of(scope: Scope) -> Principal:
    """Whom the guard let in. Raises Unauthenticated on an open path, where it asked nobody."""
    principal = scope["state"].get(_STATE)
    if not isinstance(principal, Principal):
        raise Unauthenticated(f"a key is needed: {_HOW}")
    return principal
