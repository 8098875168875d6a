"""Which events a caller may see, on every surface: the only place of that rule."""

from __future__ import annotations

from collections.abc import Sequence

from identity.types import Principal
from kit.events.types import Happened
from orchestration.approvals.events import topic_of as approval_topic
from orchestration.runtime import Runtime
from orchestration.tasks.events import topic_of as task_topic


def visible_events(runtime: Runtime, principal: Principal, events: Sequence[Happened]) -> Sequence[Happened]:
    """Those of datasets, tasks and approvals that are there for the caller, and those that are of none. What has
    another topic, such as a conversation, is for nobody until a rule here says for whom."""
    datasets = {event.dataset_id for event in events if event.dataset_id}
    topics = {event.topic for event in events if event.topic}
    tasks, approvals = (_named(topics, topic) for topic in (task_topic(""), approval_topic("")))
    with runtime.database.read() as session:
        homes = runtime.datasets.visible(session, principal, datasets)
        shown = {
            *(task_topic(one) for one in runtime.teamwork.tasks.visible(session, principal, tasks)),
            *(approval_topic(one) for one in runtime.teamwork.approvals.visible(session, principal, approvals)),
        }
    return [
        event
        for event in events
        if (event.dataset_id is None or event.dataset_id in homes) and (event.topic is None or event.topic in shown)
    ]


def _named(topics: set[str], kind: str) -> set[str]:
    return {topic.removeprefix(kind) for topic in topics if topic.startswith(kind)}
