"""Paths for those who run Cairn: is it alive, is it ready, which version is it, what does it count. Open to all."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.deps import MetricsDep
from api.metrics import CONTENT_TYPE
from api.readiness import Readiness

OPEN_PATHS = frozenset({"/health", "/ready", "/version", "/metrics"})

_PLAIN_TEXT = {"text/plain": {"schema": {"type": "string"}}}

router = APIRouter(tags=["Operations"])


class Health(BaseModel):
    status: str = Field(examples=["ok"])


class ReadinessReport(BaseModel):
    """`parts` says for each part `ok`, or what is wrong with it; `options`, whether what is optional is there."""

    status: str = Field(examples=["ready", "not ready"])
    parts: dict[str, str] = Field(examples=[{"database": "ok", "vectors": "ok", "model": "ok", "worker": "ok"}])
    options: dict[str, str] = Field(examples=[{"docling": "not set up"}])


class Version(BaseModel):
    name: str
    version: str


@router.get("/health", operation_id="health", summary="Is the process alive")
async def health() -> Health:
    return Health(status="ok")


@router.get(
    "/ready", operation_id="ready", summary="Can it do its work", response_model=ReadinessReport,
    responses={503: {"model": ReadinessReport, "description": "The part that failed is named"}},
)  # fmt: skip
def ready(request: Request) -> Response:
    readiness: Readiness = request.app.state.readiness
    parts = readiness.check()
    is_ready = all(state == "ok" for state in parts.values())
    status = "ready" if is_ready else "not ready"
    report = ReadinessReport(status=status, parts=parts, options=readiness.options())
    return JSONResponse(report.model_dump(), status_code=200 if is_ready else 503)


@router.get("/version", operation_id="version", summary="Which version runs")
async def get_version() -> Version:
    return Version(name="cairn", version=version("cairn"))


@router.get(
    "/metrics", operation_id="metrics", summary="Counters for Prometheus", response_class=Response,
    responses={200: {"description": "Prometheus' text format", "content": _PLAIN_TEXT}},
)  # fmt: skip
def metrics(counted: MetricsDep) -> Response:
    """Holds numbers and route names only, no content and no names of datasets. Keep the path off the internet at the
    proxy where even these are nobody's business."""
    return Response(counted.exposition(), media_type=CONTENT_TYPE)
