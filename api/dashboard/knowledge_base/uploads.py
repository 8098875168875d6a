"""/dashboard/v1/knowledge-base/datasets/{datasetId}/files/upload."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter

from api.dashboard.knowledge_base.schemas.uploads import UploadAnswer, UploadFields
from api.dashboard.knowledge_base.upload_form import UploadFormDep
from api.deps import DatasetId, MetricsDep, RuntimeDep, Writer
from api.envelope import errors
from ingest.files.types import RejectedFile
from kit.errors import Detail, Invalid

_LIMITS = "At most 20 files of 50 MB each, 200 MB in all, unless this installation is set up otherwise"

router = APIRouter(prefix="/datasets/{datasetId}/files", tags=["Knowledge base: files"])


def _multipart() -> dict[str, Any]:
    """The request's body for the OpenAPI document; the form is read by a dependency that FastAPI cannot look into."""
    schema = UploadFields.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs")  # other operations use these types too, so the document has them
    file = {"type": "string", "format": "binary"}
    schema["properties"] = {
        "files": {"type": "array", "items": file, "minItems": 1, "description": _LIMITS},
        **schema["properties"],
    }
    schema["required"] = ["files"]
    content = {"multipart/form-data": {"schema": schema, "encoding": {"metadata": {"contentType": "application/json"}}}}
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "/upload", operation_id="dashboardKbFilesUpload", status_code=202, summary="Upload files",
    responses=errors(400, 401, 403, 404, 409, 413, 429, 503), openapi_extra=_multipart(),
)  # fmt: skip
def upload_files(
    dataset_id: DatasetId, principal: Writer, form: UploadFormDep, runtime: RuntimeDep, metrics: MetricsDep
) -> UploadAnswer:
    """Takes the files in and ingests them in the background. A file that cannot be taken does not hold up the others;
    only if none can is the answer 400."""
    with runtime.uploads.stage(form.incoming) as staged, runtime.database.write() as session:
        receipt = runtime.uploads.register(session, principal, dataset_id, staged, form.overrides)
    runtime.worker.nudge()
    metrics.observe_upload(receipt)
    if not receipt.uploaded:
        raise _none_taken(receipt.rejected)
    return UploadAnswer.of(receipt)


def _none_taken(rejected: Sequence[RejectedFile]) -> Invalid:
    details = [
        Detail(f"files[{position}]", f"{file.file_name}: {file.message}") for position, file in enumerate(rejected)
    ]
    return Invalid("; ".join(detail.message for detail in details), details=details)
