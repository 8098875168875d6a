"""What is raised where a disk has no room."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from kit.db.database import Database
from kit.errors import Unavailable
from kit.full_disks import is_disk_full


class TestAFullDisk:
    def test_is_told_from_the_systems_error_however_deep_it_lies(self) -> None:
        assert is_disk_full(OSError(errno.ENOSPC, "No space left on device"))
        assert is_disk_full(OSError(errno.EDQUOT, "Disk quota exceeded"))
        outer = Unavailable("not now")
        outer.__cause__ = OSError(errno.ENOSPC, "No space left on device")
        assert is_disk_full(outer)

    def test_is_told_from_sqlites_error(self, tmp_path: Path) -> None:
        database = Database(f"sqlite:///{tmp_path / 'small.db'}")
        with database.write() as session:
            session.execute(text("pragma max_page_count = 4"))
            session.execute(text("create table filled (content text)"))
            too_long = {"long": "x" * 100_000}
            with pytest.raises(OperationalError) as caught:
                session.execute(text("insert into filled values (:long)"), too_long)
            session.rollback()
        database.close()
        assert is_disk_full(caught.value)

    @pytest.mark.parametrize(
        "other",
        [
            OSError(errno.EACCES, "Permission denied"),
            OperationalError("select 1", {}, sqlite3.OperationalError("database is locked")),
            ValueError("full"),
        ],
    )
    def test_is_not_what_anything_else_says(self, other: Exception) -> None:
        assert not is_disk_full(other)
