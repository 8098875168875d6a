"""`cairn secrets`."""

from __future__ import annotations

import typer

from cli.output import counted, remark, say
from cli.session import HomeOption, opened
from kit.errors import Conflict

app = typer.Typer(help="Look after the key that logins and other secrets are sealed with.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Look after the key that logins and other secrets are sealed with."""


@app.command("rotate")
def rotate(home: HomeOption = None) -> None:
    """Make a new key in the home and seal every secret with it. Servers that run need no restart."""
    with opened(home) as session:
        runtime = session.runtime
        if runtime.settings.secret_key is not None:
            raise Conflict(
                "the key comes from CAIRN_SECRET_KEY: put a new one in front of it there, with a comma between, and "
                "start Cairn again; once all machines have it, the old one can go"
            )
        runtime.secrets.keys.newest()
        key = runtime.secrets.keys.file.add()
        with runtime.database.write() as transaction:
            renewal = runtime.secrets.renew(transaction)
    for name in renewal.unreadable:
        remark(f"No key opens {name}: set it anew.")
    say(f"{counted(renewal.renewed, 'secret')} sealed with key {key.version}. Older keys stay, for backups.")
