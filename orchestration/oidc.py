"""Signing in by an OpenID provider, put together from settings."""

from __future__ import annotations

from identity.oidc import OidcSettings, Provider
from identity.oidc_sign_in import OidcSignIn
from identity.sessions import Sessions
from kit.clock import Clock
from kit.egress.client import Egress
from kit.egress.policy import AddressPolicy
from kit.errors import ConfigurationError
from kit.settings import Settings

_SECONDS = 10.0


def make_oidc(settings: Settings, clock: Clock) -> OidcSignIn | None:
    """None where no provider is set. ConfigurationError for one that is set by half."""
    if settings.oidc_issuer is None:
        return None
    secret = settings.oidc_client_secret
    if settings.oidc_client_id is None or secret is None:
        raise ConfigurationError(
            "CAIRN_OIDC_ISSUER is set without CAIRN_OIDC_CLIENT_ID and CAIRN_OIDC_CLIENT_SECRET: set both, or neither"
        )
    wanted = OidcSettings(settings.oidc_issuer, settings.oidc_client_id, secret.get_secret_value(), settings.oidc_role)
    http = Egress(AddressPolicy.parsed(settings.egress_allow), seconds=_SECONDS)
    return OidcSignIn(clock, Provider(wanted, http=http, clock=clock), Sessions(clock=clock))
