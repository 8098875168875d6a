"""Why a search did not bring what somebody expected: the first gate that it did not pass, and its place in each leg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from identity.types import Principal
from retrieval.filters import SearchFilter, SearchScope, compile_filter, unmet
from retrieval.search.calibrating import as_shown, calibrated
from retrieval.search.limits import MAX_TOP_K
from retrieval.search.looks import Look, dataset_ids_of
from retrieval.search.phrases import holds, phrases_of
from retrieval.search.reranking import DEPTH
from retrieval.search.service import Search
from retrieval.search.types import SearchHit, SearchRequest
from retrieval.search.whereabouts import BuildState, Registry, Subject, Whereabouts
from retrieval.types import ChunkExplanation, Ranked

_MOST_CHUNKS = 1000  # of one file that are compared with each other


class Cause(StrEnum):
    """In the order in which they are looked for; `returned` means that the search does bring it."""

    NEVER_INGESTED = "never_ingested"
    DELETED = "deleted"
    OTHER_DATASET = "other_dataset"
    BEING_INGESTED = "being_ingested"
    INGESTION_FAILED = "ingestion_failed"
    REPLACED = "replaced"
    EMPTY = "empty"
    DISABLED = "disabled"
    FILTERED = "filtered"
    NOT_INDEXED = "not_indexed"
    PHRASE_MISSING = "phrase_missing"
    NO_MATCH = "no_match"
    CUT_BY_POOL = "cut_by_pool"
    BELOW_MIN_SCORE = "below_min_score"
    OUTRANKED = "outranked"
    OUTRANKED_IN_RERANKING = "outranked_in_reranking"
    TOO_SIMILAR = "too_similar"
    RETURNED = "returned"


class Leg(StrEnum):
    VECTOR = "vector"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Standing:
    """A passage in one leg, among all that the filter admits."""

    score: float
    rank: int | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` in words. What follows is None as far as the search did not get with it: `rank` and `score` are the
    final ones, `needed` what the last result shown has, `leg` the one in which it lost most to that."""

    cause: Cause
    reasons: Sequence[str]
    file_id: str | None = None
    file_name: str | None = None
    dataset_id: str | None = None
    chunk_id: str | None = None
    vector: Standing | None = None
    keyword: Standing | None = None
    terms: Mapping[str, float] = field(default_factory=dict)
    rank: int | None = None
    score: float | None = None
    needed: float | None = None
    leg: Leg | None = None
    pool: int | None = None


@dataclass(frozen=True, slots=True)
class WhyNot:
    search: Search
    registry: Registry

    def verdict(self, principal: Principal, request: SearchRequest, subject: Subject) -> Verdict:
        """Raises what the search itself would raise."""
        targets = self.search.directory.targets(principal, request.dataset_ids)
        found = self.registry.find(principal, dataset_ids_of(targets), subject)
        if found is None:
            return Verdict(Cause.NEVER_INGESTED, ["nothing that you may see was ever made of it"])
        self.search.spend(principal)
        return _at_the_gate(found) or self._ranked(principal, request, found)

    def _ranked(self, principal: Principal, request: SearchRequest, found: Whereabouts) -> Verdict:
        about = _about(found)
        broken = unmet(request.where, found.facts)
        if broken:
            return replace(about, cause=Cause.FILTERED, reasons=broken)
        run = _Run.of(self.search, principal, request)
        best = run.best_of(found)
        if isinstance(best, Verdict):
            return replace(best, file_id=about.file_id, file_name=about.file_name, dataset_id=about.dataset_id)
        return run.judged(best, about)


def _at_the_gate(found: Whereabouts) -> Verdict | None:
    """What keeps it from being searched at all."""
    name = found.file_name
    gates = (
        (found.deleted, Cause.DELETED, f"{name!r} was deleted"),
        (
            not found.searched,
            Cause.OTHER_DATASET,
            f"{name!r} is in dataset {found.dataset_name!r} ({found.dataset_id}), which is not among datasetIds",
        ),
        (
            not found.has_chunks and found.build is BuildState.UNDER_WAY,
            Cause.BEING_INGESTED,
            f"{name!r} is still being ingested",
        ),
        (
            not found.has_chunks and found.build is BuildState.FAILED,
            Cause.INGESTION_FAILED,
            f"{name!r} could not be ingested: {found.error}",
        ),
        (
            found.chunk_replaced,
            Cause.REPLACED,
            f"the passage belongs to an earlier build of {name!r}; what is searched was made anew since",
        ),
        (not found.has_chunks, Cause.EMPTY, f"{name!r} gave no passage: there was no text in it"),
        (not found.file_enabled, Cause.DISABLED, f"{name!r} is switched off"),
        (not found.chunk_enabled, Cause.DISABLED, f"the passage of {name!r} is switched off"),
        (not found.chunk_ids, Cause.DISABLED, f"every passage of {name!r} is switched off"),
    )
    for closed, cause, reason in gates:
        if closed:
            return replace(_about(found), cause=cause, reasons=[reason])
    return None


