"""How workers in other processes learn of work, where there are any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from crawler.crawls.jobs import QUEUE as CRAWL_QUEUE
from ingest.files.jobs import DEFAULT_QUEUE, EMBED_QUEUE, PARSE_QUEUE
from kit.errors import ConfigurationError
from kit.settings import Settings
from orchestration.chat.jobs import QUEUE as CHAT_QUEUE
from orchestration.tasks.jobs import QUEUE as AGENTS_QUEUE
from retrieval.golden.jobs import QUEUE as EVALUATE_QUEUE

if TYPE_CHECKING:  # the command line is described without loading a database
    from kit.db.database import Database
    from kit.jobs.queue import JobQueue

QUEUES = (PARSE_QUEUE, EMBED_QUEUE, DEFAULT_QUEUE, CRAWL_QUEUE, EVALUATE_QUEUE, AGENTS_QUEUE, CHAT_QUEUE)
"""All that there is work in. A feature that brings a queue adds it here, or nobody is told of its work."""


class Nudger(Protocol):
    def start(self) -> None: ...

    def nudge(self) -> None:
        """There may be work. Never waits, and never fails."""

    def close(self) -> None: ...


def make_nudger(settings: Settings, database: Database, jobs: JobQueue) -> Nudger | None:
    """None where the work is done in the server."""
    if settings.queue_url is None:
        return None
    # Local: the client of a broker that most installations do not have.
    from orchestration.worker import broker  # noqa: PLC0415

    app = broker.make_app(settings.queue_url.get_secret_value())
    return broker.Nudger(app, database=database, jobs=jobs, queues=QUEUES)


def broker_url(settings: Settings) -> str:
    """ConfigurationError where none is set."""
    if settings.queue_url is None:
        raise ConfigurationError(
            "CAIRN_QUEUE_URL is not set: worker processes need a Redis server between them and the API "
            "(without one, `cairn serve` does the work itself)"
        )
    return settings.queue_url.get_secret_value()
