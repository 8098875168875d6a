"""`@agent:role` and `@human:userId` in a comment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from orchestration.tasks.errors import MentionsNobody
from orchestration.tasks.types import ActorKind, Mention

_MENTION = re.compile(r"(?<![\w@])@(agent|human):([A-Za-z0-9][\w-]{0,63})")

NameOf = Callable[[ActorKind, str], str | None]
"""The name of an agent by its role or of a person by id; None where there is nobody of that name."""

_REMEDIES = {
    "agent": "name an agent by its role, as the list of agents has it",
    "human": "name a person by id, as the team's list has it",
}


def mentions_of(text: str, name_of: NameOf) -> Sequence[Mention]:
    """In the order of the text, each once. MentionsNobody for the first that is nobody: a message that reaches nobody
    should not look sent."""
    found: dict[tuple[str, str], Mention] = {}
    for match in _MENTION.finditer(text):
        kind, who = match[1], match[2]
        name = name_of(ActorKind(kind), who)
        if name is None:
            raise MentionsNobody(match[0], _REMEDIES[kind])
        found.setdefault((kind, who), Mention(ActorKind(kind), who, name))
    return list(found.values())
