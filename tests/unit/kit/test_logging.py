"""Logs are events with fields, one line each, and hold no credential."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from kit.crypto import new_token
from kit.logging import configure_logging, log_context
from kit.redaction import REDACTED, redact_event, redact_text

TOKEN = "ck_Zx3-9fKq_7LmNoPqRsTuVwXyZ0123456789abcdefgh"


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def logged(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def fail(message: str) -> None:
    raise ValueError(message)


class TestRedactText:
    @pytest.mark.parametrize(
        "text",
        [
            f"key {TOKEN} was sent",
            f"Authorization: Bearer {TOKEN}",
            "authorization: Basic s3cr3t-value",
            "{'Authorization': 'Bearer s3cr3t-value'}",
            '"bearer s3cr3t-value"',
            "GET /api/files?api_key=s3cr3t-value&page=2",
            "GET /ws?token=s3cr3t-value HTTP/1.1",
            'password="s3cr3t-value"',
            '{"client_secret": "s3cr3t-value"}',
            "postgresql+psycopg://cairn:s3cr3t-value@db:5432/cairn",
        ],
    )
    def test_takes_out_what_looks_like_a_credential(self, text: str) -> None:
        clean = redact_text(text)
        assert REDACTED in clean
        assert "s3cr3t" not in clean
        assert TOKEN[3:] not in clean

    @pytest.mark.timeout(60)
    @pytest.mark.parametrize(
        "piece",
        [
            "x",
            "a.",
            "a-",
            "a://",
            "a://b:",
            "token",
            "token ",
            "_-",
            "ck_",
            "ab_",
            "bearer ",
            "authorization ",
            " ",
            "\"'",
        ],
    )
    def test_takes_time_with_the_length_of_a_text_and_not_with_its_square(self, piece: str) -> None:
        """A megabyte in seconds; by its square it would be hours, in which an event loop answers nobody."""
        text = piece * (1_000_000 // len(piece))
        assert "s3cr3t" not in redact_text(f"{text} password=s3cr3t-value")

    def test_knows_every_token_that_cairn_makes(self) -> None:
        for _ in range(200):
            token = new_token("ck")
            assert redact_text(f"a {token} b") == f"a ck_{REDACTED} b"

    @pytest.mark.parametrize(
        "text",
        [
            "file 01J9ZQ3V7K8M2N4P6R8T0W2Y4A parsed in 0.3 s",
            "token_count=512 of max_tokens: 2048",
            "https://example.org:8080/a?page=2&sort=name",
            "the basic parser read 3 pages, the bearer of news",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        ],
    )
    def test_leaves_everything_else(self, text: str) -> None:
        assert redact_text(text) == text


class TestRedactEvent:
    def test_goes_by_the_names_of_fields(self) -> None:
        event = redact_event(
            None,
            "info",
            {
                "event": "x",
                "admin_key": "abc",
                "headers": {"X-Api-Key": "abc", "accept": "json"},
                "passwords": ["abc"],
                "key_id": "01J",
                "token_count": 7,
                "tokens": 512,
                "secret": None,
            },
        )
        assert event == {
            "event": "x",
            "admin_key": REDACTED,
            "headers": {"X-Api-Key": REDACTED, "accept": "json"},
            "passwords": REDACTED,
            "key_id": "01J",
            "token_count": 7,
            "tokens": 512,
            "secret": None,
        }

    def test_looks_into_values_of_harmless_fields(self) -> None:
        event = redact_event(None, "info", {"event": f"got {TOKEN}", "lines": [f"Bearer {TOKEN}", "fine"]})
        assert TOKEN not in str(event)
        assert event["event"] == f"got ck_{REDACTED}"


class TestConfigureLogging:
    def test_writes_events_with_fields_and_context(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("info", "json")
        with log_context(request_id="r1"):
            structlog.get_logger("ingest.pipeline").info("file.parsed", file_id="f1", pages=3)
        structlog.get_logger().info("file.indexed")

        first, second = logged(capsys)
        assert {name: first[name] for name in ("event", "level", "logger", "request_id", "file_id", "pages")} == {
            "event": "file.parsed",
            "level": "info",
            "logger": "ingest.pipeline",
            "request_id": "r1",
            "file_id": "f1",
            "pages": 3,
        }
        assert "request_id" not in second
        assert str(first["timestamp"]).endswith("Z")

    def test_carries_the_libraries_records_as_well(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("info", "json")
        logging.getLogger("uvicorn.access").info('%s "GET /x?token=%s"', "127.0.0.1", "s3cr3t-value")

        (record,) = logged(capsys)
        assert record["event"] == f'127.0.0.1 "GET /x?token={REDACTED}"'
        assert record["logger"] == "uvicorn.access"

    @pytest.mark.parametrize("log_format", ["json", "console"])
    def test_redacts_tracebacks(self, log_format: str, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("info", log_format)  # type: ignore[arg-type]  # parametrize gives plain strings
        try:
            fail(f"cannot reach http://user:s3cr3t-value@host with {TOKEN}")
        except ValueError:
            structlog.get_logger().exception("call.failed", api_key="s3cr3t-value")
            logging.getLogger("library").exception("failed")

        text = capsys.readouterr().err
        assert text.count("ValueError: cannot reach") == 2
        assert "s3cr3t-value" not in text
        assert TOKEN[3:] not in text

    def test_keeps_one_event_on_one_line_in_json(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("info", "json")
        structlog.get_logger().info("file.rejected", name='a\n{"event": "forged"}')
        assert len(logged(capsys)) == 1

    def test_drops_what_is_below_the_level(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("warning", "json")
        structlog.get_logger().info("quiet")
        logging.getLogger("library").info("quiet")
        structlog.get_logger().warning("loud")
        assert [record["event"] for record in logged(capsys)] == ["loud"]

    def test_does_not_double_lines_when_configured_again(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("info", "json")
        configure_logging("info", "json")
        structlog.get_logger().info("once")
        assert len(logged(capsys)) == 1
