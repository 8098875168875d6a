"""File names as they come from callers: a relative path of printable characters, or a reason why not."""

from __future__ import annotations

import unicodedata

from kit.errors import Detail, Invalid

LONGEST = 400


def clean_name(given: str) -> str:
    """The name with folders kept (`reports/2026/q1.pdf`) and all that leads out of them dropped; Invalid for none.

    Folders are a part of the name, so that files of the same name from two folders do not replace each other.
    """
    text = unicodedata.normalize("NFC", given.encode("utf-8", "replace").decode())
    text = "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
    parts = [part.strip() for part in text.replace("\\", "/").split("/")]
    name = "/".join(part for part in parts if part not in {"", ".", ".."})
    if not name:
        raise Invalid(f"{given!r} is no file name; give the file one", details=[Detail("files", "has no name")])
    if len(name) > LONGEST:
        message = f"the file name has {len(name)} characters, at most {LONGEST} are accepted: {name[:60]!r}…"
        raise Invalid(message, details=[Detail("files", message)])
    return name