def _about(found: Whereabouts) -> Verdict:
    return Verdict(
        Cause.RETURNED,
        [],
        file_id=found.facts.file_id,
        file_name=found.file_name,
        dataset_id=found.dataset_id,
        chunk_id=found.chunk_ids[0] if len(found.chunk_ids) == 1 else None,
    )


@dataclass(frozen=True, slots=True)
class _Best:
    """The passage of the file that comes nearest to being found."""

    ranked: Ranked
    look: Look
    explained: ChunkExplanation


@dataclass(frozen=True, slots=True)
class _Run:
    """The search in question, done again with all that it found kept."""

    search: Search
    principal: Principal
    request: SearchRequest
    dataset_ids: Sequence[str]
    looks: Sequence[Look]

    @classmethod
    def of(cls, search: Search, principal: Principal, request: SearchRequest) -> _Run:
        targets = search.directory.targets(principal, request.dataset_ids)
        vectors, _ = search.embedded(request, targets)
        looks = search.looks(principal, request, targets, vectors)
        return cls(search, principal, request, dataset_ids_of(targets), looks)

    def best_of(self, found: Whereabouts) -> _Best | Verdict:
        look = next(one for one in self.looks if found.dataset_id in one.target.dataset_ids)
        where = compile_filter(
            SearchScope(self.principal.tenant_id, [found.dataset_id]), SearchFilter(file_ids=[found.facts.file_id])
        )
        text = self.request.query
        told = self.search.store.explain(
            look.target.collection, vector=None, text=text, where=where, chunk_ids=found.chunk_ids[:_MOST_CHUNKS]
        )
        if not told.chunks:
            return Verdict(Cause.NOT_INDEXED, ["its vectors are not in the search engine: `cairn doctor` mends that"])
        chunk_ids = self._with_phrases([one for one in found.chunk_ids if one in told.chunks])
        if not chunk_ids:
            phrases = ", ".join(f'"{phrase}"' for phrase in phrases_of(text))
            return Verdict(Cause.PHRASE_MISSING, [f"no passage of it holds {phrases} in these words"])
        own = self._candidates(look, found, len(found.chunk_ids))
        ranked = next((one for one in own.ranked() if one.chunk_id in chunk_ids), None)
        if ranked is None:
            return Verdict(Cause.NO_MATCH, ["no leg that was asked finds anything of the question in it"])
        explained = self._explained(look, ranked.chunk_id)
        return _Best(ranked, look, explained)

    def _with_phrases(self, chunk_ids: Sequence[str]) -> Sequence[str]:
        phrases = phrases_of(self.request.query)
        if not phrases:
            return chunk_ids
        shown = self.search.passages.passages(self.principal, self.dataset_ids, chunk_ids)
        return [one for one in chunk_ids if one in shown and holds(shown[one].content, phrases)]

    def _candidates(self, look: Look, found: Whereabouts, chunks: int) -> Look:
        """The file alone, scored as in the search: IDF is over the scope, so the narrower filter changes no score."""
        scope = SearchScope(self.principal.tenant_id, look.target.dataset_ids)
        where = compile_filter(scope, replace(self.request.where, file_ids=[found.facts.file_id]))
        fusion = look.fusion
        candidates = self.search.store.candidates(
            look.target.collection,
            vector=look.vector,
            text=self.request.query if fusion.alpha < 1 else None,
            where=where,
            pool=max(1, min(chunks, _MOST_CHUNKS)),
        )
        return Look(look.target, where, fusion, candidates, look.vector)

    def _explained(self, look: Look, chunk_id: str) -> ChunkExplanation:
        told = self.search.store.explain(
            look.target.collection,
            vector=look.vector,
            text=self.request.query,
            where=look.where,
            chunk_ids=[chunk_id],
            ranks=True,
        )
        return told.chunks.get(chunk_id) or ChunkExplanation(chunk_id, {})

    def judged(self, best: _Best, about: Verdict) -> Verdict:
        ranked, explained, pool = best.ranked, best.explained, self.search.pool_of(self.request)
        about = replace(
            about,
            chunk_id=ranked.chunk_id,
            vector=Standing(max(0.0, ranked.cosine), explained.vector_rank),
            keyword=Standing(ranked.keyword, explained.keyword_rank),
            terms=explained.terms,
            score=ranked.score,
            pool=pool,
        )
        if ranked.chunk_id not in {one.chunk_id for one in best.look.candidates.scores}:
            score = None if any(look.target.calibrations for look in self.looks) else ranked.score
            return replace(about, cause=Cause.CUT_BY_POOL, score=score, reasons=[_beyond(explained, pool)])
        return self._placed(ranked.chunk_id, about)

    def _placed(self, chunk_id: str, about: Verdict) -> Verdict:
        """How it fared among the candidates."""
        request = self.request
        shown = [hit.passage.chunk_id for hit in self.search.search(self.principal, _plain(request)).hits]
        everything = self.search.shown(
            self.principal, self.dataset_ids, self.looks, replace(request, top_k=10**6, diversity=0.0)
        )
        reordered = self.search.reranked(request, everything)
        final = [as_shown(hit) for hit in calibrated(self.looks, reordered)]
        rank, hit = _find(final, chunk_id)
        if hit is None:
            return replace(about, cause=Cause.NOT_INDEXED, reasons=["it may not be shown any more"])
        about = replace(about, rank=rank, score=hit.score)
        if self._is_returned(chunk_id):
            return replace(about, cause=Cause.RETURNED, reasons=[f"it is result number {rank}"])
        if hit.score < request.min_score:
            said = f"its score {hit.score:.3f} is below minScore {request.min_score:g}"
            return replace(about, cause=Cause.BELOW_MIN_SCORE, reasons=[said], needed=request.min_score)
        if chunk_id in shown:
            said = f"it would be result {rank}, but is too much like one before it (diversity {request.diversity:g})"
            return replace(about, cause=Cause.TOO_SIMILAR, reasons=[said])
        return self._outranked(about, everything, final, chunk_id, reranks=reordered is not everything)

    def _is_returned(self, chunk_id: str) -> bool:
        hits = self.search.search(self.principal, replace(self.request, extras=None)).hits
        return any(chunk_id == hit.passage.chunk_id or chunk_id in hit.merged for hit in hits)

    def _outranked(
        self, about: Verdict, fused: Sequence[SearchHit], final: Sequence[SearchHit], chunk_id: str, *, reranks: bool
    ) -> Verdict:
        top_k = self.request.top_k
        before, own = _find(fused, chunk_id)
        needed = final[:top_k][-1].score
        last = (final if reranks and before is not None and before <= DEPTH else fused)[:top_k][-1]
        leg = _lost_in(own, last, self.looks[0].fusion.alpha)
        if reranks and before is not None and before <= top_k:
            said = f"it was {_th(before)} before reranking and {_th(about.rank or 0)} after it"
            return replace(about, cause=Cause.OUTRANKED_IN_RERANKING, reasons=[said], needed=needed, leg=leg)
        said = (
            f"it is {_th(about.rank or 0)} with {about.score or 0.0:.3f}, and {top_k} were asked for, of which the last"
            f" has {needed:.3f}; it lost most in the {leg.value} leg"
        )
        reasons = [said] if top_k == MAX_TOP_K else [said, f"topK {about.rank} would bring it"]
        if about.rank is not None and about.rank > MAX_TOP_K:
            reasons = [said]
        return replace(about, cause=Cause.OUTRANKED, reasons=reasons, needed=needed, leg=leg)


def _plain(request: SearchRequest) -> SearchRequest:
    """The same search without what moves results apart."""
    return replace(request, diversity=0.0, merge_neighbours=False, extras=None)


def _find(hits: Sequence[SearchHit], chunk_id: str) -> tuple[int | None, SearchHit | None]:
    for rank, hit in enumerate(hits, start=1):
        if hit.passage.chunk_id == chunk_id:
            return rank, hit
    return None, None


def _lost_in(own: SearchHit | None, last: SearchHit, alpha: float) -> Leg:
    """The leg whose weighted score is furthest behind that of the last result shown."""
    if own is None:
        return Leg.VECTOR
    vector = alpha * (max(0.0, last.cosine) - max(0.0, own.cosine))
    keyword = (1 - alpha) * (last.keyword - own.keyword)
    return Leg.VECTOR if vector >= keyword else Leg.KEYWORD


def _beyond(explained: ChunkExplanation, pool: int) -> str:
    def place(rank: int | None) -> str:
        return "does not find it" if rank is None else f"has it {_th(rank)}"

    return (
        f"each leg brings its {pool} best; the vector leg {place(explained.vector_rank)}, "
        f"the keyword leg {place(explained.keyword_rank)}"
    )


def _th(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
