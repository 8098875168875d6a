"""A client of Cairn's API: `Cairn` to call, `AsyncCairn` to await.

    from cairn_client import Cairn

    with Cairn("http://127.0.0.1:8420", key) as cairn:
        dataset = cairn.create_dataset("Handbook")
        file = cairn.upload_paths(dataset.id, ["handbook.pdf"]).uploaded_files[0]
        cairn.wait(dataset.id, file.id)
        for hit in cairn.search("How long is the notice period?", [dataset.id]).results:
            print(hit.score, hit.file_name, hit.content)

`cairn_client.langchain` and `cairn_client.llama_index` make it a retriever there.
"""

from __future__ import annotations

from cairn_client.client import AsyncCairn, Cairn
from cairn_client.errors import (
    CairnFailed,
    ComeBackLater,
    IngestionFailed,
    NotAllowed,
    NotThere,
    Refused,
    ServerUnreachable,
)

__all__ = [
    "AsyncCairn",
    "Cairn",
    "CairnFailed",
    "ComeBackLater",
    "IngestionFailed",
    "NotAllowed",
    "NotThere",
    "Refused",
    "ServerUnreachable",
]
