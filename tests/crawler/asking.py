"""`python -m tests.crawler.asking DATABASE FOLDER HOST PER_SECOND SECONDS`: asks a host as a crawl does, as fast as it
may, once it has said that it is ready and read a line, and prints the moments at which it did."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

from scrapy.settings import Settings

from crawler.engine.host_slots import HostSlots
from crawler.engine.pace import CurrentPace
from crawler.engine.policies.manners import Manners
from crawler.running.host_shares import HostShare
from kit.clock import SystemClock
from kit.db.database import Database


def main(url: str, folder: str, host: str, per_second: str, seconds: str) -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    pace, end = CurrentPace(is_shared=True), time.monotonic() + float(seconds)
    share = HostShare(
        Database(url), SystemClock(), host=host, place=HostSlots(Path(folder)).place(), tell=pace.set, renew_seconds=0.3
    )

    def keep() -> None:
        with share:
            while time.monotonic() < end:
                share.keep()
                time.sleep(0.02)

    keeper = threading.Thread(target=keep)
    keeper.start()
    asyncio.run(_ask(pace, folder, host, float(per_second), end))
    keeper.join()


async def _ask(pace: CurrentPace, folder: str, host: str, per_second: float, end: float) -> None:
    values = {"CAIRN_HOSTS_FOLDER": folder, "CAIRN_PACE": pace, "CAIRN_PAGES_PER_SECOND": per_second}
    settings = Settings(values).copy()  # as Scrapy does
    manners = Manners(SimpleNamespace(stats=SimpleNamespace(inc_value=lambda *_: None), settings=settings))

    async def one() -> None:
        while time.monotonic() < end:
            await manners.process_request(SimpleNamespace(url=f"http://{host}/", meta={}))
            sys.stdout.write(f"{time.monotonic()}\n")
            sys.stdout.flush()

    asked = [asyncio.create_task(one()) for _ in range(4)]
    await asyncio.wait(asked, timeout=max(0.0, end - time.monotonic()))
    for task in asked:
        task.cancel()


if __name__ == "__main__":
    main(*sys.argv[1:])
