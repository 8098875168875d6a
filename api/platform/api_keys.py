"""/api/organizations/{orgId}/api-keys: an organization's keys."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path
from pydantic import Field

from api.deps import AuthenticatorDep, Reader, RuntimeDep, WholeCaller
from api.fields import NO_COERCION, STORABLE, Since
from api.platform.envelope import Body, Done, Item, Record, done, errors
from identity.audit.types import AuditFilter
from identity.credentials import IssuedKey, KeyView
from identity.key_changes import KeyChange
from identity.organization_keys import DEFAULT_GRACE_HOURS, MOST_GRACE_HOURS

router = APIRouter(prefix="/organizations/{orgId}/api-keys", tags=["Platform: API keys"])

OrgId: TypeAlias = Annotated[str, Path(alias="orgId", pattern=r"^[!-~]{1,64}$", description="Id of an organization")]
KeyId: TypeAlias = Annotated[str, Path(alias="keyId", pattern=r"^[!-~]{1,64}$", description="Id of one of its keys")]
Scopes = Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=20)]
_SHOWN = 200


class NewApiKey(Body):
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
    description: Annotated[str, Field(max_length=2000), STORABLE] | None = None
    scopes: Scopes | None = Field(None, description="Such as `knowledge:search`; left out: all that a member may")
    expires_at: Since | None = None


class ApiKeyChange(Body):
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE] | None = None
    description: Annotated[str, Field(max_length=2000), STORABLE] | None = None
    scopes: Scopes | None = None
    is_active: bool | None = Field(None, description="false revokes the key; a revoked one is not brought back")


class Rotation(Body):
    grace_hours: Annotated[int, Field(ge=0, le=MOST_GRACE_HOURS), NO_COERCION] = DEFAULT_GRACE_HOURS


class ApiKey(Record):
    id: str
    name: str
    description: str | None
    key: str = Field(description="Its beginning; the rest is masked")
    scopes: list[str]
    is_active: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    @classmethod
    def of(cls, view: KeyView, now: datetime) -> ApiKey:
        ended = view.revoked_at is not None or (view.expires_at is not None and view.expires_at <= now)
        return cls(
            id=view.id, name=view.name, description=view.description, key=f"{view.hint}…",
            scopes=sorted(scope.value for scope in view.scopes), is_active=not ended, created_at=view.created_at,
            expires_at=view.expires_at, revoked_at=view.revoked_at, last_used_at=view.last_used_at,
        )  # fmt: skip


class RawApiKey(ApiKey):
    raw_key: str = Field(description="Shown this once")

    @classmethod
    def issued(cls, issued: IssuedKey, now: datetime) -> RawApiKey:
        return cls(**ApiKey.of(issued.key, now).model_dump(), raw_key=issued.token)


class Usage(Record):
    at: datetime
    action: str
    entity_type: str
    entity_id: str
    ip: str | None


@router.get(
    "",
    operation_id="platformApiKeysList",
    summary="List API keys for organization (masked)",
    responses=errors(400, 401, 403, 404, 503),
)
def list_keys(org_id: OrgId, principal: Reader, runtime: RuntimeDep) -> Item[list[ApiKey]]:
    with runtime.database.read() as session:
        views = runtime.organization_keys.list(session, principal, org_id)
    return Item(data=[ApiKey.of(view, runtime.clock.now()) for view in views])


@router.post(
    "", operation_id="platformApiKeysCreate", status_code=201, summary="Create API key (returns raw key once)",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def create_key(org_id: OrgId, body: NewApiKey, principal: WholeCaller, runtime: RuntimeDep) -> Item[RawApiKey]:
    with runtime.database.write() as session:
        issued = runtime.organization_keys.create(
            session, principal, org_id, name=body.name, description=body.description, scopes=body.scopes,
            expires_at=body.expires_at,
        )  # fmt: skip
    return Item(data=RawApiKey.issued(issued, runtime.clock.now()))


@router.get(
    "/{keyId}",
    operation_id="platformApiKeysGet",
    summary="Get API key detail (masked)",
    responses=errors(400, 401, 403, 404, 503),
)
def get_key(org_id: OrgId, key_id: KeyId, principal: Reader, runtime: RuntimeDep) -> Item[ApiKey]:
    with runtime.database.read() as session:
        view = runtime.organization_keys.get(session, principal, org_id, key_id)
    return Item(data=ApiKey.of(view, runtime.clock.now()))


@router.patch(
    "/{keyId}", operation_id="platformApiKeysUpdate",
    summary="Update API key name, description, scopes, or active status",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def update_key(
    org_id: OrgId, key_id: KeyId, body: ApiKeyChange, principal: WholeCaller, *, runtime: RuntimeDep,
    authenticator: AuthenticatorDep,
) -> Item[ApiKey]:  # fmt: skip
    change = KeyChange(name=body.name, description=body.description, scopes=body.scopes)
    with runtime.database.write() as session:
        view = runtime.organization_keys.change(session, principal, org_id, key_id, change, is_active=body.is_active)
    authenticator.forget()
    return Item(data=ApiKey.of(view, runtime.clock.now()))


@router.delete(
    "/{keyId}",
    operation_id="platformApiKeysDelete",
    summary="Soft-delete API key",
    responses=errors(400, 401, 403, 404, 503),
)
def delete_key(
    org_id: OrgId, key_id: KeyId, principal: WholeCaller, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> Done:
    with runtime.database.write() as session:
        runtime.organization_keys.delete(session, principal, org_id, key_id)
    authenticator.forget()
    return done("API key deleted", id=key_id)


@router.post(
    "/{keyId}/revoke",
    operation_id="platformApiKeysRevoke",
    summary="Revoke API key instantly",
    responses=errors(400, 401, 403, 404, 503),
)
def revoke_key(
    org_id: OrgId, key_id: KeyId, principal: WholeCaller, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> Item[ApiKey]:
    with runtime.database.write() as session:
        view = runtime.organization_keys.revoke(session, principal, org_id, key_id)
    authenticator.forget()
    return Item(data=ApiKey.of(view, runtime.clock.now()))


@router.post(
    "/{keyId}/rotate", operation_id="platformApiKeysRotate",
    summary="Rotate API key (old key valid for 24h grace period)",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def rotate_key(
    org_id: OrgId, key_id: KeyId, principal: WholeCaller, runtime: RuntimeDep, *, authenticator: AuthenticatorDep,
    body: Rotation | None = None,
) -> Item[RawApiKey]:  # fmt: skip
    hours = DEFAULT_GRACE_HOURS if body is None else body.grace_hours
    with runtime.database.write() as session:
        grace = timedelta(hours=hours)
        issued = runtime.organization_keys.rotate(session, principal, org_id, key_id, grace=grace)
    authenticator.forget()
    return Item(data=RawApiKey.issued(issued, runtime.clock.now()))


@router.post(
    "/{keyId}/roll", operation_id="platformApiKeysRoll", summary="Roll (regenerate) API key (no grace period)",
    responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def roll_key(
    org_id: OrgId, key_id: KeyId, principal: WholeCaller, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> Item[RawApiKey]:
    with runtime.database.write() as session:
        issued = runtime.organization_keys.rotate(session, principal, org_id, key_id, grace=timedelta(0))
    authenticator.forget()
    return Item(data=RawApiKey.issued(issued, runtime.clock.now()))


@router.get(
    "/{keyId}/usage",
    operation_id="platformApiKeysUsage",
    summary="Per-key usage log",
    responses=errors(400, 401, 403, 404, 503),
)
def key_usage(org_id: OrgId, key_id: KeyId, principal: Reader, runtime: RuntimeDep) -> Item[list[Usage]]:
    """The newest 200 entries of the audit trail that were made with the key."""
    runtime.reads.flush()
    with runtime.database.read() as session:
        runtime.organization_keys.get(session, principal, org_id, key_id)
        entries = runtime.audit_log.of_key(session, principal.tenant_id, key_id, AuditFilter(), limit=_SHOWN)
    return Item(
        data=[
            Usage(at=e.at, action=e.action, entity_type=e.entity_type, entity_id=e.entity_id, ip=e.ip) for e in entries
        ]
    )
