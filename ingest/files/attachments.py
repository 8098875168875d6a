"""Which files came with which message: told by a label that holds the message's name, under which theirs begin."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ingest.files.models import File

ATTACHMENT_OF = "attachmentOf"


def attachments_of(session: Session, file: File) -> Sequence[File]:
    """The living ones. Those of attached messages are theirs."""
    rows = session.scalars(select(File).where(*_inside(file)))
    return [row for row in rows if row.labels.get(ATTACHMENT_OF) == file.name]


def ids_inside(session: Session, file: File) -> Sequence[str]:
    """Of all living files below the name of this one, however deep: its attachments and theirs are among them."""
    return session.scalars(select(File.id).where(*_inside(file))).all()


def _inside(file: File) -> Sequence[ColumnElement[bool]]:
    below = File.name.startswith(f"{file.name}/", autoescape=True)
    return File.dataset_id == file.dataset_id, File.deleted_at.is_(None), below


def depth_of(session: Session, file: File) -> int:
    """0 for a message that was uploaded, 1 for one that came with it, and so on."""
    depth, name = 0, file.labels.get(ATTACHMENT_OF)
    while name is not None and depth < len(file.name):  # names grow shorter, so this ends
        depth += 1
        parent = session.scalar(
            select(File).where(File.dataset_id == file.dataset_id, File.deleted_at.is_(None), File.name == name)
        )
        above = None if parent is None else parent.labels.get(ATTACHMENT_OF)
        name = above if above is not None and len(above) < len(name) else None
    return depth
