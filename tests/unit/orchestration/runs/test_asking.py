"""When a server of a model is asked again."""

from __future__ import annotations

import pytest

from orchestration.runs.adapters.asking import wait_of


class TestWhenToAskAgain:
    @pytest.mark.parametrize(
        ("said", "seconds"),
        [
            ("0", 1.0), ("-4", 1.0), ("1e9", 3600.0), ("nan", 5.0), ("soon", 5.0), ("", 5.0),
            ("Fri, 27 Nov 2026 12:00:20 GMT", 20.0), ("Fri, 27 Nov 2026 11:00:00 GMT", 1.0),
            ("Sat, 28 Nov 2026 12:00:00 GMT", 3600.0), ("Fri, 99 Nov 2026 12:00:00 GMT", 5.0),
        ],
    )  # fmt: skip
    def test_is_a_number_or_a_date_within_an_hour(self, said: str, seconds: float) -> None:
        assert wait_of({"retry-after": said, "date": "Fri, 27 Nov 2026 12:00:00 GMT"}) == seconds
