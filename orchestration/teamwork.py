"""Tasks, approvals and whoever works on them, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from crawler.crawls.service import Crawls
from identity.keys import AccessKeys
from identity.types import Principal
from identity.workspaces import Workspaces
from ingest.datasets.gate import Gate
from ingest.pipeline.removal import Belongings
from ingest.review.conflicts import Conflicts
from kit.clock import Clock
from kit.db.database import Database
from kit.jobs.queue import JobQueue
from kit.schedules.scheduler import ScheduleKind, Schedules
from kit.secrets.store import Secrets
from orchestration.agents.directory import AgentDirectory
from orchestration.agents.logs import AgentLogs
from orchestration.agents.registry import AgentRegistry
from orchestration.agents.service import Agents, Readiness
from orchestration.approvals.closing import Closer
from orchestration.approvals.in_workspaces import WorkspaceApprovals
from orchestration.approvals.resolving import Resolver
from orchestration.approvals.reviews import Reviews
from orchestration.approvals.service import Approvals
from orchestration.approvals.watch import ApprovalWatch
from orchestration.crawl_holds import ApprovalsOfDataset, CrawlHolds, HeldCrawls
from orchestration.edit_conflicts import ConflictingEdits, EditConflictWatch
from orchestration.knowledge_gaps import KnowledgeGaps
from orchestration.notifications.belongings import NotificationsOfDataset
from orchestration.notifications.notices import Notices
from orchestration.notifications.service import Notifications
from orchestration.recurring.belongings import RecurringOfDataset
from orchestration.recurring.scheduled import ScheduledTask
from orchestration.recurring.service import RecurringTasks
from orchestration.runs.effects.approval import REQUEST_APPROVAL
from orchestration.runs.effects.comment import COMMENT
from orchestration.runs.effects.gap import REPORT_GAP
from orchestration.runs.effects.handover import HAND_OVER
from orchestration.runs.effects.question import ASK_PERSON
from orchestration.runs.file_tools import CITE, FETCH_PAGE, FETCH_TABLE, OUTLINE
from orchestration.runs.finding_tools import FIND_TEXT, LIST_DATASETS
from orchestration.runs.interventions import Interventions
from orchestration.runs.removal import Removal
from orchestration.runs.steering import Steering
from orchestration.runs.story import Story
from orchestration.runs.tools import READ_AROUND, SEARCH
from orchestration.scheduled_prompts.scheduled import DuePrompt
from orchestration.scheduled_prompts.service import ScheduledPrompts
from orchestration.tasks.assignees import Assignees
from orchestration.tasks.blockers import Blockers
from orchestration.tasks.changelog import Changelog
from orchestration.tasks.comments import Comments
from orchestration.tasks.follow_ups import FollowUps
from orchestration.tasks.moves import Moves
from orchestration.tasks.numbered import NumberedTasks
from orchestration.tasks.projects import Projects
from orchestration.tasks.service import Tasks

TOOLS = (
    *(SEARCH, READ_AROUND, LIST_DATASETS, FIND_TEXT, OUTLINE, FETCH_PAGE, FETCH_TABLE, CITE, REPORT_GAP),
    *(COMMENT, ASK_PERSON, REQUEST_APPROVAL, HAND_OVER),
)
"""Of an agent that is run here, unless its tenant says otherwise."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What exists before the crawler does, which tells it of crawls that wait."""

    tasks: Tasks
    comments: Comments
    blockers: Blockers
    approvals: Approvals
    moves: Moves
    closer: Closer
    interventions: Interventions
    holds: CrawlHolds


