"""What an agent may ask, answered for one caller: the same services and the same rights as the REST API's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from api.mcp.links import link_to
from api.mcp.wording import Answer, where
from identity.audit.acts import Act, Note, acting, current_act, note_read
from identity.audit.trail import Deed
from identity.types import Principal, Scope
from ingest.datasets.types import DatasetView
from ingest.documents import BlockKind
from ingest.files.reading import Excerpt, Occurrence, Piece, Place
from kit.errors import Forbidden, Invalid, NotFound
from orchestration.runtime import Runtime
from retrieval.conditions import Condition
from retrieval.filters import SearchFilter
from retrieval.search.types import Passage, SearchHit, SearchRequest
from retrieval.types import DateRange

T = TypeVar("T")

_LEAST_PASSAGE = 40
"""Tokens of a passage that are still worth showing."""

_SHOWN_TITLES = 6
_MOST_QUERY = 8000
_MOST_WORDS = 400


@dataclass(frozen=True, slots=True)
class Question:
    """A search as an agent words it. `datasets` are ids or names; None means all that the caller may search."""

    query: str
    datasets: Sequence[str] | None
    results: int
    rerank: bool
    min_score: float
    file_ids: Sequence[str] | None
    sources: Sequence[str] | None
    labels: Mapping[str, Sequence[str]]
    published: DateRange | None
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """`base` is the server's address for links, without a slash at its end. Raises CairnErrors."""

    runtime: Runtime
    principal: Principal
    base: str
    ip: str | None = None
    request_id: str | None = None

    def answered(self, tool: str, answer: Callable[[Desk], T]) -> T:
        """Runs `answer` in the caller's name, and records what it read. Nothing is read that cannot be recorded."""
        self.runtime.reads.check()
        with acting(Act.of(self.principal, ip=self.ip, request_id=self.request_id)) as act:
            result = answer(self)
        notes = act.notes or [Note("tool", tool)]
        now = self.runtime.clock.now()
        self.runtime.reads.put(
            [Deed(act, now, "read", one.entity_type, one.entity_id, {"tool": tool, **one.metadata}) for one in notes]
        )
        return result

    def list_datasets(self, *, tokens: int) -> str:
        self._need(Scope.READ, Scope.SEARCH)
        runtime, answer = self.runtime, Answer(tokens)
        with runtime.database.read() as session:
            views = runtime.datasets.list(session, self.principal)
            if not views:
                return (
                    "This key may see no dataset. Ask whoever gave you the key to let it, or its agent role, see one."
                )
            answer.say(f"{len(views)} datasets; use their id or name in `datasets` of other tools.")
            for number, view in enumerate(views):
                titles = runtime.files.list(session, self.principal, view.id)[:_SHOWN_TITLES]
                if not answer.quote(_dataset_line(view, [title.name for title in titles])):
                    answer.add(f"{len(views) - number} more datasets: ask again with a larger max_tokens.")
                    break
        return answer.text()

    def search(self, question: Question, *, tokens: int) -> str:
        self._need(Scope.SEARCH)
        if not question.query.strip() or len(question.query) > _MOST_QUERY:
            raise Invalid(f"query has {len(question.query)} characters; send a question of 1 to {_MOST_QUERY}")
        names = self.chosen(question.datasets)
        asked = SearchRequest(
            query=question.query,
            dataset_ids=tuple(names),
            top_k=question.results,
            min_score=question.min_score,
            rerank=question.rerank,
            where=SearchFilter(
                file_ids=question.file_ids,
                sources=question.sources,
                labels=question.labels,
                published=question.published,
                condition=question.condition,
            ),
        )
        result = self.runtime.search.search(self.principal, asked)
        self.runtime.searching.recorder.record(self.principal, asked, result)
        return self._found(question.query, result.hits, names, tokens=tokens)

    def _found(self, query: str, hits: Sequence[SearchHit], names: Mapping[str, str], *, tokens: int) -> str:
        answer = Answer(tokens)
        if not hits:
            return (
                f"Nothing was found for {query!r} in {', '.join(map(repr, names.values()))}. Try other words, fewer "
                "filters or a lower min_score; find_text looks for exact words. If it should be there, report_gap."
            )
        answer.say(
            f"{len(hits)} passages, best first. read_around(chunk_id) shows what stands around one, cite links it."
        )
        for number, hit in enumerate(hits, start=1):
            passage = hit.passage
            head = _head(
                f"[{number}] {hit.score:.2f}", _passage_place(passage, names), passage.chunk_id, passage.file_id
            )
            if not answer.quote(f"{head}\n{passage.content}", least=_LEAST_PASSAGE):
                answer.add(f"{len(hits) - number + 1} more passages did not fit into max_tokens.")
                break
        return answer.text()

    def read_around(self, chunk_id: str, *, before: int, after: int, tokens: int) -> str:
        self._need(Scope.READ)
        with self.runtime.database.read() as session:
            excerpt = self.runtime.reading.around(session, self.principal, chunk_id, before=before, after=after)
        note_read("file", excerpt.place.file_id, chunk=chunk_id)
        answer = Answer(tokens)
        answer.say(_title(excerpt.place, f"chunks {_span(excerpt)} of {excerpt.total}; >>> marks the one asked for"))
        wanted = next(n for n, piece in enumerate(excerpt.pieces) if piece.chunk_id == excerpt.wanted)
        kept = _nearest_that_fit(excerpt.pieces, wanted, room=answer.left)
        for piece in kept:
            mark = ">>> " if piece.chunk_id == excerpt.wanted else ""
            answer.quote(f"{mark}{_piece_head(piece)}\n{piece.content}", least=_LEAST_PASSAGE)
        if len(kept) < len(excerpt.pieces):
            answer.add(f"{len(excerpt.pieces) - len(kept)} chunks left out to stay within max_tokens.")
        return answer.text()

    def outline(self, file_id: str, *, tokens: int) -> str:
        self._need(Scope.READ)
        with self.runtime.database.read() as session:
            outline = self.runtime.reading.outline(session, self.principal, file_id)
        note_read("file", file_id)
        answer = Answer(tokens)
        answer.say(_title(outline.place, f"{outline.chunks} chunks, {outline.tables} tables (fetch_table)"))
        answer.say("Each line: heading, page, length in tokens, and the chunk_id to read_around from.")
        for number, section in enumerate(outline.sections):
            name = " > ".join(section.heading_path) or "(before the first heading)"
            page = "" if section.page is None else f", page {section.page}"
            if not answer.quote(f"{name}{page}, {section.tokens} tokens, {section.chunk_id}"):
                answer.add(f"{len(outline.sections) - number} more sections did not fit into max_tokens.")
                break
        return answer.text()

    def page(self, file_id: str, page: int, *, tokens: int) -> str:
        self._need(Scope.READ)
        with self.runtime.database.read() as session:
            excerpt = self.runtime.reading.page(session, self.principal, file_id, page)
        if not excerpt.pieces:
            raise NotFound(f"nothing starts on page {page} of file {file_id}; outline({file_id!r}) shows its pages")
        return self._whole(excerpt, f"page {page}", tokens=tokens)

    def table(self, file_id: str, number: int, *, tokens: int) -> str:
        self._need(Scope.READ)
        with self.runtime.database.read() as session:
            excerpt = self.runtime.reading.table(session, self.principal, file_id, number)
        if not excerpt.pieces:
            raise NotFound(f"file {file_id} has {excerpt.total} tables; there is no table {number}")
        return self._whole(excerpt, f"table {number} of {excerpt.total}", tokens=tokens)

    def text(self, file_id: str, *, first: int, tokens: int) -> str:
        self._need(Scope.READ)
        with self.runtime.database.read() as session:
            excerpt = self.runtime.reading.text(session, self.principal, file_id, first=first)
        return self._whole(excerpt, f"chunks {_span(excerpt)} of {excerpt.total}", tokens=tokens)

    @staticmethod
    def _whole(excerpt: Excerpt, what: str, *, tokens: int) -> str:
        note_read("file", excerpt.place.file_id, what=what)
        answer = Answer(tokens)
        answer.say(_title(excerpt.place, what))
        for number, piece in enumerate(excerpt.pieces):
            is_table = piece.kind == BlockKind.TABLE and number > 0
            text = piece.content if is_table else f"{_piece_head(piece)}\n{piece.content}"
            if not answer.quote(text, least=_LEAST_PASSAGE):
                rest = len(excerpt.pieces) - number
                answer.add(f"{rest} more chunks did not fit; read_around({piece.chunk_id!r}) goes on from there.")
                break
        return answer.text()

    def chosen(self, wanted: Sequence[str] | None) -> dict[str, str]:
        """Names of datasets by id: those wanted by id or name, or all. NotFound names what there is."""
        with self.runtime.database.read() as session:
            known = {view.id: view.name for view in self.runtime.datasets.list(session, self.principal)}
        if not known:
            raise NotFound("this key may see no dataset; ask whoever gave you the key")
        if not wanted:
            return known
        by_name = {name: dataset_id for dataset_id, name in known.items()}
        picked: dict[str, str] = {}
        for one in wanted:
            dataset_id = one if one in known else by_name.get(one)
            if dataset_id is None:
                shown = ", ".join(f"{name!r}" for name in list(known.values())[:20])
                raise NotFound(
                    f"there is no dataset {one!r} for this key; there are: {shown} (list_datasets tells more)"
                )
            picked[dataset_id] = known[dataset_id]
        return picked

    def chosen_to_search(self, wanted: Sequence[str] | None) -> dict[str, str]:
        """As `chosen`, for a search: it counts as one, however many datasets it looks into."""
        self._need(Scope.SEARCH)
        names = self.chosen(wanted)
        self.runtime.quotas.spend_search(self.principal)
        return names

    def occurrences(self, dataset_id: str, words: str, *, limit: int) -> Sequence[Occurrence]:
        """One dataset's part of find_text."""
        self._need(Scope.SEARCH)
        if not words.strip() or len(words) > _MOST_WORDS:
            raise Invalid(
                f"text has {len(words)} characters; send 1 to {_MOST_WORDS} that stand in a document as they are"
            )
        with self.runtime.database.read() as session:
            found = self.runtime.reading.find(session, self.principal, dataset_id, words, limit=limit)
        note_read("dataset", dataset_id, files=list(dict.fromkeys(one.place.file_id for one in found)))
        return found

    @staticmethod
    def occurrences_found(words: str, found: Sequence[Occurrence], *, more: bool, tokens: int) -> str:
        if not found:
            return f"No document holds {words!r} as it is. Try fewer words, another spelling, or search."
        answer = Answer(tokens)
        answer.say(f"{len(found)}{' or more' if more else ''} chunks hold these words, whatever their case.")
        for number, one in enumerate(found, start=1):
            head = _head(f"[{number}]", _place(one.place, one.piece), one.piece.chunk_id, one.place.file_id)
            if not answer.quote(f"{head}\n{_snippet(one.piece.content, words)}"):
                answer.add(f"{len(found) - number + 1} more did not fit into max_tokens.")
                break
        return answer.text()

    def cite(self, chunk_id: str, *, tokens: int) -> str:
        self._need(Scope.READ)
        with self.runtime.database.read() as session:
            excerpt = self.runtime.reading.around(session, self.principal, chunk_id, before=0, after=0)
        note_read("file", excerpt.place.file_id, chunk=chunk_id)
        piece = excerpt.pieces[0]
        answer = Answer(tokens)
        link = link_to(excerpt.place, page=piece.page, content=piece.content, base=self.base)
        answer.quote(f"Source: {_place(excerpt.place, piece)}\nLink: {link}")
        answer.quote(f"Words: {piece.content}", least=_LEAST_PASSAGE)
        answer.add(
            f"chunk_id {chunk_id}, file_id {excerpt.place.file_id}. The link opens the place for people with access."
        )
        return answer.text()

    def report_gap(self, question: str, datasets: Sequence[str] | None, missing: str) -> str:
        """Kept in the audit trail, under the action `gap_reported`, among the questions without a good answer, and as a
        task, for those who look after the documents."""
        self._need(Scope.SEARCH)
        chosen = self.chosen(datasets)
        act = current_act() or Act.of(self.principal, ip=self.ip, request_id=self.request_id)
        with self.runtime.database.write() as session:
            entry = self.runtime.gap_reports.report(
                session, self.principal, act, question=question, missing=missing, dataset_ids=[*chosen]
            )
        return f"Noted as {entry}. People who look after the documents see it; say in your answer what is missing."

    def _need(self, *scopes: Scope) -> None:
        """At least one of them."""
        if not any(self.principal.may(scope) for scope in scopes):
            wanted = " or ".join(scope.value for scope in scopes)
            raise Forbidden(f"this tool needs {wanted}, which key {self.principal.name!r} does not have")


