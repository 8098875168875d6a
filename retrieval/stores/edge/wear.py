"""What a shard has gone through since it was last compacted; the engine itself does not tell."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Wear(msgspec.Struct):
    """`dead` points were removed, `graphed` points got into the HNSW graph.

    Only steers when to compact: a count lost in a crash makes compaction later, nothing else.
    """

    dead: int = 0
    graphed: int = 0

    @classmethod
    def read(cls, shard: Path) -> Wear:
        try:
            return msgspec.json.decode((shard / "wear.json").read_bytes(), type=cls)
        except (FileNotFoundError, msgspec.DecodeError):
            return cls()

    def write(self, shard: Path) -> None:
        (shard / "wear.json").write_bytes(msgspec.json.encode(self))
