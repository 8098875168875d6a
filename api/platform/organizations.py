"""/api/organizations: organizations with members and invites."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from api.deps import Reader, RuntimeDep, WholeCaller
from api.fields import STORABLE
from api.platform.envelope import Body, Done, Item, Many, Record, done, errors, many
from api.platform.invitations import InviteRecord, SentInvite, send_invite
from identity.memberships import Member
from identity.organizations import OrganizationView

router = APIRouter(prefix="/organizations", tags=["Platform: organizations"])

OrganizationId: TypeAlias = Annotated[
    str, Path(alias="id", pattern=r"^[!-~]{1,64}$", description="Id of an organization")
]
UserId: TypeAlias = Annotated[str, Path(alias="userId", pattern=r"^[!-~]{1,64}$", description="Id or number of a user")]
Role: TypeAlias = Literal["owner", "admin", "member", "viewer"]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$")]


class NewOrganization(Body):
    name: Name
    slug: Slug | None = None


class OrganizationChange(Body):
    name: Name | None = None
    slug: Slug | None = None
    avatar_url: Annotated[str, Field(max_length=2000, pattern=r"^(https?://[!-~]+)?$")] | None = None


class NewMember(Body):
    user_id: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
    role: Role = "member"


class MemberRole(Body):
    role: Role


class NewInvite(Body):
    email: Annotated[str, Field(min_length=3, max_length=320), STORABLE]
    role: Literal["admin", "member", "viewer"] = "member"


class OrganizationRecord(Record):
    id: str
    name: str
    slug: str
    avatar_url: str | None
    member_count: int
    role: str | None = Field(description="The caller's, null for who manages the tenant without being a member")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: OrganizationView) -> OrganizationRecord:
        return cls(
            id=view.id, name=view.name, slug=view.slug, avatar_url=view.avatar_url, member_count=view.member_count,
            role=view.my_role, created_at=view.created_at, updated_at=view.updated_at,
        )  # fmt: skip


class MemberRecord(Record):
    user_id: str
    username: str
    email: str
    role: str
    joined_at: datetime

    @classmethod
    def of(cls, member: Member) -> MemberRecord:
        return cls(
            user_id=member.user_id, username=member.name, email=member.email, role=member.role,
            joined_at=member.joined_at,
        )  # fmt: skip


@router.get(
    "",
    operation_id="platformOrganizationsList",
    summary="List organizations for the current user",
    responses=errors(400, 401, 403, 503),
)
def list_organizations(
    principal: Reader,
    runtime: RuntimeDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Many[OrganizationRecord]:
    with runtime.database.read() as session:
        views, total = runtime.organizations.list(session, principal, limit=limit, offset=offset)
    return many([OrganizationRecord.of(view) for view in views], limit=limit, offset=offset, total=total)


@router.post(
    "", operation_id="platformOrganizationsCreate", status_code=201, summary="Create organization within user's tenant",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def create_organization(body: NewOrganization, principal: WholeCaller, runtime: RuntimeDep) -> Item[OrganizationRecord]:
    """The caller becomes its owner."""
    with runtime.database.write() as session:
        view = runtime.organizations.create(session, principal, name=body.name, slug=body.slug)
    return Item(data=OrganizationRecord.of(view))


@router.post(
    "/invites/{token}/accept", operation_id="platformOrganizationsInvitesAccept",
    summary="Accept an organization invite", responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def accept_invite(
    token: Annotated[str, Path(pattern=r"^[!-~]{1,100}$")], principal: WholeCaller, runtime: RuntimeDep
) -> Item[OrganizationRecord]:
    with runtime.database.write() as session:
        view = runtime.organizations.accept(session, principal, token)
    return Item(data=OrganizationRecord.of(view))


@router.get(
    "/{id}", operation_id="platformOrganizationsGet", summary="Get organization detail with member count",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def get_organization(
    organization_id: OrganizationId, principal: Reader, runtime: RuntimeDep
) -> Item[OrganizationRecord]:
    with runtime.database.read() as session:
        return Item(data=OrganizationRecord.of(runtime.organizations.get(session, principal, organization_id)))


@router.patch(
    "/{id}", operation_id="platformOrganizationsUpdate", summary="Update organization name, slug, or avatar",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def update_organization(
    organization_id: OrganizationId, body: OrganizationChange, principal: WholeCaller, runtime: RuntimeDep
) -> Item[OrganizationRecord]:
    with runtime.database.write() as session:
        view = runtime.organizations.change(
            session, principal, organization_id, name=body.name, slug=body.slug, avatar_url=body.avatar_url
        )
    return Item(data=OrganizationRecord.of(view))


@router.delete(
    "/{id}", operation_id="platformOrganizationsDelete", summary="Soft-delete organization (owner only)",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_organization(organization_id: OrganizationId, principal: WholeCaller, runtime: RuntimeDep) -> Done:
    with runtime.database.write() as session:
        runtime.organizations.delete(session, principal, organization_id)
    return done("Organization deleted", id=organization_id)


@router.get(
    "/{id}/members", operation_id="platformOrganizationsMembersList", summary="List organization members",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_members(organization_id: OrganizationId, principal: Reader, runtime: RuntimeDep) -> Item[list[MemberRecord]]:
    with runtime.database.read() as session:
        members = runtime.organizations.members(session, principal, organization_id)
    return Item(data=[MemberRecord.of(member) for member in members])


@router.post(
    "/{id}/members", operation_id="platformOrganizationsMembersCreate", status_code=201,
    summary="Add a member to organization (admin+)", responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def add_member(
    organization_id: OrganizationId, body: NewMember, principal: WholeCaller, runtime: RuntimeDep
) -> Item[MemberRecord]:
    with runtime.database.write() as session:
        member = runtime.organizations.add_member(
            session, principal, organization_id, user_id=body.user_id, role=body.role
        )
    return Item(data=MemberRecord.of(member))


@router.patch(
    "/{id}/members/{userId}", operation_id="platformOrganizationsMembersUpdate",
    summary="Update member role in organization", responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def update_member(
    organization_id: OrganizationId, user_id: UserId, body: MemberRole, principal: WholeCaller, runtime: RuntimeDep
) -> Item[MemberRecord]:
    with runtime.database.write() as session:
        member = runtime.organizations.change_member(session, principal, organization_id, user_id, role=body.role)
    return Item(data=MemberRecord.of(member))


@router.delete(
    "/{id}/members/{userId}", operation_id="platformOrganizationsMembersDelete",
    summary="Remove member from organization (admin+)", responses=errors(400, 401, 403, 404, 409, 503),
)  # fmt: skip
def remove_member(
    organization_id: OrganizationId, user_id: UserId, principal: WholeCaller, runtime: RuntimeDep
) -> Done:
    with runtime.database.write() as session:
        runtime.organizations.remove_member(session, principal, organization_id, user_id)
    return done("Member removed", user_id=user_id)


@router.get(
    "/{id}/invites", operation_id="platformOrganizationsInvitesList", summary="List pending organization invites",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_invites(organization_id: OrganizationId, principal: Reader, runtime: RuntimeDep) -> Item[list[InviteRecord]]:
    with runtime.database.read() as session:
        invites = runtime.organizations.invites(session, principal, organization_id)
    return Item(data=[InviteRecord.of(invite) for invite in invites])


@router.post(
    "/{id}/invites", operation_id="platformOrganizationsInvitesCreate", status_code=201,
    summary="Invite user by email to organization", responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def invite(
    organization_id: OrganizationId, body: NewInvite, principal: WholeCaller, runtime: RuntimeDep, request: Request
) -> Item[SentInvite]:
    """Sent by mail, or put into the outbox where no mail server is set."""
    with runtime.database.write() as session:
        issued = runtime.organizations.invite(session, principal, organization_id, email=body.email, role=body.role)
    return Item(data=send_invite(runtime, request, issued))
