"""The console: one page and its modules at /, static files that call the public API like any other client."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from html import escape
from importlib.resources import files
from pathlib import Path, PurePosixPath

from fastapi import FastAPI
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

ASSETS = "/console"
LINKS = ("/invite", "/reset-password")
"""Where links lead that people are sent; what they hold stands behind the `#` and never reaches a server's log."""
OPEN_PATHS = frozenset({"/", *LINKS, f"{ASSETS}/"})

POLICY = "; ".join(
    f"{name} {sources}"
    for name, sources in {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' blob:",
        "connect-src": "'self'",
        "frame-src": "blob:",  # an uploaded page, cleaned, in a sandbox without rights
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",  # a browser refuses to make markup or code out of text,
        "trusted-types": "'none'",  # and nobody may declare a text trusted
    }.items()
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-cache",
}
_FOREVER = "public, max-age=31536000, immutable"


class _Assets(StaticFiles):
    """Files below an address that names their content, so that a browser never has to ask again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOREVER
        return response


def add_console(app: FastAPI) -> None:
    folder = Path(str(files("api.ui") / "static"))
    base = f"{ASSETS}/{_fingerprint(folder)}"
    page = _page(folder, base)
    app.mount(base, _Assets(directory=folder), name="console")

    for path in ("/", *LINKS):
        app.add_api_route(path, lambda: HTMLResponse(page, headers=_HEADERS), include_in_schema=False, methods=["GET"])


def _files(folder: Path) -> Iterator[PurePosixPath]:
    return (PurePosixPath(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.is_file())


def _fingerprint(folder: Path) -> str:
    """Twelve hexadecimal digits that change with any file's name or content."""
    digest = sha256()
    for name in _files(folder):
        content = (folder / name).read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()[:12]


def _page(folder: Path, base: str) -> str:
    """The page with its styles, and every module named up front: else a browser finds them one import at a time."""
    links = []
    for name in _files(folder):
        address = escape(f"{base}/{name}")
        if name.suffix == ".css":
            links.append(f'<link rel="stylesheet" href="{address}">')
        elif name.suffix == ".js":
            links.append(f'<link rel="modulepreload" href="{address}">')
    template = (folder / "index.html").read_text(encoding="utf-8")
    return template.replace("<!-- links -->", "\n".join(links)).replace("{base}", escape(base))
