"""The second step of a build: from chunks in rows to vectors in the engine, and the switch to the new generation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from time import perf_counter

import structlog
from sqlalchemy.orm import Session

from ingest.files import repository
from ingest.files.jobs import EMBED, EMBED_QUEUE
from ingest.files.models import Chunk, File
from ingest.files.ports import Shelf
from ingest.files.types import FileStatus
from ingest.pipeline.build import Build, BuildBook
from ingest.pipeline.points import is_truncated, passage_of, points_of
from ingest.pipeline.reuse import Reuse
from ingest.pipeline.serving import serve_rows
from kit.db.database import Database
from kit.jobs.errors import LeaseLost
from kit.jobs.handler import Signals
from kit.jobs.queue import JobQueue
from kit.jobs.types import Claim
from retrieval.embedding.models import Models
from retrieval.stores.protocol import VectorStore
from retrieval.types import Point, Vector

SLICE = 64
"""Chunks embedded and written between two transactions: a second or two, after which progress shows and is kept."""

SUSPECT = 2
"""Workers that died over a job before it is worked alone and in careful slices. The one that is at fault is then found
out by itself, those that only shared its fate go free, and a machine that keeps dying still gets somewhere."""

CAREFUL_SLICE = 8
"""Halved with every further death, down to one chunk: a life too short for even that is not the job's fault alone. A
slice that gets through doubles the next."""

TURN = 8
"""Slices after which a large file lets others have their turn: ten seconds or so, then it goes on where it was."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Share:
    """The part of a slice that belongs to one build. `live`: nothing older serves and this part is all of it, so its
    points may be searchable as they are written; the rows still decide when they are shown."""

    claim: Claim
    file: File
    chunks: Sequence[Chunk]
    total: int
    live: bool

    @property
    def is_last(self) -> bool:
        return not self.chunks or self.chunks[-1].position + 1 >= self.total


@dataclass(frozen=True, slots=True)
class _Effort:
    """For the report of a file."""

    seconds: float
    truncations: int


def _room(interruptions: int) -> int:
    """Chunks in the first slice of a job over which so many workers died since it last got further."""
    if interruptions < SUSPECT:
        return SLICE
    return max(1, CAREFUL_SLICE >> (interruptions - SUSPECT))


