"""A file that came with a message."""

from __future__ import annotations

from typing import NamedTuple


class Attachment(NamedTuple):
    """`name` is as the message has it, or made up where it has none."""

    name: str
    data: bytes
