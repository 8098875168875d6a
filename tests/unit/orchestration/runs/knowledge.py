"""Datasets in memory behind the tools of runs: a search by shared words, a file per list of passages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from identity.types import Principal, Role, Scope
from ingest.documents import BlockKind
from ingest.files.errors import ChunkIsNotThere, CitedFileIsGone
from ingest.files.reading import Excerpt, Piece, Place
from kit.db.database import Database
from orchestration.runs.tools import ReadAroundTool, SearchTool, Toolbox
from retrieval.keywords.analysis import Analyser
from retrieval.records.recorder import SearchRecorder
from retrieval.search.citation import citation_key
from retrieval.search.citing import Cited
from retrieval.search.types import Passage, SearchHit, SearchRequest, SearchResult
from retrieval.types import RankSource
from tests.clock import FrozenClock

ANALYSER = Analyser("english")


def agent(role: str = "researcher") -> Principal:
    return Principal("t", "", None, role, Role.REVIEWER, frozenset({Scope.READ, Scope.SEARCH}), agent_role=role)


@dataclass
class Knowledge:
    """`files`: passages in their order by file, by dataset. `roles`: who may see a dataset, by dataset; who is not
    named there sees none. Stands for the search, the reading, the citations and the names of datasets."""

    files: Mapping[str, Mapping[str, Sequence[str]]]
    roles: Mapping[str, Sequence[str]]
    searched: list[tuple[str, Sequence[str]]] = field(default_factory=list)

    def toolbox(self, database: Database) -> Toolbox:
        recorder = SearchRecorder(database, clock=FrozenClock(), days=0)
        search = SearchTool(self, recorder, self, database)
        return Toolbox([search, ReadAroundTool(self, database)])  # type: ignore[arg-type]  # it only asks for `around`

    def readable_names(self, _session: Session, principal: Principal) -> Mapping[str, str]:
        return {one: f"{one} papers" for one in self.files if principal.agent_role in self.roles[one]}

    def search(self, _principal: Principal, request: SearchRequest) -> SearchResult:
        self.searched.append((request.query, request.dataset_ids))
        asked = {one.term for one in ANALYSER.query(request.query)}
        hits = []
        for passage in self._passages():
            shared = asked & {one.term for one in ANALYSER.passage(passage.content)}
            if passage.dataset_id in request.dataset_ids and shared:
                hits.append(SearchHit(passage, len(shared) / len(asked), RankSource.KEYWORD, 0.0, 1.0))
        return SearchResult(sorted(hits, key=lambda hit: -hit.score)[: request.top_k], 0, 0, 0, 0)

    def around(self, session: Session, principal: Principal, chunk_id: str, *, before: int, after: int) -> Excerpt:
        names = self.readable_names(session, principal)
        wanted = next((one for one in self._passages() if one.chunk_id == chunk_id), None)
        if wanted is None or wanted.dataset_id not in names:
            raise ChunkIsNotThere(chunk_id)
        same = [one for one in self._passages() if one.file_id == wanted.file_id]
        at = same.index(wanted)
        place = Place(wanted.dataset_id, names[wanted.dataset_id], wanted.file_id, wanted.file_name, "text/plain", None)
        near = same[max(0, at - before) : at + after + 1]
        pieces = [Piece(one.chunk_id, 0, one.content, BlockKind.TEXT, None, (), 1) for one in near]
        return Excerpt(place, pieces, wanted=chunk_id, total=len(same))

    def resolve(self, principal: Principal, key: str) -> Cited:
        for one in self._passages():
            if citation_of(one) == key and principal.agent_role in self.roles[one.dataset_id]:
                return Cited(
                    found=True, dataset_id=one.dataset_id, file_id=one.file_id, file_name=one.file_name,
                    mime_type="text/plain", url=None, chunk_id=one.chunk_id, page=None, heading_path=(),
                    content=one.content, boxes=(),
                )  # fmt: skip
        raise CitedFileIsGone(key)

    def key(self, content: str) -> str:
        return next(citation_of(one) for one in self._passages() if one.content == content)

    def _passages(self) -> Sequence[Passage]:
        return [
            Passage(f"{name}-{number}", name, name, dataset, content, "", None, (), None, None)
            for dataset, files in self.files.items()
            for name, contents in files.items()
            for number, content in enumerate(contents)
        ]


def citation_of(passage: Passage) -> str:
    return citation_key(file_id=passage.file_id, page=passage.page, content=passage.content)
