"""What a reader sees of an element: tags that show nothing, tags that part no words, the text."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from lxml import html

UNSEEN = frozenset(
    {
        *(
            "script",
            "style",
            "noscript",
            "template",
            "svg",
            "iframe",
            "object",
            "embed",
            "head",
            "title",
            "meta",
            "link",
        ),
        *("button", "select", "option", "input", "textarea", "canvas", "audio", "video", "map", "dialog"),
    }
)
INLINE = frozenset(
    {
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "i",
            "ins",
        ),
        *(
            "kbd",
            "label",
            "mark",
            "q",
            "rp",
            "rt",
            "ruby",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
        ),
        *("time", "tt", "u", "var", "wbr", "nobr", "hi", "ref"),
    }
)


def seen_text(element: html.HtmlElement, skip: AbstractSet[str] = UNSEEN) -> str:
    """In the order of the source, white space as it is there. `skip` names the tags to leave out."""
    pieces = [element.text or ""]
    for child in element:
        if child.tag == "br":
            pieces.append("\n")
        elif child.tag == "img":
            pieces.append(child.get("alt", ""))
        elif isinstance(child.tag, str) and child.tag not in skip:
            spaced = "" if child.tag in INLINE else " "
            pieces += [spaced, seen_text(child, skip), spaced]
        pieces.append(child.tail or "")
    return "".join(pieces)
