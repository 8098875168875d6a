"""`cairn search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import remote
from cli.output import Json, print_json, print_passage, say
from cli.session import HomeOption, JsonOption, opened
from kit.errors import Invalid
from retrieval.search.limits import DEFAULT_ALPHA, DEFAULT_TOP_K, MAX_TOP_K

if TYPE_CHECKING:
    from retrieval.search.types import SearchHit, SearchResult

_SHOWN_LINES = 6


def search(
    query: Annotated[str, typer.Argument(help="A question, or words")],
    *,
    dataset: Annotated[list[str] | None, typer.Option(help="Name or id, may be repeated; all unless given")] = None,
    top_k: Annotated[int, typer.Option(min=1, max=MAX_TOP_K, help="Results at most")] = DEFAULT_TOP_K,
    alpha: Annotated[float, typer.Option(min=0, max=1, help="0: words only, 1: meaning only")] = DEFAULT_ALPHA,
    min_score: Annotated[float, typer.Option(min=0, max=1, help="Least score of a result")] = 0.0,
    rerank: Annotated[bool, typer.Option("--rerank", help="A second look at the best: slower, more accurate")] = False,
    home: HomeOption = None,
    server: remote.ServerOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages by meaning and by words."""
    # Local: with the arrays of vectors, which `--help` has no use for.
    from retrieval.search.types import SearchRequest  # noqa: PLC0415

    if not query.strip():
        raise Invalid("the query is empty; ask a question, or give words to look for")
    if server is not None:
        remote.search(
            server, query, dataset, top_k=top_k, alpha=alpha, min_score=min_score, rerank=rerank, as_json=as_json
        )
        return
    with opened(home) as session:
        ids = [view.id for view in session.chosen(dataset)]
        if not ids:
            raise Invalid("there is no dataset to search yet: `cairn ingest FILE --dataset NAME` makes one")
        request = SearchRequest(query, ids, top_k=top_k, alpha=alpha, min_score=min_score, rerank=rerank)
        result = session.runtime.search.search(session.principal, request)
    if as_json:
        print_json({"results": [_json(hit) for hit in result.hits], "searchMs": round(result.total_ms, 2)})
    else:
        _show(result, min_score=min_score)


def _show(result: SearchResult, *, min_score: float) -> None:
    if not result.hits:
        lower = "a lower --min-score, " if min_score > 0 else ""
        say(f"Nothing was found. Try other words, {lower}or see with `cairn files` whether the files are indexed.")
    for rank, hit in enumerate(result.hits, start=1):
        if rank > 1:
            say("")
        say(f"{rank}. {hit.score:.2f}  {_source(hit)}", style="bold")
        print_passage(hit.passage.content, lines=_SHOWN_LINES)


def _source(hit: SearchHit) -> str:
    """Such as `guide.pdf, page 3, Visitors > Badges`."""
    passage = hit.passage
    page = None if passage.page is None else f"page {passage.page}"
    path = " > ".join(passage.heading_path) or None
    return ", ".join(part for part in (passage.file_name, page, path, passage.url) if part)


def _json(hit: SearchHit) -> Json:
    passage = hit.passage
    return {
        "chunkId": passage.chunk_id,
        "fileId": passage.file_id,
        "fileName": passage.file_name,
        "datasetId": passage.dataset_id,
        "content": passage.content,
        "score": hit.score,
        "rankSource": hit.rank_source.value,
        "metadata": {
            "pageNumber": passage.page,
            "heading": passage.heading_path[-1] if passage.heading_path else None,
            "headingPath": list(passage.heading_path),
            "url": passage.url,
            "publishedAt": passage.published_at,
        },
    }