def _dataset_line(view: DatasetView, titles: Sequence[str]) -> str:
    about = f": {view.description}" if view.description else ""
    more = ", …" if view.total_files > len(titles) else ""
    sample = f"; such as {', '.join(titles)}{more}" if titles else ""
    building = ", being built" if view.status == "building" else ""
    return (
        f"- {view.name} ({view.id}){about}. {view.total_files} files, {view.total_chunks} chunks{building}, "
        f"changed {view.updated_at:%Y-%m-%d}{sample}"
    )


def _head(prefix: str, place: str, chunk_id: str, file_id: str) -> str:
    return f"{prefix} {place} (chunk_id {chunk_id}, file_id {file_id})"


def _passage_place(passage: Passage, names: Mapping[str, str]) -> str:
    place = where(
        dataset=names[passage.dataset_id],
        file=passage.file_name,
        page=passage.page,
        heading_path=passage.heading_path,
    )
    dated = "" if passage.published_at is None else f", published {passage.published_at[:10]}"
    return f"{place}{dated}" + ("" if passage.url is None else f", {passage.url}")


def _place(place: Place, piece: Piece) -> str:
    return where(dataset=place.dataset_name, file=place.file_name, page=piece.page, heading_path=piece.heading_path)


def _title(place: Place, what: str) -> str:
    # a file's name comes from outside, too: it is shown as one quoted word
    return f"File {place.file_name!r} ({place.file_id}) of dataset {place.dataset_name!r}: {what}."


