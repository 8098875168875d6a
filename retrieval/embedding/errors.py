"""What can be wrong with an embedding model."""

from __future__ import annotations

from kit.errors import ConfigurationError


class ModelNotFound(ConfigurationError):
    """No such model in this installation, or a file that the model needs is missing."""

    code = "MODEL_NOT_FOUND"


class ModelTampered(ConfigurationError):
    """The weights are not the ones that this version of Cairn was checked with."""

    code = "MODEL_TAMPERED"


class ModelUnsupported(ConfigurationError):
    """The model's architecture or files are beyond what the chosen runtime can serve."""

    code = "MODEL_UNSUPPORTED"


class RuntimeMissing(ConfigurationError):
    """The setting asks for a runtime that is not installed or does not know the model."""

    code = "RUNTIME_MISSING"
