"""How far work is, as the dashboard shows it."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from api.fields import ResponseBody
from ingest.datasets.progress import DatasetProgress, FileCounts, Stage


class FilesByState(ResponseBody):
    pending: int
    parsing: int
    embedding: int
    indexed: int
    error: int

    @classmethod
    def of(cls, counts: FileCounts) -> FilesByState:
        return cls(
            pending=counts.pending,
            parsing=counts.parsing,
            embedding=counts.embedding,
            indexed=counts.indexed,
            error=counts.error,
        )


class WorkProgress(ResponseBody):
    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "datasetId": "01KAV5W4F6Q8D1F0T8A9Z6Q2MC",
                "stage": "embedding",
                "done": 12,
                "total": 40,
                "files": {"pending": 20, "parsing": 2, "embedding": 6, "indexed": 11, "error": 1},
                "chunksDone": 480,
                "chunksLeft": 1130,
                "rate": 31.2,
                "etaSeconds": 36.2,
            }
        }
    )

    dataset_id: str
    stage: Stage = Field(description="The furthest step that any file is in; `idle` where none is on its way")
    done: int = Field(description="Files whose newest build has ended, well or not")
    total: int = Field(description="All files of the dataset")
    files: FilesByState
    chunks_done: int
    chunks_left: int = Field(description="Chunks still to embed; estimated for files that are not parsed yet")
    rate: float = Field(description="Chunks a second over the last minute")
    eta_seconds: float | None = Field(description="Seconds until the work is done; null where there is none")

    @property
    def is_idle(self) -> bool:
        return self.stage is Stage.IDLE

    @classmethod
    def of(cls, progress: DatasetProgress) -> WorkProgress:
        return cls(
            dataset_id=progress.dataset_id,
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            files=FilesByState.of(progress.files),
            chunks_done=progress.chunks_done,
            chunks_left=progress.chunks_left,
            rate=progress.rate,
            eta_seconds=progress.eta_seconds,
        )
