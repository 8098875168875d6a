"""Made-up files for tests that break things: text of many lengths and kinds, and some that cannot be read."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from bench.server import Upload

MOST_CHUNKS = 40
WORDS_A_CHUNK = 400
UNREADABLE_SHARE = 0.1

_VOCABULARY = """
time year people way day man thing woman life child world school state family student group country problem hand
part place case week company system program question work government number night point home water room mother
area money story fact month lot right study book eye job word business issue side kind head house service friend
father power hour game line end member law car city community name president team minute idea body information
back parent face others level office door health person art war history party result change morning reason
research girl guy moment air teacher force education old great high small large next early young important few
public bad same able carry make know take see come think look want give use find tell ask seem feel try leave call
"""

_UNREADABLE = (
    ("broken.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"),
    ("empty.html", b"<!doctype html><html><head><title></title></head><body></body></html>"),
    ("blank.txt", b"  \n\n \n"),
)


def make_files(chosen: random.Random, count: int, *, most_chunks: int = MOST_CHUNKS) -> Sequence[Upload]:
    """Names and contents are all different; the same seed gives the same files."""
    return [make_file(chosen, number, most_chunks=most_chunks) for number in range(count)]


def make_file(chosen: random.Random, number: int, *, most_chunks: int) -> Upload:
    """Of 1 to about `most_chunks` chunks, small ones more often than large ones."""
    if chosen.random() < UNREADABLE_SHARE:
        name, content = chosen.choice(_UNREADABLE)
        return Upload(f"{number:04}-{name}", content + b" " * number)  # blanks: no two may have the same bytes
    suffix, write = chosen.choice(_KINDS)
    words = int(WORDS_A_CHUNK * most_chunks ** chosen.random())
    return Upload(f"{number:04}{suffix}", write(chosen, words).encode())


def is_readable(file: Upload) -> bool:
    return not file.file_name.endswith(tuple(name for name, _ in _UNREADABLE))


def some_words(chosen: random.Random, count: int) -> str:
    return " ".join(chosen.choices(_VOCABULARY.split(), k=count))


def _sentence(chosen: random.Random) -> str:
    return some_words(chosen, chosen.randint(6, 16)).capitalize() + "."


def _paragraphs(chosen: random.Random, words: int) -> Sequence[str]:
    paragraphs, written = [], 0
    while written < words:
        paragraphs.append(" ".join(_sentence(chosen) for _ in range(chosen.randint(2, 8))))
        written += paragraphs[-1].count(" ") + 1
    return paragraphs


def make_text(chosen: random.Random, words: int) -> str:
    return "\n\n".join(_paragraphs(chosen, words)) + "\n"


def _markdown(chosen: random.Random, words: int) -> str:
    parts = [f"# {_sentence(chosen)}"]
    for paragraph in _paragraphs(chosen, words):
        if chosen.random() < 0.2:
            parts.append(f"## {_sentence(chosen)}")
        parts.append(paragraph)
    return "\n\n".join(parts) + "\n"


def _page(chosen: random.Random, words: int) -> str:
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in _paragraphs(chosen, words))
    title = _sentence(chosen)
    return f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1>\n{body}</body></html>\n"


def _table(chosen: random.Random, words: int) -> str:
    rows = [f"{number},{_sentence(chosen)},{_sentence(chosen)}" for number in range(max(2, words // 24))]
    return "\n".join(["number,first,second", *rows]) + "\n"


_KINDS: Sequence[tuple[str, Callable[[random.Random, int], str]]] = (
    (".txt", make_text),
    (".md", _markdown),
    (".html", _page),
    (".csv", _table),
)
