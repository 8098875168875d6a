"""Crawls as processes: children of a zygote, whose command line they share."""

from __future__ import annotations

from contextlib import suppress

import psutil


def crawls_below(root: psutil.Process) -> list[psutil.Process]:
    """Those that run now; the zygotes that they were forked from are not among them."""
    found = []
    for process in root.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            parent = process.parent()
            if parent is not None and _is_of_crawls(process) and _is_of_crawls(parent):
                found.append(process)
    return found


def _is_of_crawls(process: psutil.Process) -> bool:
    command = process.cmdline()
    return "kit.zygote.process" in command and "crawler.engine.process" in command[-1]
