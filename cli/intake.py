"""Registering files batch by batch, and who then works them off."""

from __future__ import annotations

import errno
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from time import sleep
from typing import TYPE_CHECKING

from cli.session import Session
from cli.sources import Source, batches
from ingest.files.errors import TooMuchWaiting
from ingest.files.types import IncomingFile, IngestOverrides, RejectedFile, UploadedFile, UploadReceipt

if TYPE_CHECKING:
    from ingest.files.uploads import Staged

_FULL_SECONDS = 1.0


@dataclass(slots=True)
class Crew:
    """Who works files off: the running server, or this process while there is none."""

    session: Session
    is_here: bool = False

    def ensure(self) -> None:
        """Also takes over from a server that has ended. Cheap."""
        if not self.is_here and self.session.runtime.is_alone():
            self.session.runtime.start()
            self.is_here = True

    def nudge(self) -> None:
        if self.is_here:
            self.session.runtime.worker.nudge()


@dataclass(slots=True)
class Intake:
    """What became of the files of one command, as far as it has come."""

    session: Session
    crew: Crew
    dataset_id: str
    uploaded: list[UploadedFile] = field(default_factory=list)
    rejected: list[RejectedFile] = field(default_factory=list)

    def take(self, found: Sequence[Source]) -> Iterator[UploadReceipt]:
        """Registers batch by batch, and tells of each. What is registered is worked off meanwhile."""
        limits = self.session.runtime.uploads.limits
        for batch in batches(found, files=limits.files, size=limits.batch_bytes):
            receipt = self._take(batch)
            if any(file.job_id for file in receipt.uploaded):
                self.crew.ensure()
                self.crew.nudge()
            yield receipt

    def _take(self, batch: Sequence[Source]) -> UploadReceipt:
        with ExitStack() as open_files:
            incoming, unreadable = _opened(batch, open_files)
            with self.session.runtime.uploads.stage(incoming) as staged:
                staged.rejected.extend(unreadable)
                while True:
                    try:
                        return self._register(staged)
                    except TooMuchWaiting:
                        self.crew.ensure()
                        sleep(_FULL_SECONDS)

    def _register(self, staged: Staged) -> UploadReceipt:
        runtime = self.session.runtime
        with _uninterrupted():
            with runtime.database.write() as transaction:
                receipt = runtime.uploads.register(
                    transaction, self.session.principal, self.dataset_id, staged, IngestOverrides()
                )
            self.uploaded += receipt.uploaded
            self.rejected += receipt.rejected
            return receipt


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits for the end of the block: files that are kept already would lose the rows that name them."""
    pressed: list[int] = []
    former = signal.signal(signal.SIGINT, lambda number, _frame: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
        if pressed:
            raise KeyboardInterrupt


def _opened(batch: Sequence[Source], open_files: ExitStack) -> tuple[list[IncomingFile], list[RejectedFile]]:
    incoming: list[IncomingFile] = []
    unreadable: list[RejectedFile] = []
    for source in batch:
        try:
            stream = open_files.enter_context(source.path.open("rb"))
        except OSError as error:
            unreadable.append(RejectedFile(source.name, "NOT_READABLE", _reason(source, error)))
        else:
            incoming.append(IncomingFile(source.name, stream))
    return incoming, unreadable


def _reason(source: Source, error: OSError) -> str:
    remedy = "give this user the right to read it" if error.errno in {errno.EACCES, errno.EPERM} else "look at it"
    return f"{source.name!r} cannot be opened ({error.strerror}): {remedy}, and try again"
