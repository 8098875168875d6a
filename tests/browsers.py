"""Which browser the tests look through."""

from __future__ import annotations

import shutil

_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first has no windows to draw around pages, which spares the processors a good part of the work."""


def chromium() -> str | None:
    """Where this machine has one."""
    return next(filter(None, map(shutil.which, _NAMES)), None)
