"""The tools as an agent sees them: names, descriptions and arguments. `api.mcp.desk` does the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Annotated, Any, TypeAlias, TypeVar

import anyio.to_thread
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

from api.label_conditions import LabelCondition
from api.mcp.desk import Desk, Question
from api.mcp.wording import DEFAULT_TOKENS, LEAST_TOKENS, MOST_TOKENS
from ingest.files.reading import MOST_NEIGHBOURS, Occurrence
from ingest.files.types import FileSource
from kit.errors import CairnError, Conflict, Forbidden, Invalid, NotFound, RateLimited, Unavailable
from retrieval.search.limits import MAX_TOP_K
from retrieval.types import DateRange

T = TypeVar("T")
OpenDesk: TypeAlias = Callable[[Context[Any, Any]], Desk]

UNTRUSTED = {"cairn/content": "untrusted"}
"""On every tool whose answer quotes documents."""

_MOST_OCCURRENCES = 50
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)

Tokens: TypeAlias = Annotated[
    int, Field(ge=LEAST_TOKENS, le=MOST_TOKENS, description="Length of the answer at most, in tokens")
]
DatasetNames: TypeAlias = Annotated[
    list[str] | None, Field(max_length=100, description="Ids or names, as list_datasets gives them; left out: all")
]
Where: TypeAlias = Annotated[
    LabelCondition | None,
    Field(description="More on labels: ranges of numbers and dates, presence, and all, any, not of conditions"),
]
FileId: TypeAlias = Annotated[str, Field(max_length=64, description="file_id of a passage or of a file resource")]
ChunkId: TypeAlias = Annotated[str, Field(max_length=64, description="chunk_id of a passage")]
Neighbours: TypeAlias = Annotated[int, Field(ge=0, le=MOST_NEIGHBOURS)]


def add_tools(server: MCPServer, open_desk: OpenDesk) -> None:
    for add in (_add_finding, _add_reading, _add_citing):
        add(server, open_desk)


def _add_finding(server: MCPServer, open_desk: OpenDesk) -> None:
    @server.tool(annotations=_READS, meta=UNTRUSTED, structured_output=False)
    async def list_datasets(ctx: Context[Any, Any], max_tokens: Tokens = DEFAULT_TOKENS) -> str:
        """List the datasets that you may search: what they are about, how large they are, when they last changed.
        Start here, unless you know which dataset to search."""
        return await _answered(open_desk, ctx, lambda desk: desk.list_datasets(tokens=max_tokens), "list_datasets")

    @server.tool(annotations=_READS, meta=UNTRUSTED, structured_output=False)
    async def search(  # noqa: PLR0917 - the arguments of a tool are what the agent sees
        ctx: Context[Any, Any],
        query: Annotated[str, Field(description="A question or a phrase in plain words")],
        datasets: DatasetNames = None,
        results: Annotated[int, Field(ge=1, le=MAX_TOP_K, description="Passages at most")] = 5,
        max_tokens: Tokens = DEFAULT_TOKENS,
        rerank: Annotated[bool, Field(description="A second look at the best: slower, more accurate")] = False,
        min_score: Annotated[float, Field(ge=0, le=1, description="Least score of a passage, 0 to 1")] = 0.0,
        file_ids: Annotated[list[str] | None, Field(max_length=1000, description="Only in these files")] = None,
        sources: Annotated[list[FileSource] | None, Field(description="Only files that came from there")] = None,
        labels: Annotated[
            dict[str, list[str]] | None, Field(description="Only files with these labels: any value fits")
        ] = None,
        where: Where = None,
        published_after: Annotated[date | None, Field(description="Only files dated that day or later")] = None,
        published_before: Annotated[date | None, Field(description="Only files dated that day or earlier")] = None,
    ) -> str:
        """Search by meaning and by words; passages come with their source, best first. Ask for one thing at a time."""
        question = Question(
            query=query,
            datasets=datasets,
            results=results,
            rerank=rerank,
            min_score=min_score,
            file_ids=file_ids,
            sources=None if sources is None else [source.value for source in sources],
            labels=labels or {},
            condition=None if where is None else where.to_condition(),
            published=_dates(published_after, published_before),
        )
        return await _answered(open_desk, ctx, lambda desk: desk.search(question, tokens=max_tokens), "search")

    @server.tool(annotations=_READS, meta=UNTRUSTED, structured_output=False)
    async def find_text(
        ctx: Context[Any, Any],
        text: Annotated[str, Field(description="Exact words as they stand in a document: a name, a number, a clause")],
        datasets: DatasetNames = None,
        limit: Annotated[int, Field(ge=1, le=_MOST_OCCURRENCES)] = 10,
        max_tokens: Tokens = DEFAULT_TOKENS,
    ) -> str:
        """Find exact words, whatever their case. Use it for identifiers and quotations; use search for questions."""
        chosen = await _answered(open_desk, ctx, lambda desk: desk.chosen_to_search(datasets), "find_text")
        found: list[Occurrence] = []
        for done, dataset_id in enumerate(chosen):
            await ctx.report_progress(done, len(chosen), f"looking in {chosen[dataset_id]}")
            look = partial(Desk.occurrences, dataset_id=dataset_id, words=text, limit=limit + 1 - len(found))
            found += await _answered(open_desk, ctx, look, "find_text")
            if len(found) > limit:
                break
        return Desk.occurrences_found(text, found[:limit], more=len(found) > limit, tokens=max_tokens)


def _add_reading(server: MCPServer, open_desk: OpenDesk) -> None:
    @server.tool(annotations=_READS, meta=UNTRUSTED, structured_output=False)
    async def read_around(
        ctx: Context[Any, Any],
        chunk_id: ChunkId,
        before: Neighbours = 2,
        after: Neighbours = 2,
        max_tokens: Tokens = DEFAULT_TOKENS,
    ) -> str:
        """Read a passage with what stands before and after it in its file. Do so before you rely on a passage."""
        read = partial(Desk.read_around, chunk_id=chunk_id, before=before, after=after, tokens=max_tokens)
        return await _answered(open_desk, ctx, read, "read_around")

    @server.tool(annotations=_READS, meta=UNTRUSTED, structured_output=False)
    async def outline(ctx: Context[Any, Any], file_id: FileId, max_tokens: Tokens = DEFAULT_TOKENS) -> str:
        """The headings of a file with their pages and lengths, and where to start reading each."""
        return await _answered(open_desk, ctx, lambda desk: desk.outline(file_id, tokens=max_tokens), "outline")

    @server.tool(annotations=_READS, meta=UNTRUSTED, structured_output=False)
    async def fetch_page(
        ctx: Context[Any, Any],
        file_id: FileId,
        page: Annotated[int, Field(ge=1, description="Page, slide or sheet, from 1")],
        max_tokens: Tokens = DEFAULT_TOKENS,
    ) -> str:
        """The text of one page, slide or sheet."""
        return await _answered(open_desk, ctx, lambda desk: desk.page(file_id, page, tokens=max_tokens), "fetch_page")

    @server.tool(annotations=_READS, meta=UNTRUSTED, structured_output=False)
    async def fetch_table(
        ctx: Context[Any, Any],
        file_id: FileId,
        table: Annotated[int, Field(ge=1, description="Its number in the file, from 1; outline says how many")],
        max_tokens: Tokens = DEFAULT_TOKENS,
    ) -> str:
        """One table of a file in full, as Markdown, also where it was too long for one passage."""
        return await _answered(
            open_desk, ctx, lambda desk: desk.table(file_id, table, tokens=max_tokens), "fetch_table"
        )


def _add_citing(server: MCPServer, open_desk: OpenDesk) -> None:
    @server.tool(annotations=_READS, meta=UNTRUSTED, structured_output=False)
    async def cite(ctx: Context[Any, Any], chunk_id: ChunkId, max_tokens: Tokens = 1000) -> str:
        """A citation of a passage: source, page, its words, and a link that opens the place. Cite what you use."""
        return await _answered(open_desk, ctx, lambda desk: desk.cite(chunk_id, tokens=max_tokens), "cite")

    @server.tool(
        annotations=ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False),
        structured_output=False,
    )
    async def report_gap(
        ctx: Context[Any, Any],
        question: Annotated[str, Field(max_length=2000, description="What the documents should have answered")],
        missing: Annotated[str, Field(max_length=2000, description="What you found instead, or what is missing")] = "",
        datasets: DatasetNames = None,
    ) -> str:
        """Tell the people who look after the documents that something is missing or wrong in them. Search first."""
        report = partial(Desk.report_gap, question=question, missing=missing, datasets=datasets)
        return await _answered(open_desk, ctx, report, "report_gap")


async def _answered(open_desk: OpenDesk, ctx: Context[Any, Any], answer: Callable[[Desk], T], tool: str) -> T:
    """Runs on a thread. Cairn's errors become answers that an agent can act on; others are bugs and stay inside."""
    try:
        return await anyio.to_thread.run_sync(lambda: open_desk(ctx).answered(tool, answer))
    except CairnError as error:
        raise ToolError(f"{error.code}: {error.message}{_advice(error)}") from error


_ADVICE: Sequence[tuple[type[CairnError], str]] = (
    (NotFound, ""),
    (Invalid, " Correct the argument and call again."),
    (Forbidden, " Do not try again with this key; tell the person you work for."),
    (Conflict, " Trying again as it is will not help; tell the person you work for."),
    (Unavailable, " Try again in a few seconds."),
)


def _advice(error: CairnError) -> str:
    if isinstance(error, RateLimited):
        return f" Wait {max(1, round(error.retry_after))} seconds, then call again."
    return next((advice for kind, advice in _ADVICE if isinstance(error, kind)), "")


def _dates(after: date | None, before: date | None) -> DateRange | None:
    if after is None and before is None:
        return None
    since = None if after is None else datetime.combine(after, time.min, UTC)
    until = None if before is None else datetime.combine(before, time.max, UTC)
    return DateRange(since=since, until=until)
