"""Old Word and PowerPoint files made new by LibreOffice, where that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.parsers.errors import FileIsCorrupt

_PROGRAM = "soffice"
_PREFIX = "cairn-soffice-"
_LEFT_OVER = 3600  # seconds: older than any conversion may take
_SECURITY = "/org.openoffice.Office.Common/Security/Scripting"
_SETTINGS = (
    (_SECURITY, "DisableMacrosExecution", "true"),
    (_SECURITY, "MacroSecurityLevel", "3"),
    (_SECURITY, "BlockUntrustedRefererLinks", "true"),  # what a document links to is neither fetched nor opened
    (_SECURITY, "DisableActiveContent", "true"),
    ("/org.openoffice.Inet/Settings", "ooInetProxyType", "2"),  # and if it were: a proxy that is nobody
    *(("/org.openoffice.Inet/Settings", f"ooInet{scheme}ProxyName", "127.0.0.1") for scheme in ("HTTP", "HTTPS")),
    *(("/org.openoffice.Inet/Settings", f"ooInet{scheme}ProxyPort", "9") for scheme in ("HTTP", "HTTPS")),
)


def converter() -> str | None:
    """The program's path; None where LibreOffice is not installed."""
    return shutil.which(_PROGRAM) or shutil.which("libreoffice")


@contextmanager
def converted(path: Path, *, suffix: str, what: str) -> Iterator[Path]:
    """The file at `path` as one with `suffix` (such as `.docx`), for as long as the context lasts. FileIsCorrupt where
    LibreOffice makes nothing of it; FileNotFoundError where it is not installed.

    It runs as a child of this process, so within its limits on memory, time and size of files, with a profile of its
    own, without macros, and with none of this process's environment.
    """
    _sweep()
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name:
        folder = Path(name)
        source = folder / f"document{path.suffix or '.bin'}"
        shutil.copyfile(path, source)
        run = subprocess.run(  # noqa: S603 - a program of this machine, and no argument is from outside
            _command(converter() or _PROGRAM, folder, source, suffix),
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": name,
                "TMPDIR": name,
                "LANG": "C.UTF-8",
                "LC_ALL": "C.UTF-8",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        made = folder / "made" / f"document{suffix}"
        if not made.is_file():
            raise FileIsCorrupt(what, f"LibreOffice made nothing of it, and ended with {run.returncode}")
        yield made


def _command(program: str, folder: Path, source: Path, suffix: str) -> list[str]:
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_profile(), encoding="utf-8")
    options = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck")
    target = ("--convert-to", suffix.removeprefix("."), "--outdir", str(folder / "made"))
    return [program, f"-env:UserInstallation={profile.as_uri()}", *options, *target, str(source)]


def _profile() -> str:
    items = "".join(
        f'<item oor:path="{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in _SETTINGS
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
    )


def _sweep() -> None:
    """What conversions left that were killed before they could tidy up."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if folder.stat().st_uid == os.getuid() and folder.stat().st_mtime < time.time() - _LEFT_OVER:
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # another conversion was faster
            continue
