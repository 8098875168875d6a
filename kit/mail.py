"""Mail: over SMTP where a server is set, else as files in a folder, for whoever runs Cairn to hand on."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from kit.errors import ConfigurationError, Unavailable
from kit.ids import new_id

_SECONDS = 15


class Mailer(Protocol):
    def send(self, *, to: str, subject: str, text: str) -> None:
        """Unavailable where it cannot be handed over now."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """One .eml file a message, readable by its owner alone: it may hold a link that lets somebody in."""

    folder: Path
    sender: str

    def send(self, *, to: str, subject: str, text: str) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{new_id()}.eml"
        path.touch(mode=0o600)
        path.write_bytes(bytes(_message(self.sender, to, subject, text)))


@dataclass(frozen=True, slots=True)
class Smtp:
    """`url` is `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS from the start)."""

    url: str
    sender: str

    def __repr__(self) -> str:
        return f"Smtp(host={urlsplit(self.url).hostname!r})"

    def send(self, *, to: str, subject: str, text: str) -> None:
        parts = urlsplit(self.url)
        try:
            with self._connected(parts.hostname or "", parts.port) as server:
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(_message(self.sender, to, subject, text))
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(
                f"the mail server {parts.hostname} does not take the message: {type(error).__name__}"
            ) from error

    def _connected(self, host: str, port: int | None) -> smtplib.SMTP:
        if self.url.startswith("smtps:"):
            return smtplib.SMTP_SSL(host, port or 465, timeout=_SECONDS, context=ssl.create_default_context())
        server = smtplib.SMTP(host, port or 587, timeout=_SECONDS)
        if host not in {"127.0.0.1", "localhost", "::1"}:
            server.starttls(context=ssl.create_default_context())  # without one, any certificate would do
        return server


def make_mailer(url: str | None, *, outbox: Path, sender: str) -> Mailer:
    if url is None:
        return Outbox(outbox, sender)
    if not url.startswith(("smtp://", "smtps://")):
        raise ConfigurationError("CAIRN_SMTP_URL must begin with smtp:// or smtps://")
    return Smtp(url, sender)


def _message(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message.set_content(text)
    return message
