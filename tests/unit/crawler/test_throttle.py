"""How the pause between two requests follows from the answers."""

from __future__ import annotations

import pytest
from scrapy.core.downloader import Slot
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from crawler.engine.policies.throttle import Throttle


@pytest.fixture
def throttle() -> Throttle:
    settings = {"AUTOTHROTTLE_ENABLED": True, "AUTOTHROTTLE_TARGET_CONCURRENCY": 4.0, "DOWNLOAD_DELAY": 0}
    made: Throttle = Throttle.from_crawler(get_crawler(settings_dict=settings))
    made.mindelay, made.maxdelay = 0.0, 20.0  # as a spider that begins sets them
    return made


def pause_after(throttle: Throttle, status: int, *, latency: float, before: float = 2.0) -> float:
    slot = Slot(concurrency=4, delay=before)
    throttle._adjust_delay(slot, latency, Response("http://site.test/", status=status))
    return float(slot.delay)


@pytest.mark.parametrize("status", [200, 304])
def test_a_quick_answer_shortens_it(throttle: Throttle, status: int) -> None:
    assert pause_after(throttle, status, latency=0.4) == pytest.approx((2.0 + 0.4 / 4) / 2)


@pytest.mark.parametrize("status", [301, 404, 500])
def test_a_quick_error_does_not(throttle: Throttle, status: int) -> None:
    assert pause_after(throttle, status, latency=0.4) == 2.0


@pytest.mark.parametrize("status", [200, 304, 500])
def test_a_slow_answer_lengthens_it_at_once(throttle: Throttle, status: int) -> None:
    assert pause_after(throttle, status, latency=40.0) == 10.0