def _piece_head(piece: Piece) -> str:
    page = "" if piece.page is None else f", page {piece.page}"
    path = " > ".join(piece.heading_path)
    return f"[{piece.position}{page}{', ' if path else ''}{path}] chunk_id {piece.chunk_id}"


def _span(excerpt: Excerpt) -> str:
    """Positions from 0, such as `3–5`."""
    if not excerpt.pieces:
        return "none"
    return f"{excerpt.pieces[0].position}–{excerpt.pieces[-1].position}"


def _nearest_that_fit(pieces: Sequence[Piece], wanted: int, *, room: int) -> Sequence[Piece]:
    """The wanted piece with as many neighbours as fit, the nearer before the farther, what follows before what was."""
    from_, to = wanted, wanted + 1
    room -= pieces[wanted].token_count
    while from_ > 0 or to < len(pieces):
        forward = to < len(pieces) and (from_ == 0 or to - 1 - wanted <= wanted - from_)
        candidate = pieces[to] if forward else pieces[from_ - 1]
        room -= 2 * candidate.token_count  # its words, and room for a reader's other count of tokens and its heading
        if room < 0:
            break
        from_, to = (from_, to + 1) if forward else (from_ - 1, to)
    return pieces[from_:to]


def _snippet(content: str, words: str, *, around: int = 160) -> str:
    at = content.lower().find(words.lower())
    if at < 0:  # the database folds case in ways of its own
        return content[: 2 * around]
    start, end = max(0, at - around), min(len(content), at + len(words) + around)
    return ("… " if start else "") + content[start:end] + (" …" if end < len(content) else "")
