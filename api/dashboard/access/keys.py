"""/dashboard/v1/access-keys: made (shown once), listed, changed, rotated, revoked."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Path

from api.dashboard.access.schemas.keys import (
    AccessKey,
    AccessKeyList,
    IssuedAccessKey,
    KeyCreation,
    KeyModification,
    Rotation,
)
from api.deps import AuthenticatorDep, Reader, RuntimeDep
from api.envelope import errors
from identity.errors import KeyOutranksCaller
from identity.types import ROLE_SCOPES, Principal, Scope
from kit.errors import Detail, Forbidden, Invalid
from orchestration.runtime import Runtime

router = APIRouter(prefix="/access-keys", tags=["Access: keys"])

KeyId: TypeAlias = Annotated[str, Path(alias="keyId", pattern=r"^[!-~]{1,64}$", description="Id of an access key")]


@router.get("", operation_id="dashboardAccessKeysList", summary="List keys", responses=errors(401, 403, 503))
def list_keys(principal: Reader, runtime: RuntimeDep) -> AccessKeyList:
    """A manager sees the tenant's keys, others their own. Newest first, ended ones among them."""
    with runtime.database.read() as session:
        views = runtime.keys.list(session, principal)
    return AccessKeyList(data=[AccessKey.of(view, runtime.clock.now()) for view in views])


@router.post(
    "", operation_id="dashboardAccessKeysCreate", status_code=201, summary="Create a key",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def create_key(body: KeyCreation, principal: Reader, runtime: RuntimeDep) -> IssuedAccessKey:
    """The answer holds the key itself, this once. A key never does more than the one that asks for it. Without
    `knowledge:manage` only personal keys can be made."""
    _check_may_create(principal, body)
    with runtime.database.write() as session:
        _check_datasets(runtime, principal, body)
        client = None if body.client_id is None else runtime.clients.get(session, principal, body.client_id)
        issued = runtime.keys.create(
            session,
            tenant_id=principal.tenant_id,
            user_id=principal.user_id if body.personal else None,
            name=body.name,
            role=body.role,
            scopes=None if body.scopes is None else [scope.value for scope in body.scopes],
            agent_role=body.agent_role if client is None else client.agent_role,
            dataset_ids=body.dataset_ids,
            expires_at=body.expires_at,
            description=body.description,
            rate_limit=body.rate_limit,
            client_id=body.client_id,
        )
    return IssuedAccessKey.of(issued, runtime.clock.now())


@router.get(
    "/{keyId}", operation_id="dashboardAccessKeysGet", summary="Get a key", responses=errors(400, 401, 403, 404, 503)
)
def get_key(key_id: KeyId, principal: Reader, runtime: RuntimeDep) -> AccessKey:
    with runtime.database.read() as session:
        view = runtime.key_changes.get(session, principal, key_id)
    return AccessKey.of(view, runtime.clock.now())


@router.patch(
    "/{keyId}", operation_id="dashboardAccessKeysUpdate", summary="Rename a key, or change what it may do",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def change_key(
    key_id: KeyId, body: KeyModification, principal: Reader, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> AccessKey:
    with runtime.database.write() as session:
        view = runtime.key_changes.change(session, principal, key_id, body.to_change())
    authenticator.forget()
    return AccessKey.of(view, runtime.clock.now())


@router.post(
    "/{keyId}/rotate", operation_id="dashboardAccessKeysRotate", status_code=201,
    summary="Replace a key by a new one with the same rules", responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def rotate_key(
    key_id: KeyId, body: Rotation, principal: Reader, runtime: RuntimeDep, authenticator: AuthenticatorDep
) -> IssuedAccessKey:
    """The old one works on for `graceHours`, so that nothing stands still while the new one is put in place."""
    with runtime.database.write() as session:
        issued = runtime.key_changes.rotate(session, principal, key_id, grace=body.grace)
    authenticator.forget()
    return IssuedAccessKey.of(issued, runtime.clock.now())


@router.delete(
    "/{keyId}", operation_id="dashboardAccessKeysRevoke", summary="Revoke a key at once",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def revoke_key(key_id: KeyId, principal: Reader, runtime: RuntimeDep, authenticator: AuthenticatorDep) -> AccessKey:
    """For good, and in every process within a second."""
    with runtime.database.write() as session:
        view = runtime.keys.revoke(session, principal, key_id)
    authenticator.forget()
    return AccessKey.of(view, runtime.clock.now())


def _check_may_create(principal: Principal, body: KeyCreation) -> None:
    """Whoever is narrowed cannot make a key that is not, and nobody one that may do more."""
    if principal.is_narrowed:
        raise Forbidden(f"key {principal.name!r} is for an agent or for certain datasets and cannot make others")
    if not body.personal and not principal.may(Scope.MANAGE):
        raise Forbidden(f"making keys for others needs {Scope.MANAGE.value}; a personal key does not")
    if body.personal and principal.user_id is None:
        raise Forbidden(f"key {principal.name!r} belongs to no user, so there is nobody to make a personal key for")
    if body.client_id is not None and body.agent_role is not None:
        message = "a client's key has the client's agent role; leave agentRole out"
        raise Invalid(message, details=[Detail("agentRole", message)])
    wanted = ROLE_SCOPES[body.role] if body.scopes is None else set(body.scopes)
    if not wanted <= principal.scopes:
        beyond = ", ".join(sorted(scope.value for scope in wanted - principal.scopes))
        raise KeyOutranksCaller(f"the new key would have {beyond}, which the key that asks for it does not have")


def _check_datasets(runtime: Runtime, principal: Principal, body: KeyCreation) -> None:
    with runtime.database.read() as session:
        for dataset_id in body.dataset_ids or ():
            runtime.datasets.get(session, principal, dataset_id)
