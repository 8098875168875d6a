"""What can go wrong with datasets."""

from __future__ import annotations

from kit.errors import Conflict, NotFound


class DatasetNotFound(NotFound):
    def __init__(self, dataset_id: str) -> None:
        super().__init__(f"dataset {dataset_id!r} does not exist, or this key may not see it")


class DatasetNameTaken(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"a dataset named {name!r} exists already; choose another name")
