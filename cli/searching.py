"""`cairn search`."""

from __future__ import annotations

import textwrap
from typing import Annotated

import typer

from cli.files import chosen
from cli.output import ANSWERS, Json, print_json
from cli.session import HomeOption, JsonOption, opened
from kit.errors import Invalid
from retrieval.search.types import DEFAULT_ALPHA, DEFAULT_TOP_K, MAX_TOP_K, SearchHit, SearchRequest, SearchResult

_SHOWN_CHARACTERS = 480


def search(
    query: Annotated[str, typer.Argument(help="A question, or words")],
    *,
    dataset: Annotated[list[str] | None, typer.Option(help="Name or id; all unless given")] = None,
    top_k: Annotated[int, typer.Option(min=1, max=MAX_TOP_K, help="Results at most")] = DEFAULT_TOP_K,
    alpha: Annotated[float, typer.Option(min=0, max=1, help="0: words only, 1: meaning only")] = DEFAULT_ALPHA,
    min_score: Annotated[float, typer.Option(min=0, max=1, help="Least score of a result")] = 0.0,
    rerank: Annotated[bool, typer.Option("--rerank", help="A second look at the best: slower, more accurate")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find passages by meaning and by words."""
    if not query.strip():
        raise Invalid("the query is empty; ask a question, or give words to look for")
    with opened(home) as session:
        ids = [view.id for view in chosen(session, dataset)]
        if not ids:
            raise Invalid("there is no dataset to search yet: `cairn ingest FILE --dataset NAME` makes one")
        request = SearchRequest(query, ids, top_k=top_k, alpha=alpha, min_score=min_score, rerank=rerank)
        result = session.runtime.search.search(session.principal, request)
    if as_json:
        print_json({"results": [_json(hit) for hit in result.hits], "searchMs": round(result.total_ms, 2)})
    else:
        _show(result)


def _show(result: SearchResult) -> None:
    if not result.hits:
        ANSWERS.print("Nothing was found. Try other words, a lower --min-score, or see `cairn files`.", markup=False)
    for rank, hit in enumerate(result.hits, start=1):
        ANSWERS.print(f"{rank}. {_source(hit)}  ({hit.score:.2f}, {hit.rank_source.value})", style="bold", markup=False)
        passage = textwrap.shorten(hit.passage.content, _SHOWN_CHARACTERS, placeholder=" …")
        ANSWERS.print(textwrap.indent(textwrap.fill(passage, max(40, ANSWERS.width - 4)), "   "), markup=False)
        ANSWERS.print()


def _source(hit: SearchHit) -> str:
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
        "pageNumber": passage.page,
        "headingPath": list(passage.heading_path),
        "url": passage.url,
    }
