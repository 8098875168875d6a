"""In whose name an answer is looked for: rights are those of now, never those of when it was asked."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from identity.keys import AccessKeys
from identity.types import Principal, Scope
from ingest.files.ports import DatasetNames
from kit.errors import Unauthenticated
from orchestration.chat.context import Background
from orchestration.chat.errors import AskerIsNotAccepted, AskerMayNotRead
from orchestration.chat.models import ChatMessage

NEEDED = frozenset({Scope.READ, Scope.SEARCH})


@dataclass(frozen=True, slots=True)
class Readers:
    keys: AccessKeys
    names: DatasetNames

    def asker(self, session: Session, question: ChatMessage) -> Principal:
        """Who asked, as they are now. AskerIsNotAccepted, AskerMayNotRead."""
        try:
            principal = self.keys.holder(session, question.key_id or "")
        except Unauthenticated as error:
            raise AskerIsNotAccepted(question.id) from error
        if principal.tenant_id != question.tenant_id:
            raise AskerIsNotAccepted(question.id)
        if not all(principal.may(scope) for scope in NEEDED):
            raise AskerMayNotRead(principal.name)
        return principal

    def reader(self, session: Session, asker: Principal, role: str, background: Background) -> Principal:
        """The agent that answers, for that person: it sees a dataset that both may see, and the client's role where the
        conversation is about a client, and of an activity about one dataset that one alone."""
        seen = frozenset(self.names.readable_names(session, asker))
        for one in (role, background.client_role):
            if one is not None:
                agent = replace(asker, agent_role=one, dataset_ids=None)
                seen &= frozenset(self.names.readable_names(session, agent))
        if background.dataset_id is not None:
            seen &= {background.dataset_id}
        return replace(asker, agent_role=role, dataset_ids=tuple(sorted(seen)), scopes=asker.scopes & NEEDED)
