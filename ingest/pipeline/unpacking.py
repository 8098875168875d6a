"""Makes files of their own of what came with a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO

import structlog
from sqlalchemy.orm import Session

from identity.quota_limits import QuotaExceeded
from identity.types import Principal, Role, Scope
from ingest.documents import ParseWarning
from ingest.files.attachments import ATTACHMENT_OF, attachments_of, depth_of
from ingest.files.jobs import PARSE_QUEUE, UNPACK
from ingest.files.models import File, FileGeneration
from ingest.files.service import Files
from ingest.files.types import FileSource, IncomingFile, IngestOverrides
from ingest.files.uploads import Staged, Uploads
from ingest.parsers.errors import ParseRefused
from ingest.parsers.mail.attachment import Attachment
from ingest.sandbox.attachment_task import take_attachments
from ingest.sandbox.errors import SandboxTaskFailed
from ingest.sandbox.limits import Limits
from ingest.sandbox.sandbox import Sandbox
from ingest.storage.protocol import FileStore, original_key
from kit.db.database import Database
from kit.errors import NotFound
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim

MOST_NESTED = 3
"""Messages within messages within messages; what lies deeper is left where it is."""

LEFT_OUT = "ATTACHMENT_LEFT_OUT"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Message:
    """What is taken out of the rows, so that no session is open while a child works."""

    id: str
    tenant_id: str
    dataset_id: str
    name: str
    mime_type: str
    sha256: str
    incoming: IncomingFile


@dataclass(frozen=True, slots=True)
class UnpackHandler:
    """An attachment is called after its message, `letter.eml/plan.pdf`, and is labelled with the message's name. It is
    registered as an upload is: the same bytes again change nothing, and one that a newer message has no more goes."""

    database: Database
    jobs: JobQueue
    store: FileStore
    sandbox: Sandbox
    uploads: Uploads
    files: Files
    limits: Limits

    kind = UNPACK
    queue = PARSE_QUEUE
    batch = 1

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        for claim in claims:
            message = self._message(claim)
            if message is not None:
                self._unpack(claim, message, signals)

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self._warn(session, claim, [ParseWarning(LEFT_OUT, f"the attachments could not be taken out: {error}")])

    def _message(self, claim: Claim) -> _Message | None:
        """None where it is gone, or is another by now: that one has a job of its own."""
        with self.database.write() as session:
            self.jobs.hold(session, claim)
            file = self._file(session, claim)
            if file is None:
                self.jobs.complete(session, claim)
                return None
            if depth_of(session, file) >= MOST_NESTED:
                said = f"messages stand more than {MOST_NESTED} deep in one another"
                self._end(session, claim, [ParseWarning(LEFT_OUT, f"the attachments were left: {said}")])
                return None
            labels = {**file.labels, ATTACHMENT_OF: file.name}
            like = IncomingFile(file.name, BytesIO(), labels, FileSource(file.source), file.url, separate=True)
            return _Message(file.id, file.tenant_id, file.dataset_id, file.name, file.mime_type, file.sha256, like)

    def _file(self, session: Session, claim: Claim) -> File | None:
        file = session.get(File, claim.subject)
        generation = session.get(FileGeneration, (claim.subject, claim.number("generation")))
        if file is None or generation is None or file.deleted_at is not None or generation.sha256 != file.sha256:
            return None
        return file

    def _unpack(self, claim: Claim, message: _Message, signals: Signals) -> None:
        key = original_key(tenant_id=message.tenant_id, sha256=message.sha256)
        try:
            with self.store.local(key) as path:
                found = take_attachments(
                    self.sandbox, path, message.mime_type, limits=self.limits, cancel=lambda: signals.is_lost(claim)
                )
            with self.uploads.stage(_incoming(found, message.incoming)) as staged, self.database.write() as session:
                self.jobs.hold(session, claim, progressed=True)
                self._end(session, claim, self._register(session, claim, staged))
        except (ParseRefused, SandboxTaskFailed, NotFound, QuotaExceeded) as error:
            with self.database.write() as session:
                self.jobs.hold(session, claim)
                said = f"the attachments were left: {error.message}"
                self._end(session, claim, [ParseWarning(LEFT_OUT, said)])

    def _register(self, session: Session, claim: Claim, staged: Staged) -> Sequence[ParseWarning]:
        """What is to be said of those that are not taken."""
        file = self._file(session, claim)
        if file is None:
            return ()
        principal = postman_of(file.tenant_id)
        if staged.files:
            self.uploads.register(session, principal, file.dataset_id, staged, IngestOverrides())
        names = {one.name for one in staged.files}
        for former in attachments_of(session, file):
            if former.name not in names:
                self.files.delete(session, principal, file.dataset_id, former.id)
        _log.info("file.unpacked", file_id=file.id, attachments=len(names), left_out=len(staged.rejected))
        return [ParseWarning(LEFT_OUT, f"{one.file_name!r} was left out: {one.message}") for one in staged.rejected]

    def _end(self, session: Session, claim: Claim, warnings: Sequence[ParseWarning]) -> None:
        self._warn(session, claim, warnings)
        self.jobs.complete(session, claim)

    def _warn(self, session: Session, claim: Claim, warnings: Sequence[ParseWarning]) -> None:
        """In the place of what was said at an earlier try."""
        generation = session.get(FileGeneration, (claim.subject, claim.number("generation")))
        if generation is not None:
            others = [one for one in generation.warnings if one.get("code") != LEFT_OUT]
            generation.warnings = [*others, *(asdict(warning) for warning in warnings)]


def postman_of(tenant_id: str) -> Principal:
    """In whose name attachments become files."""
    scopes = frozenset(Scope)
    return Principal(tenant_id, key_id="attachments", user_id=None, name="attachments", role=Role.ADMIN, scopes=scopes)


def _incoming(found: Sequence[Attachment], like: IncomingFile) -> list[IncomingFile]:
    """Two of one name are told apart by numbers: `plan.pdf`, `plan (2).pdf`."""
    made: list[IncomingFile] = []
    taken: set[str] = set()
    for one in found:
        name = _free(one.name.replace("\\", "/").rsplit("/", 1)[-1].strip() or "attachment", taken)
        made.append(replace(like, file_name=f"{like.file_name}/{name}", stream=BytesIO(one.data)))
    return made


def _free(name: str, taken: set[str]) -> str:
    stem, dot, suffix = name.rpartition(".")
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{stem} ({number}){dot}{suffix}" if stem else f"{name} ({number})"
    taken.add(free)
    return free
