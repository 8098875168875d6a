"""For developers: `python -m migrations.revise "add feedback"` drafts the next revision from the models.

The draft compares the models with an empty database that has been brought to the newest revision. Read it before
committing it: renames look like a drop and an add, and data is never moved by a draft.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from alembic import command

from kit.db.database import Database
from migrations.runner import head_revision, make_config, upgrade


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m migrations.revise", description="Draft a revision")
    parser.add_argument("message", help="what changes, in a few words")
    message = parser.parse_args().message
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'draft.db'}", pool_size=1)
        upgrade(database)
        with database.alter() as connection:
            number = f"{int(head_revision()) + 1:04}"
            command.revision(make_config(connection), message=message, autogenerate=True, rev_id=number)
        database.close()


if __name__ == "__main__":
    main()
