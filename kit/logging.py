"""Logging: events with fields, one line each, for Cairn's own loggers and for the libraries' standard ones alike."""

from __future__ import annotations

import logging
import sys
from contextlib import AbstractContextManager
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor

from kit.redaction import redact_event

LogLevel = Literal["debug", "info", "warning", "error"]
LogFormat = Literal["auto", "json", "console"]

_OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic")
_CHATTY = ("httpx", "httpcore", "alembic.runtime.plugins", "alembic.runtime.migration")


def configure_logging(level: LogLevel = "info", log_format: LogFormat = "auto") -> None:
    """Send every log record to standard error, redacted. `auto` is console on a terminal and JSON anywhere else.

    Call it once, in a composition root, before the server starts; start uvicorn with `log_config=None`.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_shared_processors(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,  # loggers made at import must follow a later configuration
    )
    _route_standard_library(number, _formatter(log_format))


def log_context(**fields: str) -> AbstractContextManager[None]:
    """Put fields such as `request_id` or `job_id` on every event that is logged inside the block, in this context."""
    return structlog.contextvars.bound_contextvars(**fields)


def _shared_processors() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        _drop_colours,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _drop_colours(_logger: object, _method: str, event: EventDict) -> EventDict:
    """uvicorn says everything twice, once with terminal codes in it."""
    event.pop("color_message", None)
    return event


def _formatter(log_format: LogFormat) -> logging.Formatter:
    console = log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared_processors(),
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact_event,  # last before the renderer, so that it sees tracebacks as well
            _console_renderer() if console else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _console_renderer() -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=24
    )


def _route_standard_library(level: int, formatter: logging.Formatter) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in _OWN_HANDLERS:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING) if level > logging.DEBUG else level)
