"""Mail that is sent: to a mail server on this machine, with and without TLS, and into the outbox."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kit.errors import ConfigurationError, Unavailable
from kit.mail import make_mailer

_SENDER = "cairn@example.org"


class Postbox:
    """Takes every message but those to `refused@…`."""

    def __init__(self) -> None:
        self.messages: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("refused@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - the library's name
        self.messages.append(envelope)
        return "250 OK"


@contextmanager
def post_office(**options: Any) -> Iterator[tuple[Postbox, int]]:
    postbox = Postbox()
    controller = Controller(postbox, hostname="127.0.0.1", port=0, ready_timeout=30, **options)
    controller.port = _free_port()
    controller.start()
    try:
        yield postbox, controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    import socket  # noqa: PLC0415 - for this alone

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def mailer(url: str | None, outbox: Path) -> Any:
    return make_mailer(url, outbox=outbox, sender=_SENDER)


class TestSmtp:
    def test_hands_the_message_over(self, tmp_path: Path) -> None:
        with post_office() as (postbox, port):
            mailer(f"smtp://127.0.0.1:{port}", tmp_path).send(
                to="ada@example.org", subject="Grüße", text="Open this:\n\nhttp://127.0.0.1/invite#ci_x\n"
            )
        (envelope,) = postbox.messages
        assert (envelope.mail_from, envelope.rcpt_tos) == (_SENDER, ["ada@example.org"])
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content)
        assert b"invite#ci_x" in (message.get_payload(decode=True) or b"")
        assert not list(tmp_path.iterdir())

    @pytest.mark.filterwarnings("ignore:Requiring AUTH")  # the tests' own server, on this machine
    def test_signs_in_with_what_the_address_says(self, tmp_path: Path) -> None:
        tried: list[tuple[bytes, bytes]] = []

        def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
            tried.append((data.login, data.password))
            return AuthResult(success=data.password == b"p@ss/word")

        with post_office(authenticator=check, auth_require_tls=False, auth_required=True) as (postbox, port):
            mailer(f"smtp://cairn:p%40ss%2Fword@127.0.0.1:{port}", tmp_path).send(to="a@b.org", subject="s", text="t")
            with pytest.raises(Unavailable) as refused:
                mailer(f"smtp://cairn:secret-word@127.0.0.1:{port}", tmp_path).send(to="a@b.org", subject="s", text="t")
        assert len(postbox.messages) == 1
        assert tried[0] == (b"cairn", b"p@ss/word")
        assert "secret-word" not in refused.value.message

    def test_says_that_it_was_not_taken(self, tmp_path: Path) -> None:
        with post_office() as (_, port), pytest.raises(Unavailable, match="SMTPRecipientsRefused"):
            mailer(f"smtp://127.0.0.1:{port}", tmp_path).send(to="refused@b.org", subject="s", text="t")
        with pytest.raises(Unavailable, match=r"127\.0\.0\.1"):
            mailer(f"smtp://127.0.0.1:{port}", tmp_path).send(to="a@b.org", subject="s", text="t")

    def test_trusts_only_certificates_that_are_trusted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        authority, context = _certified(tmp_path)
        with post_office(ssl_context=context) as (postbox, port):
            url = f"smtps://127.0.0.1:{port}"
            with pytest.raises(Unavailable, match="SSLCertVerificationError"):
                mailer(url, tmp_path).send(to="a@b.org", subject="s", text="t")
            monkeypatch.setenv("SSL_CERT_FILE", str(authority))
            mailer(url, tmp_path).send(to="a@b.org", subject="s", text="t")
        assert len(postbox.messages) == 1


class TestOutbox:
    def test_keeps_a_message_for_its_owner_alone(self, tmp_path: Path) -> None:
        mailer(None, tmp_path / "outbox").send(to="ada@example.org", subject="Hello", text="text")
        (path,) = (tmp_path / "outbox").iterdir()
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"To: ada@example.org" in path.read_bytes()


def test_an_address_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="CAIRN_SMTP_URL"):
        mailer("http://127.0.0.1", tmp_path)


def _certified(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody else has signed."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "post office")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    place, private = folder / "certificate.pem", folder / "key.pem"
    place.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place, private)
    return place, context
