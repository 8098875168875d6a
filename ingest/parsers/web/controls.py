"""Controls of a page as the text that they show: a reader of a whole page sees the labels of its buttons, the choice of
a list, what is typed into a field."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import html

_UNTYPED = frozenset({"hidden", "password", "checkbox", "radio", "file", "image", "color", "range"})
"""Kinds of <input> whose value is no text that is shown."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def write_out_controls(root: html.HtmlElement) -> None:
    """In place. What is not shown is not written out: hidden values, passwords, choices that are not taken, dialogs
    that are closed."""
    for element in list(root.iter("button", "input", "select", "textarea", "dialog")):
        match element.tag:
            case "button":
                _as_span(element)
            case "dialog":
                element.tag = "div" if "open" in element.attrib else "dialog"
            case "input":
                _as_span(element, "" if element.get("type", "").lower() in _UNTYPED else element.get("value", ""))
            case "textarea":
                _as_span(element, str(element.text_content()))
            case "select":
                _as_span(element, "\n".join(_chosen(element)))


def uncover_headings(root: html.HtmlElement) -> None:
    """In place: headings that open and close what is below them hold their text in a button."""
    for heading in root.iter(*_HEADINGS):
        for button in list(heading.iter("button")):
            _as_span(button)


def _as_span(element: html.HtmlElement, text: str | None = None) -> None:
    """Parted by blanks from the words around it; with `text` in place of what it holds, where that is given."""
    if text is not None:
        for child in list(element):
            element.remove(child)
        element.text = text
    element.tag = "span"
    element.text = f" {element.text or ''}"
    element.tail = f" {element.tail or ''}"


def _chosen(select: html.HtmlElement) -> Iterator[str]:
    """What a list shows: its choices that are taken, its first one where only one may be and none is."""
    options = list(select.iter("option"))
    taken = [option for option in options if "selected" in option.attrib]
    if not taken and "multiple" not in select.attrib:
        taken = options[:1]
    return (" ".join(str(option.text_content()).split()) for option in taken)
