"""A workshop in which files are built, for what happens to the work of people as they are built anew."""

from __future__ import annotations

from tests.unit.ingest.conftest import any_workshop, counting, drafting_sandbox

__all__ = ["any_workshop", "counting", "drafting_sandbox"]
