"""The embedding models that an installation has. Each dataset is bound to one of them."""

from __future__ import annotations

from collections.abc import Sequence

from kit.errors import ConfigurationError, Unavailable
from retrieval.embedding.protocol import Embedder


class ModelIsAway(Unavailable):
    """What was embedded by a model can only be searched or added to with that model."""

    code = "EMBEDDING_MODEL_AWAY"

    def __init__(self, name: str, present: Sequence[str]) -> None:
        super().__init__(
            f"embedding model {name!r} is none of this installation's ({', '.join(present)}): "
            "add it to CAIRN_EMBEDDING_MODELS"
        )


class Models:
    """By name, the first of them that of new datasets. Each is loaded once a process, at its first use.

    ConfigurationError where two have the same name: their vectors would be taken for each other's.
    """

    def __init__(self, embedders: Sequence[Embedder]) -> None:
        self._by_name = {one.info.name: one for one in embedders}
        if len(self._by_name) < len(embedders):
            names = ", ".join(one.info.name for one in embedders)
            raise ConfigurationError(f"embedding models need different names, and folders give theirs; here: {names}")
        self._default = embedders[0]

    @property
    def default(self) -> Embedder:
        return self._default

    @property
    def names(self) -> Sequence[str]:
        return list(self._by_name)

    def has(self, name: str) -> bool:
        return name in self._by_name

    def of(self, name: str) -> Embedder:
        """ModelIsAway where the installation has no model of that name."""
        found = self._by_name.get(name)
        if found is None:
            raise ModelIsAway(name, self.names)
        return found
