"""Windows as text, for models that tokenize for themselves."""

from __future__ import annotations

from collections.abc import Sequence

from retrieval.embedding.protocol import Passage
from retrieval.embedding.tokenizer import ModelTokenizer
from retrieval.embedding.windows import content_spans, context_limit, middle_out

SLACK = 8  # tokens: a stretch cut out of a text can take a few more than it took inside it


def text_windows(tokenizer: ModelTokenizer, passage: Passage, *, size: int, prompt: str = "") -> Sequence[str]:
    """At least one, each of at most `size` tokens with special tokens and prompt; together they hold all content."""
    room = size - tokenizer.special_tokens - tokenizer.count(prompt)
    context = passage.context
    if tokenizer.count(context) + tokenizer.count(passage.content) <= room - SLACK:
        return [_joined(context, passage.content)]
    context = _shortened(tokenizer, context, context_limit(size, room))
    spans = tokenizer.spans(passage.content)
    (content,) = tokenizer.encode([passage.content])
    stretches = content_spans(content, room - SLACK - tokenizer.count(context))
    return [_joined(context, passage.content[spans[first][0] : spans[last - 1][1]]) for first, last in stretches]


def _shortened(tokenizer: ModelTokenizer, text: str, limit: int) -> str:
    spans = tokenizer.spans(text)
    if len(spans) <= limit:
        return text
    return " ".join(text[start:end] for start, end in middle_out(spans, limit))


def _joined(context: str, content: str) -> str:
    return f"{context}\n{content}" if context else content
