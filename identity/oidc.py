"""Signing in by an OpenID provider: the code flow with PKCE, a state and a nonce (OpenID Connect Core, RFC 7636)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.auth import encode_client_secret_basic
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from identity.errors import SignInRefused
from kit.clock import Clock
from kit.egress.client import Egress
from kit.errors import CairnError, Unavailable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures by a key that only the provider has: never `none`, and never one by a shared secret."""

_SCOPES = "openid email profile"
_FRESH = timedelta(hours=1)
_LEAST_APART = timedelta(minutes=1)
_LEEWAY = 60
_MOST_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """`role` is what people become who were not known so far; None: they are not let in."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Identified:
    """Whom the provider vouches for. `email` is one that it has checked."""

    subject: str
    email: str
    name: str


@dataclass(slots=True)
class _Known:
    at: datetime
    metadata: Mapping[str, Any]
    keys: KeySet


class ProviderIsAway(Unavailable):
    code = "IDENTITY_PROVIDER_UNAVAILABLE"


class Provider:
    """What it says of itself is asked once an hour; its keys also when a token names one that is new. Safe among
    threads. Raises ProviderIsAway where it does not answer, and SignInRefused for what does not hold."""

    def __init__(self, settings: OidcSettings, *, http: Egress, clock: Clock) -> None:
        self.settings = settings
        self._http = http
        self._clock = clock
        self._known: _Known | None = None
        self._lock = Lock()

    def close(self) -> None:
        self._http.close()

    def authorization_url(self, *, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where the browser is sent."""
        url: str = prepare_grant_uri(
            str(self._look_up().metadata["authorization_endpoint"]), self.settings.client_id, "code", redirect_uri,
            _SCOPES, state, nonce=nonce, code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )  # fmt: skip
        return url

    def identify(self, code: str, *, redirect_uri: str, nonce: str, verifier: str) -> Identified:
        """Who signed in there, from the code that the browser brought back."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
                "code_verifier": verifier, "client_id": self.settings.client_id}  # fmt: skip
        answer = self._post(str(self._look_up().metadata["token_endpoint"]), form)
        claims = self._claims(str(answer.get("id_token", "")), nonce)
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise SignInRefused
        return Identified(str(claims["sub"]), email.strip().lower(), str(claims.get("name") or email).strip()[:200])

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        expected = jwt.JWTClaimsRegistry(
            now=lambda: int(self._clock.now().timestamp()), leeway=_LEEWAY,
            iss={"essential": True, "value": self.settings.issuer},
            aud={"essential": True, "value": self.settings.client_id},
            nonce={"essential": True, "value": nonce}, sub={"essential": True}, exp={"essential": True},
            iat={"essential": True},
        )  # fmt: skip
        try:
            claims: dict[str, Any] = self._decoded(token).claims
            expected.validate(claims)
        except (JoseError, ValueError) as error:
            raise SignInRefused from error
        party = claims.get("azp")
        if party is not None and party != self.settings.client_id:
            raise SignInRefused
        return claims

    def _decoded(self, token: str) -> jwt.Token:
        known = self._look_up()
        try:
            return jwt.decode(token, known.keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            renewed = self._look_up(unless_since=known.at)
            if renewed is known:
                raise
            return jwt.decode(token, renewed.keys, algorithms=ALGORITHMS)

    def _look_up(self, *, unless_since: datetime | None = None) -> _Known:
        """`unless_since`: anew, if what is known is no newer than that and not from a moment ago."""
        now = self._clock.now()
        with self._lock:
            known = self._known
            if known is not None:
                is_fresh = now - known.at < (_FRESH if unless_since is None else _LEAST_APART)
                if is_fresh or (unless_since is not None and known.at > unless_since):
                    return known
            issuer = self.settings.issuer
            metadata = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if metadata.get("issuer") != issuer:
                raise ProviderIsAway(f"{issuer} calls itself {metadata.get('issuer')!r}: set CAIRN_OIDC_ISSUER to that")
            try:
                keys = KeySet.import_key_set(self._get(str(metadata["jwks_uri"])))  # type: ignore[arg-type]  # checked by it
            except (KeyError, ValueError, JoseError) as error:
                raise ProviderIsAway(f"{issuer} does not give its keys: {type(error).__name__}") from error
            self._known = _Known(now, metadata, keys)
            return self._known

    def _get(self, url: str) -> Mapping[str, Any]:
        try:
            fetched = self._http.fetch(url, limit=_MOST_BYTES, headers={"Accept": "application/json"}, follow=False)
        except (httpx.HTTPError, CairnError) as error:
            raise ProviderIsAway(f"the identity provider does not answer at {url}: {error}") from error
        return _object(url, fetched.status, fetched.body)

    def _post(self, url: str, form: Mapping[str, str]) -> Mapping[str, Any]:
        headers: dict[str, str] = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        _, headers, _ = encode_client_secret_basic(self.settings, "POST", url, headers, "")
        try:
            with self._http.stream(
                "POST", url, headers=headers, content=urlencode(form).encode(), follow=False
            ) as sent:
                status, body = sent.status_code, sent.read()
        except (httpx.HTTPError, CairnError) as error:
            raise ProviderIsAway(f"the identity provider does not answer at {url}: {type(error).__name__}") from error
        if status in {400, 401}:
            raise SignInRefused  # a code that is none, or used
        return _object(url, status, body)


def _object(url: str, status: int, body: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if status != 200 or not isinstance(found, dict):
        raise ProviderIsAway(f"the identity provider answers {status} at {url}, and not with what is asked for")
    return found
