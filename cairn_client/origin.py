"""Where a passage comes from, as metadata for frameworks: what does not apply is left out."""

from __future__ import annotations

from typing import Any

from cairn_client.models import SearchHit


def origin_of(hit: SearchHit) -> dict[str, Any]:
    known = {
        "source": hit.metadata.url or hit.file_name,
        "file_name": hit.file_name,
        "file_id": hit.file_id,
        "dataset_id": hit.dataset_id,
        "page": hit.metadata.page_number,
        "heading": hit.metadata.heading,
        "published_at": hit.metadata.published_at,
        "flags": ", ".join(hit.flags) or None,
    }
    return {name: value for name, value in known.items() if value is not None}
