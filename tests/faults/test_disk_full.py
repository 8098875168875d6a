"""A small ordeal; `python -m tests.faults.disk_full` is the large one."""

from __future__ import annotations

import os
import sys

import pytest

from tests.faults import disk_full


@pytest.mark.slow
@pytest.mark.timeout(600)
class TestAFullDisk:
    def test_loses_nothing_and_is_told(self) -> None:
        if os.geteuid() != 0 or not sys.platform.startswith("linux"):
            pytest.skip("mounting a small file system takes root on Linux")
        report = disk_full.run(files=16, seconds=8, seed=1, most_chunks=4)
        assert report.violations == []
        assert report.tally["answers 503"] > 0
