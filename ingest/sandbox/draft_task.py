"""The task `draft`: from a file to a document and its chunks, in one child.

Cutting a text into chunks is work for the interpreter; in the server it would take turns with searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import msgspec

from ingest.chunking.chunker import chunk
from ingest.documents import ChunkDraft, ChunkSettings, Document
from ingest.parsers.options import ParseOptions, Watch, unwatched
from ingest.parsers.parsing import parse
from ingest.redaction.types import NOTHING, PersonalKind, Redaction
from ingest.reports.measuring import reading_of
from ingest.reports.types import Reading, Stage
from ingest.sandbox.limits import Limits
from ingest.sandbox.parse_task import as_refusal
from ingest.sandbox.sandbox import Sandbox
from ingest.sandbox.tasks import DRAFT, REHEARSE, SandboxTask
from kit.errors import CairnError
from kit.gists import packed_gist
from retrieval.embedding.protocol import TokenCounter


@dataclass(frozen=True, slots=True)
class Counting:
    """How the embedding model counts: its tokenizer's file, and how many special tokens it adds to every input."""

    tokenizer: Path
    special_tokens: int


class DraftRequest(msgspec.Struct, frozen=True):
    path: str
    file_name: str
    options: ParseOptions
    settings: ChunkSettings
    tokenizer: str
    special_tokens: int
    redaction: Redaction = NOTHING


class Drafted(msgspec.Struct, frozen=True):
    """What the child sends back."""

    document: Document
    drafts: Sequence[ChunkDraft]
    reading: Reading


def rehearsal(counting: Counting) -> SandboxTask:
    """For the sandbox's `prepare`: children then start with the tokenizer, and all else that a first draft loads, in
    memory."""
    return SandboxTask(REHEARSE, msgspec.msgpack.encode((str(counting.tokenizer), counting.special_tokens)))


def draft_request(
    path: Path,
    file_name: str,
    *,
    options: ParseOptions,
    settings: ChunkSettings,
    counting: Counting,
    redaction: Redaction = NOTHING,
) -> DraftRequest:
    tokenizer = str(counting.tokenizer)
    return DraftRequest(
        str(path.absolute()), file_name, options, settings, tokenizer, counting.special_tokens, redaction
    )


def draft_file(
    sandbox: Sandbox,
    request: DraftRequest,
    *,
    limits: Limits,
    cancel: Callable[[], bool] | None = None,
    watch: Watch | None = None,
) -> Drafted:
    """`parse`, the redaction that is asked for, and `chunk`, in a child. Raises ParseRefused as `parse` does, and what
    Sandbox.run raises."""
    try:
        task = SandboxTask(DRAFT, msgspec.msgpack.encode(request))
        data = sandbox.run(task, limits=limits, cancel=cancel, watch=watch)
    except CairnError as error:
        raise as_refusal(error) from None
    return msgspec.msgpack.decode(data, type=Drafted)


def draft_each(
    sandbox: Sandbox,
    requests: Sequence[DraftRequest],
    *,
    limits: Limits,
    cancel: Callable[[], bool] | None = None,
) -> Iterator[Drafted | CairnError]:
    """What `draft_file` would return or raise for each, as it comes. The files are from one source: they share a child
    for as long as that goes well."""
    payloads = [msgspec.msgpack.encode(request) for request in requests]
    for outcome in sandbox.run_each(DRAFT, payloads, limits=limits, cancel=cancel):
        if isinstance(outcome, CairnError):
            yield as_refusal(outcome)
        else:
            yield msgspec.msgpack.decode(outcome, type=Drafted)


def run(payload: bytes, watch: Watch = unwatched) -> bytes:
    """In the child."""
    request = msgspec.msgpack.decode(payload, type=DraftRequest)
    began = perf_counter()
    parsed = _parsed(request, watch)
    document, read = parsed.document, perf_counter()
    drafts = chunk(
        document,
        file_name=parsed.file_name,
        settings=request.settings,
        tokens=_tokens(request.tokenizer),
        special_tokens=request.special_tokens,
    )
    drafts = [replace(draft, gist=packed_gist(draft.content)) for draft in drafts]
    seconds = {Stage.READING: read - began, Stage.CHUNKING: perf_counter() - read}
    reading = replace(reading_of(document, drafts, request.settings, seconds), redacted=parsed.redacted)
    return msgspec.msgpack.encode(Drafted(document, drafts, reading))


class _Parsed(NamedTuple):
    """`file_name` as far as it may be known to searches."""

    document: Document
    file_name: str
    redacted: Mapping[PersonalKind, int]


def _parsed(request: DraftRequest, watch: Watch) -> _Parsed:
    document = parse(Path(request.path), request.file_name, request.options, watch)
    if not request.redaction.kinds:
        return _Parsed(document, request.file_name, {})
    # Local: numbering plans of all countries are read for datasets that redact only.
    from ingest.redaction.documents import redacted  # noqa: PLC0415 - as said above
    from ingest.redaction.redactor import Redactor  # noqa: PLC0415 - as said above

    redactor = Redactor(request.redaction)
    return _Parsed(redacted(document, redactor), redactor.text(request.file_name, counted=False), redactor.counts)


@lru_cache(maxsize=8)  # models of one installation
def _tokens(file: str) -> TokenCounter:
    # Local: the server names this module without ever counting a token itself.
    from retrieval.embedding.tokenizer import read_tokenizer  # noqa: PLC0415

    return read_tokenizer(Path(file))
