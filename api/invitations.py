"""Sending an invite: every surface that invites does it here."""

from __future__ import annotations

import structlog

from identity.team import INVITE_DAYS, IssuedInvite
from kit.errors import Unavailable
from orchestration.runtime import Runtime

_log = structlog.get_logger(__name__)


def mailed(runtime: Runtime, issued: IssuedInvite, *, base: str) -> tuple[str, bool]:
    """The link, and whether the mail server took the message. The invite is good either way: whoever invites is shown
    the link."""
    url = f"{base}/invite#{issued.token}"
    text = f"You are invited to {issued.name}. Open this within {INVITE_DAYS} days:\n\n{url}\n"
    try:
        runtime.mailer.send(to=issued.email, subject="An invitation to Cairn", text=text)
    except Unavailable as error:
        _log.warning("invite.not_mailed", invite_id=issued.id, reason=error.message)
        return url, False
    return url, True
