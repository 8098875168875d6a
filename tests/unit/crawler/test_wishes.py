"""`Retry-After` as servers write it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.engine.policies.wishes import seconds_wished

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


class TestAWish:
    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            (b"120", 120.0), (b" 0 ", 0.0),
            (b"Sun, 01 Mar 2026 12:00:30 GMT", 30.0), (b"Sunday, 01-Mar-26 12:01:00 GMT", 60.0),
            (b"Sun Mar  1 12:00:05 2026", 5.0), (b"Sun, 01 Mar 2026 13:00:10 +0100", 10.0),
            (b"Sun, 01 Mar 2026 11:59:00 GMT", 0.0),
        ],
    )  # fmt: skip
    def test_is_seconds_or_a_date(self, header: bytes, seconds: float) -> None:
        assert seconds_wished(header, now=NOW) == seconds

    @pytest.mark.parametrize("header", [None, b"", b"soon", b"-5", b"1.5", b"Sun, 99 Mar 2026 12:00:00 GMT", b"\xb2"])
    def test_that_is_none_says_nothing(self, header: bytes | None) -> None:
        assert seconds_wished(header, now=NOW) is None
