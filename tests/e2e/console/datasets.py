"""Datasets for the console to show, made over the API."""

from __future__ import annotations

from time import monotonic, sleep

import httpx

BASE = "/dashboard/v1/knowledge-base/datasets"
_PATIENCE_SECONDS = 60.0
_UPLOADED_AT_ONCE = 20


def filled(server: httpx.Client, name: str, files: int) -> str:
    """The id of a dataset with this many small files, all indexed."""
    papers = {f"paper {number}.md": f"# Paper {number}\n\nAbout {number} things.\n".encode() for number in range(files)}
    return with_files(server, name, papers)


def with_files(server: httpx.Client, name: str, papers: dict[str, bytes]) -> str:
    """The id of a dataset with these files, each built as far as it can be."""
    dataset = str(server.post(BASE, json={"name": name}).raise_for_status().json()["id"])
    parts = [("files", (file_name, content)) for file_name, content in papers.items()]
    for start in range(0, len(parts), _UPLOADED_AT_ONCE):
        answer = server.post(f"{BASE}/{dataset}/files/upload", files=parts[start : start + _UPLOADED_AT_ONCE])
        answer.raise_for_status()
    settle(server, dataset)
    return dataset


def settle(server: httpx.Client, dataset: str) -> None:
    deadline = monotonic() + _PATIENCE_SECONDS
    while server.get(f"{BASE}/{dataset}").raise_for_status().json()["status"] == "building":
        assert monotonic() < deadline, "the files were not indexed in time"
        sleep(0.05)
