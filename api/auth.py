"""Who is asking. Nothing is served without a key but the paths that are named open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.audit import act_of, deeds_of
from identity.audit.acts import Act, acting
from identity.cache import PrincipalCache
from identity.quota_limits import QuotaExceeded
from identity.quotas import MINUTE, requests_of
from identity.rates import Allowance, Bound
from identity.types import Principal
from identity.usage import KeyUsage
from kit.errors import CairnError, RateLimited, Unauthenticated
from orchestration.runtime import Runtime

_STATE = "principal"
_HOW = "send `Authorization: Bearer <key>`"
POLICY_VIOLATION = 1008
"""How a web socket is closed on who is not, or no more, let in. Before it is open, that is a 403."""
_AGENTS_PATH = "/mcp"
_AGENTS_HEADER = "x-user-token"
_ADROS_PREFIX = "lyr_"
"""Clients of that surface put it before their token."""


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
        self._quotas = runtime.quotas.book

    def authenticate(self, token: str) -> Principal:
        """Raises Unauthenticated for every reason not to accept the token."""
        return self._cache.get(token, self._look_up)

    def holders(self, tokens: Collection[str]) -> Mapping[str, Principal]:
        """Who holds each of the tokens now; those that are not accepted are left out."""
        bare = {token: token.removeprefix(_ADROS_PREFIX) for token in tokens}
        with self._database.read() as session:
            found = self._keys.holders(session, {*bare, *bare.values()})
        held = {token: found.get(token, found.get(without)) for token, without in bare.items()}
        return {token: principal for token, principal in held.items() if principal is not None}

    def admit(self, token: str) -> tuple[Principal, Allowance | None]:
        """Who holds the token, and what is left in this minute of the key's or the tenant's requests, whichever is
        less; None where nothing limits them. Raises Unauthenticated, and RateLimited where nothing is left."""
        principal = self.authenticate(token)
        own = self._bound(principal)
        shared = requests_of(principal.tenant_id, self._quotas.recent(principal.tenant_id))
        return principal, _tightest(
            [self._take(bound, of) for bound, of in ((own, "key"), (shared, "tenant")) if bound]
        )

    def _take(self, bound: Bound, of: str) -> Allowance:
        allowance = self._rates.take(bound)
        if allowance.is_allowed:
            return allowance
        message = f"this {of} may send {bound.limit} requests a minute; go on in {allowance.reset} seconds"
        refusal = QuotaExceeded if of == "tenant" else RateLimited
        raise refusal(message, retry_after=float(allowance.reset), limit=bound.limit)

    def admit_at_once(self, token: str) -> tuple[Principal, Allowance | None] | None:
        """As `admit`, where memory suffices; None where it does not. For the event loop: it waits for nothing, and
        spares most requests a thread."""
        principal = self._cache.peek(token)
        limits = None if principal is None else self._quotas.peek(principal.tenant_id)
        if principal is None or limits is None:
            return None
        bounds = [bound for bound in (self._bound(principal), requests_of(principal.tenant_id, limits)) if bound]
        if not bounds:
            return principal, None
        taken = self._rates.take_held(bounds)
        return None if taken is None else (principal, _tightest(taken))

    def _bound(self, principal: Principal) -> Bound | None:
        """Of the key itself."""
        limit = principal.rate_limit or self._limit
        return Bound(f"key {principal.key_id}", limit, MINUTE) if limit else None

    def _look_up(self, token: str) -> Principal:
        with self._database.read() as session:
            try:
                return self._keys.authenticate(session, token)
            except Unauthenticated:
                if not token.startswith(_ADROS_PREFIX):
                    raise
                return self._keys.authenticate(session, token.removeprefix(_ADROS_PREFIX))

    def forget(self) -> None:
        """After a change of keys, people or quotas, so that it holds at once in this process. Others follow within a
        second."""
        self._cache.clear()
        self._quotas.forget()

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

    `open_paths` are exact paths; one that ends in a slash opens what is below it, but `/` is only itself. A web socket
    has its token in the query, for browsers send no header with its handshake; who is not let in learns nothing more.
    """

    def __init__(self, app: ASGIApp, *, open_paths: frozenset[str]) -> None:
        self._app = app
        self._exact = frozenset(path for path in open_paths if path == "/" or not path.endswith("/"))
        self._below = tuple(path for path in open_paths if path.endswith("/") and path != "/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._admit_socket(scope, receive, send)
        elif scope["type"] == "http" and not self._is_open(scope["path"]):
            await self._answer_caller(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _admit_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        authenticator: Authenticator = scope["app"].state.authenticator
        try:
            principal, _ = await run_in_threadpool(authenticator.admit, socket_token(scope))
            authenticator.check_recording()
        except CairnError:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        scope.setdefault("state", {})[_STATE] = principal
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


def _tightest(allowances: Sequence[Allowance]) -> Allowance | None:
    return min(allowances, key=lambda allowance: allowance.remaining, default=None)


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


def socket_token(scope: Scope) -> str:
    """Of a web socket, from its query; empty where there is none. Queries are not logged."""
    return QueryParams(scope["query_string"]).get("token", "")


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
