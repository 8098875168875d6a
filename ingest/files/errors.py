"""What can go wrong with files."""

from __future__ import annotations

from kit.errors import NotFound, Unavailable


class FileIsNotThere(NotFound):
    def __init__(self, file_id: str) -> None:
        super().__init__(f"file {file_id!r} does not exist in this dataset")


class CitedFileIsGone(NotFound):
    def __init__(self, key: str) -> None:
        super().__init__(f"citation {key!r} leads to no file that this key may see")


class FileIsGone(NotFound):
    """Asked for by its id alone: nothing is said about datasets."""

    def __init__(self, file_id: str) -> None:
        super().__init__(f"file {file_id!r} does not exist, is switched off, or this key may not see it")


class ChunkIsNotThere(NotFound):
    def __init__(self, chunk_id: str) -> None:
        super().__init__(
            f"chunk {chunk_id!r} does not exist any more, or this key may not see it; files that are built anew have "
            "new chunks, so search again"
        )


class TooMuchWaiting(Unavailable):
    def __init__(self, *, waiting: int, limit: int) -> None:
        super().__init__(f"{waiting} files are waiting to be ingested, and the limit is {limit}; try again in a while")
