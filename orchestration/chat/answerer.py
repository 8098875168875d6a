"""Which agent answers in a conversation, as it is now."""

from __future__ import annotations

from sqlalchemy.orm import Session

from orchestration.agents.directory import AgentDirectory, check_started
from orchestration.agents.types import AdapterType, AgentConfig
from orchestration.chat.errors import ChatIsNotRunHere
from orchestration.chat.models import Conversation


def answerer_of(session: Session, agents: AgentDirectory, conversation: Conversation) -> AgentConfig:
    """ChatIsNotRunHere; AgentIsAtRest where it was paused or stopped: a person who asks is not kept waiting for it."""
    config = agents.config(session, conversation.tenant_id, conversation.agent_role)
    if config is None or config.adapter is AdapterType.OUTSIDE:
        raise ChatIsNotRunHere(conversation.agent_role)
    check_started(config)
    return config
