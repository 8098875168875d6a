"""The task `rehearse`: a draft of a page before there is any. What libraries set up at first use, such as a tokenizer
or trafilatura's lists of common words, takes as long as several pages; done in the zygote, children start with it.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from ingest.documents import ChunkSettings, ParseType
from ingest.parsers.options import ParseOptions
from ingest.sandbox.draft_task import Counting, draft_request
from ingest.sandbox.draft_task import run as draft

_PARAGRAPHS = (
    "<p>This is a paragraph of a page that nobody is going to read. It is here so that the next page is read "
    "faster, and it is as long as paragraphs of ordinary pages are, since short ones are looked at in another way.</p>"
)
_PAGE = f"""<!doctype html><html lang="en"><head><title>A page</title></head><body><nav><a href="/">Home</a></nav>
<div class="content"><h1>A page</h1>{_PARAGRAPHS * 12}<h2>A section</h2><ul><li>One</li><li>Two</li></ul>
<table><tr><th>Name</th><th>Size</th></tr><tr><td>One</td><td>1</td></tr></table>{_PARAGRAPHS * 4}</div>
</body></html>"""


def run(payload: bytes) -> bytes:
    """In the zygote."""
    tokenizer, special_tokens = msgspec.msgpack.decode(payload, type=tuple[str, int])
    with TemporaryDirectory() as folder:
        path = Path(folder, "page.html")
        path.write_text(_PAGE, encoding="utf-8")
        settings = ChunkSettings(parse_type=ParseType.MARKDOWN, size=256, overlap=32)
        counting = Counting(Path(tokenizer), special_tokens)
        request = draft_request(path, path.name, options=ParseOptions(), settings=settings, counting=counting)
        draft(msgspec.msgpack.encode(request))
    return b""
