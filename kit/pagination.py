"""Cursor pages. A cursor is opaque to callers and carries the sort key of the last item seen."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from kit.errors import Invalid

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PageRequest:
    """At most `limit` items after the item whose sort key is `after`; None means from the start."""

    limit: int
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next_cursor` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None


def encode_cursor(key: str) -> str:
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> str:
    """The sort key inside a cursor; Invalid when it is none of ours."""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (Base64Error, ValueError) as error:
        raise Invalid(f"cursor {cursor!r} is not one that this API gave out; start again without a cursor") from error