@dataclass(frozen=True, slots=True)
class EmbedHandler:
    """Several small files share a slice, so that the model gets full batches; a large one takes many slices."""

    database: Database
    jobs: JobQueue
    book: BuildBook
    store: VectorStore
    models: Models

    kind = EMBED
    queue = EMBED_QUEUE
    batch = 32

    def run(self, claims: Sequence[Claim], signals: Signals) -> None:
        # The order in which everybody takes several jobs: see `lock_in_order`.
        claims = sorted(claims, key=lambda claim: claim.id)
        suspect = max(claims, key=lambda claim: claim.interruptions)
        if suspect.interruptions >= SUSPECT:
            self._release([claim for claim in claims if claim is not suspect])
            claims = [suspect]
        for shelf, held in self._begin(claims).items():
            left = self._embed(shelf, held, signals, room=_room(suspect.interruptions))
            self._release(left, to_the_back=not signals.stopping())

    def _embed(self, shelf: Shelf, claims: list[Claim], signals: Signals, *, room: int) -> list[Claim]:
        """What is left when the worker stops, or when others should have their turn. `room` is for how many chunks
        there is in a slice."""
        for _ in range(TURN):
            if not claims or signals.stopping():
                break
            shares = self._next(claims, room)
            efforts = self._write(shelf, shares)
            claims = self._record(shelf, claims, shares, efforts)
            room = min(SLICE, 2 * room)
        return claims

    def gave_up(self, claim: Claim, error: str) -> None:
        with self.database.write() as session:
            self.book.gave_up(session, claim, error)

    def _begin(self, claims: Sequence[Claim]) -> dict[Shelf, list[Claim]]:
        """By where the vectors go; what is of no more use is ended."""
        wanted: defaultdict[Shelf, list[Claim]] = defaultdict(list)
        with self.database.write() as session:
            for claim in claims:
                build = self._held(session, claim)
                if build is not None:
                    self.book.enter(session, build, FileStatus.EMBEDDING)
                    wanted[build.shelf].append(claim)
        return wanted

    def _held(self, session: Session, claim: Claim, *, progressed: bool = False) -> Build | None:
        """None when the job is somebody else's, or of no more use and therefore ended."""
        try:
            self.jobs.hold(session, claim, progressed=progressed)
        except LeaseLost:
            return None
        build = self.book.find(session, claim, hold=True)
        if build is None:
            self.jobs.complete(session, claim)
        return build

    def _next(self, claims: Sequence[Claim], room: int = SLICE) -> list[_Share]:
        """Chunks of as many builds as make up a slice, in the order of their jobs."""
        shares: list[_Share] = []
        with self.database.read() as session:
            for claim in claims:
                if room <= 0:
                    break
                share = self._share(session, claim, room)
                if share is not None:
                    shares.append(share)
                    room -= len(share.chunks)
        return shares

    def _share(self, session: Session, claim: Claim, room: int) -> _Share | None:
        build = self.book.find(session, claim)
        if build is None:
            return None
        file, number = build.file, build.generation.number
        chunks = repository.chunks(session, file.id, number, first=file.chunks_done, limit=room)
        whole = file.chunks_done == 0 and len(chunks) == file.chunks_total
        live = file.active_generation == number or (file.active_generation is None and whole)
        return _Share(claim, file, chunks, file.chunks_total, live)

    def _write(self, shelf: Shelf, shares: Sequence[_Share]) -> Mapping[str, _Effort]:
        """Vectors first, outside any transaction; ids follow from the rows, so a repeated slice writes the same.
        Returns what each claim's share took."""
        began = perf_counter()
        collection, embedder = shelf.collection, self.models.of(shelf.model)
        reuse = Reuse(self.database, self.store)
        there: dict[str, Sequence[Vector]] = {}
        for share in shares:
            there |= reuse.of(collection, share.file, share.chunks)
        passages = [passage_of(chunk) for share in shares for chunk in share.chunks if chunk.id not in there]
        vectors = iter(embedder.embed_passages(passages) if passages else ())
        points: list[Point] = []
        truncations: Counter[str] = Counter()
        for share in shares:
            for chunk in share.chunks:
                of_chunk = there[chunk.id] if chunk.id in there else next(vectors)
                truncations[share.claim.id] += is_truncated(chunk, of_chunk, embedder)
                points += points_of(chunk, share.file, of_chunk, live=share.live)
        self.store.upsert(collection, points)
        for share in shares:
            if share.is_last and not share.live:
                number = share.claim.number("generation")
                self.store.activate(collection, share.file.id, number, enabled=share.file.enabled)
        each = (perf_counter() - began) / max(sum(len(share.chunks) for share in shares), 1)
        return {share.claim.id: _Effort(each * len(share.chunks), truncations[share.claim.id]) for share in shares}

    def _record(
        self, shelf: Shelf, claims: Sequence[Claim], shares: Sequence[_Share], efforts: Mapping[str, _Effort]
    ) -> list[Claim]:
        """Progress into the rows; the claims that go on."""
        ended: set[str] = set()
        moved: set[str] = set()
        switched: list[tuple[str, bool]] = []
        with self.database.write() as session:
            written = {share.claim.id: share for share in shares}
            for claim in claims:
                build = self._held(session, claim, progressed=claim.id in written)
                share = written.get(claim.id)
                if build is None:
                    ended.add(claim.id)
                elif build.shelf != shelf:  # the dataset is searched elsewhere since: this build begins anew there
                    build.file.chunks_done = 0
                    self.jobs.release(session, claim)
                    moved.add(claim.id)
                elif share is not None and self._advance(session, build, share, efforts[claim.id]):
                    ended.add(claim.id)
                    if build.file.enabled != share.file.enabled:
                        switched.append((build.file.id, build.file.enabled))
        for share in shares:
            if share.claim.id in ended and not share.live:  # overtaken after its switch, or a sweep went back from it
                serve_rows(self.database, self.book.gate, self.store, share.file.id)
        for file_id, enabled in switched:  # somebody flipped the switch while the points were on their way
            self.store.set_enabled(shelf.collection, file_id, enabled=enabled)
        self._clear(shelf, [share for share in shares if share.claim.id in ended | moved], moved=moved)
        return [claim for claim in claims if claim.id not in ended | moved]

    def _advance(self, session: Session, build: Build, share: _Share, effort: _Effort) -> bool:
        """Whether the build is complete with this share."""
        build.generation.embedding_seconds += effort.seconds
        build.generation.truncations += effort.truncations
        if not share.is_last:
            self.book.advance(session, build, chunks=len(share.chunks))
            return False
        build.file.chunks_done += len(share.chunks)
        self.book.activate(session, build, chunks=len(share.chunks))
        self.jobs.complete(session, share.claim)
        _log.info("file.indexed", file_id=build.file.id, generation=build.generation.number, chunks=share.total)
        return True

    def _clear(self, shelf: Shelf, shares: Sequence[_Share], *, moved: AbstractSet[str]) -> None:
        """Takes back what was written for a build that had ended meanwhile, by deletion or by a newer one, or that goes
        on elsewhere."""
        for share in shares:
            with self.database.read() as session:
                is_of_use = self.book.find(session, share.claim) is not None
            if not is_of_use or share.claim.id in moved:
                self.store.delete_generation(shelf.collection, share.file.id, share.claim.number("generation"))

    def _release(self, claims: Sequence[Claim], *, to_the_back: bool = False) -> None:
        with self.database.write() as session:
            for claim in claims:
                if self._held(session, claim) is not None:
                    self.jobs.release(session, claim, to_the_back=to_the_back)
