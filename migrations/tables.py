"""Every table of Cairn, gathered by importing the modules that declare them."""

from __future__ import annotations

from sqlalchemy import MetaData

import crawler.crawls.models
import crawler.sites.models
import identity.audit.models
import identity.models
import ingest.datasets.models
import ingest.doctor.models
import ingest.files.models
import ingest.review.models
import kit.events.models
import kit.jobs.models
import kit.schedules.models
import kit.secrets.models
import orchestration.agents.models
import orchestration.approvals.models
import orchestration.chat.models
import orchestration.notifications.models
import orchestration.recurring.models
import orchestration.scheduled_prompts.models
import orchestration.task_queue.models
import orchestration.tasks.models
import orchestration.tasks.run_models
import retrieval.golden.models
import retrieval.records.models
from kit.db.base import Base

MODEL_MODULES = (
    crawler.crawls.models,
    crawler.sites.models,
    identity.audit.models,
    identity.models,
    ingest.datasets.models,
    ingest.doctor.models,
    ingest.files.models,
    ingest.review.models,
    kit.events.models,
    kit.jobs.models,
    kit.schedules.models,
    kit.secrets.models,
    orchestration.agents.models,
    orchestration.approvals.models,
    orchestration.chat.models,
    orchestration.notifications.models,
    orchestration.recurring.models,
    orchestration.scheduled_prompts.models,
    orchestration.task_queue.models,
    orchestration.tasks.models,
    orchestration.tasks.run_models,
    retrieval.golden.models,
    retrieval.records.models,
)
"""A package that gains tables adds its module here, or its tables are neither created nor compared."""


def all_tables() -> MetaData:
    return Base.metadata
