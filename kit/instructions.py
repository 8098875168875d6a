"""Tells whether a text reads as if it spoke to an assistant rather than to a reader. Flags only: nothing is hidden, and
nothing is done about it but to say so."""

from __future__ import annotations

import re

_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|your|system)\b"
    r"[^.\n]{0,30}\b(?:instructions?|prompts?|rules|directions|guidelines|messages?)\b"
    r"|\b(?:ignoriere|vergiss|missachte)\b[^.\n]{0,40}\b(?:anweisungen|vorgaben|regeln|instruktionen)\b"
    r"|\byou are now\b[^.\n]{0,60}\b(?:assistant|ai|model|mode|unrestricted|jailbroken|dan)\b"
    r"|\b(?:reveal|print|repeat|show|leak)\b[^.\n]{0,30}"
    r"\b(?:system prompt|hidden instructions|your instructions|api key)\b"
    r"|\b(?:do not|don't|never)\b[^.\n]{0,20}\b(?:tell|inform|mention (?:this|it) to|alert)\b"
    r"[^.\n]{0,15}\b(?:the )?user\b"
    r"|\b(?:dear|attention|note to|instructions? (?:to|for)) (?:the )?"
    r"(?:ai|llm|language model|assistant|chatbot|agent)s?\b"
    r"|<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?INST\]|^\s*(?:system|assistant)\s*:\s",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS = (
    *("instruction", "prompt", "rules", "direction", "guideline", "message", "anweisung", "vorgaben", "regeln"),
    *("instruktion", "you are now", "api key", "user", "<", "inst]", "system", "assistant"),
    *("note to", "attention", "dear"),
)
"""One of these is in every order, so that most texts need not be searched for orders."""

_ALSO_LETTERS = "\u0130\u0131\u017f\u212a"
"""Letters that a pattern takes for i, s and k, whatever lower() makes of them."""

_HIDDEN = re.compile("[\U000e0000-\U000e007f\u202a-\u202e\u2066-\u2069]")


READS_LIKE_INSTRUCTIONS = "reads_like_instructions"
"""The flag of such a text, where programs are told."""


def flags_of(text: str) -> list[str]:
    """What a reader should know of a text; empty for nearly every one."""
    return [READS_LIKE_INSTRUCTIONS] if reads_like_instructions(text) else []


def reads_like_instructions(text: str) -> bool:
    """Also for text that hides letters from a reader's eyes but not from a model's."""
    return (_may_order(text) and bool(_ORDERS.search(text))) or (not text.isascii() and bool(_HIDDEN.search(text)))


def _may_order(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in _WORDS) or any(letter in text for letter in _ALSO_LETTERS)
