"""/api/teams: teams with members and invites. Accepting an invite completes what is documented."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from api.deps import Reader, RuntimeDep, WholeCaller
from api.fields import NO_COERCION, STORABLE
from api.platform.envelope import Body, Done, Item, Many, Record, done, errors, many
from api.platform.invitations import InviteRecord, SentInvite, send_invite
from identity.memberships import Member
from identity.teams import TeamView

router = APIRouter(prefix="/teams", tags=["Platform: teams"])

MOST = 2**31 - 1
TeamNumber: TypeAlias = Annotated[int, Path(alias="id", ge=1, le=MOST, description="Number of a team")]
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
Description = Annotated[str, Field(max_length=2000), STORABLE]
Role: TypeAlias = Literal["owner", "admin", "member"]


class NewTeam(Body):
    name: Name
    description: Description | None = None


class TeamChange(Body):
    name: Name | None = None
    description: Description | None = None


class NewTeamMember(Body):
    user_id: Annotated[int, Field(ge=1, le=MOST), NO_COERCION]
    role: Role = "member"


class NewTeamInvite(Body):
    email: Annotated[str, Field(min_length=3, max_length=320), STORABLE]
    role: Role = "member"


class TeamRecord(Record):
    id: int
    name: str
    description: str | None
    member_count: int
    role: str | None = Field(description="The caller's, null for who is no member")
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, view: TeamView) -> TeamRecord:
        return cls(
            id=view.number, name=view.name, description=view.description, member_count=view.member_count,
            role=view.my_role, created_at=view.created_at, updated_at=view.updated_at,
        )  # fmt: skip


class TeamMemberRecord(Record):
    user_id: int
    username: str
    email: str
    role: str
    joined_at: datetime

    @classmethod
    def of(cls, member: Member) -> TeamMemberRecord:
        return cls(
            user_id=member.number, username=member.name, email=member.email, role=member.role,
            joined_at=member.joined_at,
        )  # fmt: skip


class TeamDetail(TeamRecord):
    members: list[TeamMemberRecord]


@router.get(
    "",
    operation_id="platformTeamsList",
    summary="List all teams with member counts",
    responses=errors(400, 401, 403, 503),
)
def list_teams(
    principal: Reader,
    runtime: RuntimeDep,
    *,
    name: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$", description="A part of the name")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Many[TeamRecord]:
    """Everybody in the tenant sees its teams; keys for agents or for certain datasets see none."""
    with runtime.database.read() as session:
        views, total = runtime.teams.list(session, principal, name=name, limit=limit, offset=offset)
    return many([TeamRecord.of(view) for view in views], limit=limit, offset=offset, total=total)


@router.post(
    "", operation_id="platformTeamsCreate", status_code=201, summary="Create a new team",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def create_team(body: NewTeam, principal: WholeCaller, runtime: RuntimeDep) -> Item[TeamRecord]:
    """The caller becomes its owner."""
    with runtime.database.write() as session:
        view = runtime.teams.create(session, principal, name=body.name, description=body.description)
    return Item(data=TeamRecord.of(view))


@router.post(
    "/invites/{token}/accept", operation_id="platformTeamsInvitesAccept", summary="Accept a team invite",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def accept_team_invite(
    token: Annotated[str, Path(pattern=r"^[!-~]{1,100}$")], principal: WholeCaller, runtime: RuntimeDep
) -> Item[TeamRecord]:
    """For who has an account already; who has none registers with the invite."""
    with runtime.database.write() as session:
        view = runtime.teams.accept(session, principal, token)
    return Item(data=TeamRecord.of(view))


@router.get(
    "/{id}", operation_id="platformTeamsGet", summary="Get team with members", responses=errors(400, 401, 403, 404, 503)
)
def get_team(number: TeamNumber, principal: Reader, runtime: RuntimeDep) -> Item[TeamDetail]:
    with runtime.database.read() as session:
        record = TeamRecord.of(runtime.teams.get(session, principal, number))
        members = runtime.teams.members(session, principal, number)
    return Item(data=TeamDetail(**record.model_dump(), members=[TeamMemberRecord.of(one) for one in members]))


@router.patch(
    "/{id}", operation_id="platformTeamsUpdate", summary="Update team name or description",
    responses=errors(400, 401, 403, 404, 413, 503),
)  # fmt: skip
def update_team(number: TeamNumber, body: TeamChange, principal: WholeCaller, runtime: RuntimeDep) -> Item[TeamRecord]:
    """For owners and admins of the team. An empty description removes it."""
    with runtime.database.write() as session:
        view = runtime.teams.change(session, principal, number, name=body.name, description=body.description)
    return Item(data=TeamRecord.of(view))


@router.delete(
    "/{id}", operation_id="platformTeamsDelete", summary="Delete team (admin+ only)",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def delete_team(number: TeamNumber, principal: WholeCaller, runtime: RuntimeDep) -> Done:
    with runtime.database.write() as session:
        runtime.teams.delete(session, principal, number)
    return done("Team deleted", id=number)


@router.get(
    "/{id}/members", operation_id="platformTeamsMembersList", summary="List team members",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_team_members(number: TeamNumber, principal: Reader, runtime: RuntimeDep) -> Item[list[TeamMemberRecord]]:
    with runtime.database.read() as session:
        members = runtime.teams.members(session, principal, number)
    return Item(data=[TeamMemberRecord.of(one) for one in members])


@router.post(
    "/{id}/members", operation_id="platformTeamsMembersCreate", status_code=201, summary="Add member to team",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def add_team_member(
    number: TeamNumber, body: NewTeamMember, principal: WholeCaller, runtime: RuntimeDep
) -> Item[TeamMemberRecord]:
    """For owners and admins of the team; only owners make owners."""
    with runtime.database.write() as session:
        member = runtime.teams.add_member(session, principal, number, user_number=body.user_id, role=body.role)
    return Item(data=TeamMemberRecord.of(member))


@router.get(
    "/{id}/invites", operation_id="platformTeamsInvitesList", summary="List team invites",
    responses=errors(400, 401, 403, 404, 503),
)  # fmt: skip
def list_team_invites(number: TeamNumber, principal: Reader, runtime: RuntimeDep) -> Item[list[InviteRecord]]:
    with runtime.database.read() as session:
        invites = runtime.teams.invites(session, principal, number)
    return Item(data=[InviteRecord.of(invite) for invite in invites])


@router.post(
    "/{id}/invites", operation_id="platformTeamsInvitesCreate", status_code=201, summary="Invite user to team by email",
    responses=errors(400, 401, 403, 404, 409, 413, 503),
)  # fmt: skip
def invite_to_team(
    number: TeamNumber, body: NewTeamInvite, principal: WholeCaller, runtime: RuntimeDep, request: Request
) -> Item[SentInvite]:
    """Sent by mail, or put into the outbox where no mail server is set."""
    with runtime.database.write() as session:
        issued = runtime.teams.invite(session, principal, number, email=body.email, role=body.role)
    return Item(data=send_invite(runtime, request, issued))
