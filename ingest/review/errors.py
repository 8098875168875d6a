from __future__ import annotations

from kit.errors import Conflict, NotFound


class ChunkNotFound(NotFound):
    def __init__(self, chunk_id: str) -> None:
        super().__init__(f"there is no chunk {chunk_id!r} among those that searches find of this file")


class OverlayNotFound(NotFound):
    def __init__(self, overlay_id: str) -> None:
        super().__init__(f"there is no change {overlay_id!r} of a chunk of this file")


class FileIsBeingBuilt(Conflict):
    """Chunks are replaced soon: what is changed now would be about those that go."""

    code = "FILE_IS_BUILDING"

    def __init__(self, file_name: str) -> None:
        super().__init__(f"{file_name!r} is being built: change its chunks when it is indexed")


class FileHasNoChunks(Conflict):
    code = "FILE_IS_NOT_INDEXED"

    def __init__(self, file_name: str) -> None:
        super().__init__(f"{file_name!r} is not indexed, so there are no chunks of it to change")
