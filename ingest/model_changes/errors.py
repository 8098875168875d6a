"""What can go wrong with a change of the embedding model."""

from __future__ import annotations

from collections.abc import Sequence

from kit.errors import Conflict, Detail, Invalid, NotFound


class ModelChangeNotFound(NotFound):
    def __init__(self, change_id: str) -> None:
        super().__init__(f"model change {change_id!r} does not exist in this dataset")


class ModelUnknown(Invalid):
    def __init__(self, name: str, present: Sequence[str]) -> None:
        known = ", ".join(present)
        message = f"{name[:100]!r} is none of the embedding models here ({known}): add it to CAIRN_EMBEDDING_MODELS"
        super().__init__(f"embeddingModel: {message}", details=[Detail("embeddingModel", message)])


class ModelIsTheSame(Conflict):
    def __init__(self, name: str) -> None:
        super().__init__(f"the dataset is embedded by {name!r} already; re-index builds its files anew")


class ModelIsChanging(Conflict):
    def __init__(self, change_id: str) -> None:
        super().__init__(f"the dataset's model is being changed already (model change {change_id}); cancel that first")


class VectorsAreBeingRemoved(Conflict):
    def __init__(self, model: str) -> None:
        super().__init__(f"old vectors of {model!r} are just being removed; try again in a minute")


class ModelChangeStateForbids(Conflict):
    """The change is in a state in which that cannot be done."""
