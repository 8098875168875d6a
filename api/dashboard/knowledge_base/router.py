"""The knowledge base of the dashboard, all resources together."""

from __future__ import annotations

from fastapi import APIRouter

from api.dashboard.knowledge_base import crawl, crawls, datasets, files, jobs, progress, search, uploads

router = APIRouter(prefix="/knowledge-base")
for resource in (crawl, crawls, datasets, uploads, files, progress, jobs, search):
    router.include_router(resource.router)
