"""The answer that carries an uploaded file's bytes: somebody else's content, so a browser must not act on it."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from ingest.files.types import Original
from kit.errors import NotFound

_UNSAFE = re.compile(r'[^\x20-\x7e]|["\\%/]')


def original_response(original: Original) -> FileResponse:
    """Raises NotFound when the bytes are gone, as after a deletion between the look-up and now."""
    try:
        stat = original.path.stat()
    except FileNotFoundError as error:
        original.release()
        raise NotFound(f"the bytes of {original.file_name!r} are not there any more") from error
    return FileResponse(
        original.path,
        media_type=original.mime_type,
        stat_result=stat,
        background=BackgroundTask(original.release),
        headers={
            "Content-Disposition": content_disposition(original.file_name),
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "ETag": f'"{original.sha256}"',
            "Cache-Control": "private, no-cache",
        },
    )


def content_disposition(file_name: str) -> str:
    """RFC 6266: the exact name in `filename*`, and an ASCII likeness for those that do not read it."""
    likeness = _UNSAFE.sub("_", file_name)
    return f"attachment; filename=\"{likeness}\"; filename*=UTF-8''{quote(file_name, safe='', errors='replace')}"
