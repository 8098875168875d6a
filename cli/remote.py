"""Commands that talk to a server elsewhere (`--server URL`) rather than open a home on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cli.output import Json, counted, print_json, print_passage, print_table, say
from cli.sources import Source, batches
from kit.errors import CairnError, Invalid, NotFound

if TYPE_CHECKING:
    from cairn_client import Cairn
    from cairn_client.models import Answer, Dataset, RejectedFile, SearchHit, UploadedFile
    from ingest.datasets.types import NewDataset

ServerOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--server", help="URL of a server to talk to, with CAIRN_TOKEN as the key", show_default=False),
]

_FILES_AT_ONCE, _BYTES_AT_ONCE = 20, 100 * 1024 * 1024
_SHOWN_LINES = 6


class ServerSaid(CairnError):
    """What a server, or the way to it, had to say."""


@contextmanager
def connected(server: str) -> Iterator[Cairn]:
    """A client of the server. The client's errors become this program's own."""
    from cairn_client import Cairn, CairnFailed  # noqa: PLC0415 - with pydantic and httpx, which `--help` has no use for

    token = os.environ.get("CAIRN_TOKEN")
    if not token:
        raise Invalid("--server needs a key: set CAIRN_TOKEN to one that `cairn keys create` made on the server")
    if not server.startswith(("http://", "https://")):
        raise Invalid(f"--server {server!r} is no address: give one such as http://127.0.0.1:8420")
    try:
        with Cairn(server, token) as cairn:
            yield cairn
    except (CairnFailed, TimeoutError) as error:
        raise ServerSaid(str(error)) from error


def search(
    server: str, query: str, datasets: Sequence[str] | None, *, top_k: int, alpha: float, min_score: float,
    rerank: bool, as_json: bool,
) -> None:  # fmt: skip
    with connected(server) as cairn:
        ids = [one.id for one in _chosen(cairn, datasets)]
        if not ids:
            raise Invalid("there is no dataset to search yet that this key may see")
        found = cairn.search(query, ids, top_k=top_k, hybrid_alpha=alpha, min_score=min_score, rerank=rerank)
    if as_json:
        print_json(as_plain(found))
        return
    if not found.results:
        say("Nothing was found. Try other words, or a lower --min-score.")
    for rank, hit in enumerate(found.results, start=1):
        say(f"{rank}. {hit.score:.2f}  {_source(hit)}", style="bold")
        print_passage(hit.content, lines=_SHOWN_LINES)


def list_datasets(server: str, *, as_json: bool) -> None:
    with connected(server) as cairn:
        found = cairn.list_datasets()
    if as_json:
        print_json(as_plain(found))
        return
    rows = [(d.name, d.status, d.total_files, d.total_chunks, d.created_on, d.id) for d in found.data]
    print_table(("Name", "Status", "Files", "Chunks", "Created", "Id"), rows)


def create_dataset(server: str, new: NewDataset, *, as_json: bool) -> None:
    with connected(server) as cairn:
        made = cairn.create_dataset(
            new.name,
            description=new.description,
            chunk_size=new.chunk_size,
            chunk_overlap=new.chunk_overlap,
            parse_type=None if new.parse_type is None else new.parse_type.value,
            allowed_agent_roles=new.allowed_agent_roles,
            redact=[kind.value for kind in new.redaction.kinds],
            countries=new.redaction.countries,
            ocr_pages=new.ocr.max_pages,
            only_main_content=new.only_main_content,
        )
    if as_json:
        print_json(as_plain(made))
    else:
        say(f"Created dataset {made.name!r} ({made.id}).")


def delete_dataset(server: str, wanted: str, *, yes: bool, as_json: bool) -> None:
    with connected(server) as cairn:
        dataset = picked(wanted, cairn.list_datasets().data)
        files = counted(dataset.total_files, "file")
        if not yes:
            typer.confirm(f"Delete dataset {dataset.name!r} with {files}?", abort=True, err=True)
        cairn.delete_dataset(dataset.id)
    if as_json:
        print_json({"deleted": True})
    else:
        say(f"Deleted dataset {dataset.name!r} with {files}: nothing of it is found any more.")


def ingest(server: str, found: Sequence[Source], wanted: str, *, make: bool, as_json: bool) -> None:
    """Exit status 1 where a file was refused or cannot be found."""
    with connected(server) as cairn:
        dataset_id, name = _target(cairn, wanted, make=make)
        uploaded: list[UploadedFile] = []
        rejected: list[RejectedFile] = []
        for batch in batches(found, files=_FILES_AT_ONCE, size=_BYTES_AT_ONCE):
            answer = cairn.upload(dataset_id, [(source.name, source.path.read_bytes()) for source in batch])
            uploaded += answer.uploaded_files
            rejected += answer.rejected_files
        failed = _failures(cairn, dataset_id, uploaded)
    if as_json:
        print_json({
            "datasetId": dataset_id, "dataset": name, "uploadedFiles": [as_plain(one) for one in uploaded],
            "rejectedFiles": [as_plain(one) for one in rejected], "failedFiles": [*failed],
        })  # fmt: skip
    else:
        rows = [(one.file_name, "not indexed", failed[one.id]) for one in uploaded if one.id in failed]
        rows += [(one.file_name, "rejected", one.message) for one in rejected]
        if rows:
            print_table(("File", "What", "Why"), rows)
        of_all = counted(len(uploaded) + len(rejected), "file")
        say(f"{len(uploaded) - len(failed):,} of {of_all} can be found in {name!r}.")
    if failed or rejected:
        raise typer.Exit(1)


def _failures(cairn: Cairn, dataset_id: str, uploaded: Sequence[UploadedFile]) -> dict[str, str]:
    """Why files cannot be found, by their ids."""
    from cairn_client import IngestionFailed  # noqa: PLC0415 - as above

    failed: dict[str, str] = {}
    for file in uploaded:
        try:
            cairn.wait(dataset_id, file.id)
        except IngestionFailed as error:
            failed[file.id] = str(error)
    return failed


def _target(cairn: Cairn, wanted: str, *, make: bool) -> tuple[str, str]:
    try:
        dataset = picked(wanted, cairn.list_datasets().data)
    except NotFound:
        if not make:
            raise
        dataset = cairn.create_dataset(wanted)
    return dataset.id, dataset.name


def _chosen(cairn: Cairn, wanted: Sequence[str] | None) -> Sequence[Dataset]:
    known = cairn.list_datasets().data
    return known if not wanted else list({d.id: d for d in (picked(one, known) for one in wanted)}.values())


def picked(wanted: str, known: Sequence[Dataset]) -> Dataset:
    for dataset in known:
        if wanted in {dataset.id, dataset.name}:
            return dataset
    names = ", ".join(repr(dataset.name) for dataset in known) or "none that this key may see"
    raise NotFound(f"there is no dataset {wanted!r}; there are: {names}")


def _source(hit: SearchHit) -> str:
    page = None if hit.metadata.page_number is None else f"page {hit.metadata.page_number}"
    return ", ".join(part for part in (hit.file_name, page, hit.metadata.heading, hit.metadata.url) if part)


def as_plain(answer: Answer) -> Json:
    plain: Json = answer.model_dump(mode="json", by_alias=True)
    return plain
