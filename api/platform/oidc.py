"""/api/auth/oidc: signing in by an identity provider. Beyond what is documented.

The browser goes to the provider and comes back with a code; it ends at the console, which fetches the tokens with a
code of its own that works once. What goes wrong on the way is told there as well, to a browser.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Cookie, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse

from api.deps import RuntimeDep, public_address
from api.fields import STORABLE
from api.platform.auth import LoginResponse, ip_of, signed_in, slow_down
from api.platform.envelope import Body, errors
from identity.errors import SignInRefused
from identity.oidc import ProviderIsAway
from identity.oidc_sign_in import ATTEMPT, OidcSignIn
from kit.errors import CairnError, NotFound
from orchestration.runtime import Runtime

router = APIRouter(prefix="/auth/oidc", tags=["Platform: auth"])

COOKIE = "cairn_oidc"
_PATH = "/api/auth/oidc"
_CODE = Query(max_length=4000, pattern=r"^[!-~]*$")
_REDIRECT: dict[int | str, dict[str, Any]] = {303: {"description": "The browser goes on elsewhere"}}


class SignInCode(Body):
    code: Annotated[str, Field(min_length=1, max_length=200), STORABLE]


@router.get(
    "", operation_id="platformAuthOidcBegin", status_code=303, summary="Sign in by the identity provider",
    response_class=RedirectResponse, responses={**errors(404, 429, 503), **_REDIRECT},
)  # fmt: skip
def begin(request: Request, runtime: RuntimeDep) -> RedirectResponse:
    """Sends the browser there. 404 where none is set up."""
    service = _service(runtime)
    slow_down(runtime, request, None)
    base = public_address(runtime, request)
    try:
        with runtime.database.write() as session:
            attempt = service.begin(session, redirect_uri=f"{base}{_PATH}/callback")
    except ProviderIsAway as error:
        return _to_the_door(request, runtime, error, "away")
    answer = RedirectResponse(attempt.url, 303)
    answer.set_cookie(
        COOKIE, attempt.browser, max_age=int(ATTEMPT.total_seconds()), path=_PATH, httponly=True, samesite="lax",
        secure=base.startswith("https:"),
    )  # fmt: skip
    return answer


@router.get(
    "/callback", operation_id="platformAuthOidcCallback", status_code=303, summary="Come back from the provider",
    response_class=RedirectResponse, responses={**errors(400, 401, 404, 429, 503), **_REDIRECT},
)  # fmt: skip
def come_back(
    request: Request,
    runtime: RuntimeDep,
    *,
    state: Annotated[str, _CODE] = "",
    code: Annotated[str, _CODE] = "",
    browser: Annotated[str, Cookie(alias=COOKIE, max_length=200)] = "",
) -> RedirectResponse:
    """For the browser alone. It goes on to the console, with a code behind `#` that is good for a minute."""
    service = _service(runtime)
    slow_down(runtime, request, None)
    try:
        own = _admitted(service, runtime, state=state, code=code, browser=browser)
    except ProviderIsAway as error:
        return _to_the_door(request, runtime, error, "away")
    except SignInRefused as error:
        return _to_the_door(request, runtime, error, "refused")
    answer = RedirectResponse(f"{public_address(runtime, request)}/#oidc={own}", 303)
    answer.delete_cookie(COOKIE, path=_PATH)
    return answer


@router.post(
    "/tokens", operation_id="platformAuthOidcTokens", summary="Fetch the tokens of who came back",
    responses=errors(400, 401, 404, 413, 429, 503),
)  # fmt: skip
def fetch_tokens(body: SignInCode, request: Request, runtime: RuntimeDep) -> LoginResponse:
    service = _service(runtime)
    slow_down(runtime, request, None)
    with runtime.database.write() as session:
        tokens = service.fetch(session, code=body.code, ip=ip_of(request))
        return signed_in(runtime, session, tokens, request)


def _admitted(service: OidcSignIn, runtime: Runtime, *, state: str, code: str, browser: str) -> str:
    with runtime.database.write() as session:
        attempt = service.take(session, state=state, browser=browser)
    if not code:
        raise SignInRefused  # the provider says no, or the person did
    identified = service.identify(attempt, code=code)
    with runtime.database.write() as session:
        return service.admit(session, attempt.id, identified)


def _to_the_door(request: Request, runtime: Runtime, error: CairnError, why: str) -> RedirectResponse:
    """Of the console, which says in words what the error before it says to programs. Those get it as it is."""
    if "text/html" not in request.headers.get("accept", ""):
        raise error
    return RedirectResponse(f"{public_address(runtime, request)}/#signin={why}", 303)


def _service(runtime: Runtime) -> OidcSignIn:
    if runtime.oidc is None:
        raise NotFound("no identity provider is set up here: CAIRN_OIDC_ISSUER names one")
    return runtime.oidc
