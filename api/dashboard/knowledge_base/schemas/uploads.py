"""An upload: the fields that travel beside the files, and what became of each file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

from api.dashboard.knowledge_base.schemas.choices import (
    ONLY_MAIN_CONTENT,
    ChunkOverlap,
    ChunkSize,
    EngineChoice,
    ParseChoice,
)
from api.fields import STORABLE, Flag, RequestBody, ResponseBody
from api.label_conditions import LabelName
from ingest.files.types import (
    FileSource,
    IngestOverrides,
    RejectedFile,
    ShownStatus,
    UploadedFile,
    UploadOutcome,
    UploadReceipt,
)

_MOST_LABELS = 50


def _number_in_text(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


def _flag_in_text(value: object) -> object:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _object_in_text(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("Input should be a JSON object of texts") from None


def _text_of_value(value: object) -> object:
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return value


GivenValue: TypeAlias = Annotated[
    str,
    Field(max_length=500),
    STORABLE,
    BeforeValidator(_text_of_value),
    WithJsonSchema({"anyOf": [{"type": "string", "maxLength": 500}, {"type": "number"}, {"type": "boolean"}]}),
]
"""Kept as text; a number or a date can be searched by ranges (retrieval.conditions)."""


class UploadFields(RequestBody):
    """Everything in an upload but the files. Form fields are text, so numbers and objects are read out of it."""

    chunk_size: Annotated[ChunkSize | None, BeforeValidator(_number_in_text)] = None
    chunk_overlap: Annotated[ChunkOverlap | None, BeforeValidator(_number_in_text)] = None
    parse_type: ParseChoice | None = None
    parser_engine: EngineChoice | None = None
    only_main_content: Annotated[Flag | None, BeforeValidator(_flag_in_text)] = Field(
        None, description=ONLY_MAIN_CONTENT
    )
    source: FileSource = FileSource.UPLOAD
    metadata: Annotated[
        Mapping[LabelName, GivenValue], Field(max_length=_MOST_LABELS), BeforeValidator(_object_in_text)
    ] = Field(default_factory=dict)

    def to_overrides(self) -> IngestOverrides:
        return IngestOverrides(
            chunk_size=self.chunk_size,
            chunk_overlap=self.chunk_overlap,
            parse_type=self.parse_type,
            parser_engine=self.parser_engine,
            only_main_content=self.only_main_content,
        )


class Uploaded(ResponseBody):
    id: str
    file_name: str
    status: ShownStatus = Field(description="`pending`, but for a file whose bytes are there already")
    job_id: str | None = Field(
        description="Null where there is nothing to do; progress is under `/files/{fileId}/status`"
    )
    outcome: UploadOutcome

    @classmethod
    def of(cls, file: UploadedFile) -> Uploaded:
        return cls(id=file.id, file_name=file.file_name, status=file.status, job_id=file.job_id, outcome=file.outcome)


class Rejected(ResponseBody):
    file_name: str
    code: str
    message: str

    @classmethod
    def of(cls, file: RejectedFile) -> Rejected:
        return cls(file_name=file.file_name, code=file.code, message=file.message)


class UploadAnswer(ResponseBody):
    """Files that were refused do not hold up the others."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "uploadedFiles": [
                    {
                        "id": "01KAV5W4F6Q8D1F0T8A9Z6Q2MC",
                        "fileName": "handbook.pdf",
                        "status": "pending",
                        "jobId": "01KAV5W4G1V6J8TQ0M3N4P5R6S",
                        "outcome": "created",
                    }
                ],
                "rejectedFiles": [],
            }
        }
    )

    uploaded_files: list[Uploaded]
    rejected_files: list[Rejected]

    @classmethod
    def of(cls, receipt: UploadReceipt) -> UploadAnswer:
        return cls(
            uploaded_files=[Uploaded.of(file) for file in receipt.uploaded],
            rejected_files=[Rejected.of(file) for file in receipt.rejected],
        )
