"""Which half of the tests is run on which engines, where one run is to try both.

`make test MODE=both DRAW=…` runs every module once, on the engines that the draw gives it: another draw gives others,
and the same draw the same again. Without DRAW the commit draws, so that over some commits every module runs on both.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from itertools import groupby
from typing import Protocol, TypeVar

MODES = ("embedded", "cluster")


class InModule(Protocol):
    """A test, as pytest has collected it."""

    @property
    def nodeid(self) -> str: ...


_Test = TypeVar("_Test", bound=InModule)


def mode_of(module: str, draw: str) -> str:
    """`module` is the path below the project's folder, with slashes."""
    return MODES[sha256(f"{draw}:{module}".encode()).digest()[0] % len(MODES)]


def drawn(tests: Sequence[_Test], draw: str, mode: str) -> tuple[list[_Test], list[_Test]]:
    """Those whose modules are run on the engines of `mode`, and the others."""
    here: list[_Test] = []
    elsewhere: list[_Test] = []
    for module, found in groupby(tests, key=lambda test: test.nodeid.partition("::")[0]):
        (here if mode_of(module, draw) == mode else elsewhere).extend(found)
    return here, elsewhere