@dataclass(frozen=True, slots=True)
class Teamwork:
    database: Database
    desk: Desk
    names: Gate
    tasks: Tasks
    comments: Comments
    blockers: Blockers
    interventions: Interventions
    numbered: NumberedTasks
    assignees: Assignees
    steering: Steering
    removal: Removal
    approvals: Approvals
    resolver: Resolver
    workspace_approvals: WorkspaceApprovals
    reviews: Reviews
    projects: Projects
    follow_ups: FollowUps
    watch: ApprovalWatch
    gaps: KnowledgeGaps
    edits: EditConflictWatch
    belongings: Sequence[Belongings]
    recurring: RecurringTasks
    prompts: ScheduledPrompts
    agents: Agents
    registry: AgentRegistry
    logs: AgentLogs
    changelog: Changelog
    notifications: Notifications

    @property
    def scheduled(self) -> Sequence[ScheduleKind]:
        return ScheduledTask(self.recurring), DuePrompt(self.prompts)

    def story(self, principal: Principal, task_id: str) -> Story:
        """The task's present run, for one who watches it. TaskIsNotThere."""
        with self.database.read() as session:
            self.tasks.get(session, principal, task_id)
        return Story(self.database, self.names, principal, task_id)


def make_desk(clock: Clock, *, gate: Gate, queue: JobQueue) -> Desk:
    agents, closer = AgentDirectory(), Closer(clock)
    notices = Notices(agents, clock)
    moves = Moves(queue=queue, agents=agents, notices=notices, clock=clock)
    approvals = Approvals(names=gate, moves=moves, notices=notices, clock=clock)
    blockers = Blockers(names=gate, moves=moves, clock=clock)
    return Desk(
        tasks=Tasks(gate=gate, agents=agents, moves=moves, clock=clock),
        comments=Comments(names=gate, agents=agents, notices=notices, clock=clock),
        blockers=blockers,
        approvals=approvals,
        moves=moves,
        closer=closer,
        interventions=Interventions(names=gate, moves=moves, closer=closer, clock=clock),
        holds=CrawlHolds(approvals, closer),
    )


def make_teamwork(
    clock: Clock, database: Database, desk: Desk, *, gate: Gate, crawls: Crawls, secrets: Secrets, readiness: Readiness
) -> Teamwork:
    workspaces = Workspaces(clock=clock, keys=AccessKeys(clock=clock))
    held, schedules, assignees = HeldCrawls(crawls), Schedules(clock), Assignees(AgentDirectory())
    agents, logs = (
        Agents(AgentDirectory(), gate, TOOLS, secrets, readiness, clock),
        AgentLogs(AgentDirectory(), gate, clock),
    )
    conflicts = Conflicts(gate)
    edits = ConflictingEdits(conflicts)
    resolver = Resolver(
        names=gate,
        closer=desk.closer,
        moves=desk.moves,
        clock=clock,
        subjects={held.kind: held, edits.kind: edits},
    )
    return Teamwork(
        database=database,
        desk=desk,
        names=gate,
        tasks=desk.tasks,
        comments=desk.comments,
        blockers=desk.blockers,
        interventions=desk.interventions,
        numbered=NumberedTasks(gate=gate, tasks=desk.tasks),
        assignees=assignees,
        steering=Steering(
            names=gate,
            tasks=desk.tasks,
            moves=desk.moves,
            blockers=desk.blockers,
            interventions=desk.interventions,
            clock=clock,
        ),
        removal=Removal(names=gate, moves=desk.moves, closer=desk.closer, clock=clock),
        approvals=desk.approvals,
        resolver=resolver,
        workspace_approvals=WorkspaceApprovals(workspaces, desk.approvals, resolver),
        reviews=Reviews(names=gate, resolver=resolver, moves=desk.moves),
        projects=Projects(names=gate, clock=clock),
        follow_ups=FollowUps(names=gate, tasks=desk.tasks, clock=clock),
        watch=ApprovalWatch(database, resolver),
        gaps=KnowledgeGaps(desk.tasks),
        edits=EditConflictWatch(database, conflicts, desk.approvals, desk.closer, clock),
        belongings=[ApprovalsOfDataset(desk.closer), RecurringOfDataset(schedules), NotificationsOfDataset()],
        agents=agents,
        registry=AgentRegistry(agents, logs, clock),
        logs=logs,
        changelog=Changelog(gate, clock),
        notifications=Notifications(gate, clock),
        recurring=RecurringTasks(tasks=desk.tasks, gate=gate, schedules=schedules, clock=clock),
        prompts=ScheduledPrompts(workspaces=workspaces, tasks=desk.tasks, schedules=schedules, clock=clock),
    )
