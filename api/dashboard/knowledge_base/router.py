"""The knowledge base of the dashboard, all resources together."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.knowledge_base import (
    calibration,
    chunks,
    crawl,
    crawls,
    datasets,
    doctor,
    files,
    jobs,
    model_changes,
    overview,
    progress,
    question_sets,
    saved_searches,
    search,
    search_records,
    uploads,
    versions,
)

router = APIRouter(prefix="/knowledge-base")
for resource in (
    crawl,
    crawls,
    datasets,
    uploads,
    files,
    chunks,
    progress,
    jobs,
    model_changes,
    search,
    search_records,
    question_sets,
    calibration,
    versions,
    overview,
    doctor,
    saved_searches,
):
    router.include_router(resource.router)
