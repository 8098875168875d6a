"""Reads an upload off the wire: only after the caller is known to be allowed to, and never more than the limits."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias, cast

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.dashboard.knowledge_base.schemas.uploads import UploadFields
from api.deps import DatasetId, RuntimeDep, Writer
from api.middleware.body_limit import allow_body, declared_length
from identity.types import Principal
from ingest.files.types import IncomingFile, IngestOverrides
from ingest.files.uploads import QuotaRoom
from kit.errors import Detail, Invalid, TooLarge
from orchestration.runtime import Runtime

FILE_FIELDS = frozenset({"files", "files[]"})
_MOST_FIELDS = 20
_FIELD_BYTES = 256 * 1024
_FRAMING_BYTES = 1024 * 1024
"""Boundaries, part headers and fields, on top of the files themselves."""


@dataclass(frozen=True, slots=True)
class UploadForm:
    """The files are open for as long as the request lasts."""

    files: Sequence[UploadFile]
    fields: UploadFields

    @property
    def incoming(self) -> list[IncomingFile]:
        return [
            IncomingFile(
                file_name=file.filename or "",
                stream=file.file,
                labels=self.fields.metadata,
                source=self.fields.source,
            )
            for file in self.files
        ]

    @property
    def overrides(self) -> IngestOverrides:
        return self.fields.to_overrides()


async def read_upload(
    request: Request, dataset_id: DatasetId, principal: Writer, runtime: RuntimeDep
) -> AsyncIterator[UploadForm]:
    """Raises NotFound, TooMuchWaiting and QuotaExceeded before anything is read, Invalid or RequestValidationError for
    what is wrong with the form, and TooLarge for the sum of its files; QuotaExceeded also as soon as more was read than
    there can be room for."""
    settings, declared = runtime.settings, declared_length(request.scope)
    room = await run_in_threadpool(_check_before_reading, runtime, principal, dataset_id, declared)
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Invalid("send the files as multipart/form-data", details=[Detail("files", "is required")])
    allow_body(
        request.scope,
        settings.upload_max_batch + _FRAMING_BYTES,
        further=None if room is None else lambda size: room.check(_least(size)),
    )
    limits = {"max_files": settings.upload_max_files, "max_fields": _MOST_FIELDS, "max_part_size": _FIELD_BYTES}
    async with request.form(**limits) as form:
        files = _files(form)
        _check_sum(files, settings.upload_max_batch)
        yield UploadForm(files, _fields(form))


def _check_before_reading(runtime: Runtime, principal: Principal, dataset_id: str, declared: int) -> QuotaRoom | None:
    with runtime.database.read() as session:
        runtime.datasets.get(session, principal, dataset_id)
        runtime.uploads.check_room(session)
        return runtime.uploads.check_quotas(session, principal, dataset_id, least=_least(declared))


def _least(size: int) -> int:
    """Bytes of files in a body of this size, at the least."""
    return max(0, size - _FRAMING_BYTES)


def _files(form: FormData) -> list[UploadFile]:
    """The chosen files. A browser sends one without name and bytes where none was chosen."""
    parts = [
        (name, part)
        for name, part in form.multi_items()
        if part and (isinstance(part, UploadFile) or name in FILE_FIELDS)
    ]
    for name, part in parts:
        if name not in FILE_FIELDS:
            raise Invalid(f"{name}: files go into the field `files`", details=[Detail(name, "is not a field of files")])
        if isinstance(part, str):
            raise Invalid(
                "files: a part without a file name is not a file", details=[Detail("files", "has no file name")]
            )
    files = [cast("UploadFile", part) for _, part in parts]
    chosen = [file for file in files if file.filename or file.size]
    if not chosen:
        raise Invalid("files: at least one file is needed", details=[Detail("files", "is required")])
    return chosen


def _check_sum(files: Sequence[UploadFile], limit: int) -> None:
    total = sum(file.size or 0 for file in files)
    if total > limit:
        raise TooLarge(f"the files have {total:,} bytes in all, the limit is {limit:,}; send fewer at a time")


def _fields(form: FormData) -> UploadFields:
    """Empty fields count as absent, as HTML forms send those that were not filled in."""
    given = {
        name: text for name, text in form.multi_items() if isinstance(text, str) and text and name not in FILE_FIELDS
    }
    try:
        return UploadFields.model_validate(given)
    except ValidationError as error:
        located = [{**record, "loc": ("body", *record["loc"])} for record in error.errors(include_url=False)]
        raise RequestValidationError(located) from error


UploadFormDep: TypeAlias = Annotated[UploadForm, Depends(read_upload, scope="function")]
