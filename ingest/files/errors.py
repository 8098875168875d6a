"""What can go wrong with files."""

from __future__ import annotations

from kit.errors import NotFound, Unavailable


class FileIsNotThere(NotFound):
    def __init__(self, file_id: str) -> None:
        super().__init__(f"file {file_id!r} does not exist in this dataset")


class TooMuchWaiting(Unavailable):
    def __init__(self, *, waiting: int, limit: int) -> None:
        super().__init__(f"{waiting} files are waiting to be ingested, and the limit is {limit}; try again in a while")
