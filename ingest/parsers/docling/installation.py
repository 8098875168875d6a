"""Whether Docling can be used here: its package, and the weights of its models in the installation's own folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("docling", "docling_parse", "docling_ibm_models", "torch", "torchvision", "transformers")
LAYOUT_MODEL = Path("docling-project--docling-layout-heron")
TABLE_MODEL = Path("docling-project--docling-models", "model_artifacts", "tableformer", "accurate")
REMEDY = (
    "install Cairn with its extra `docling`, have `docling-tools models download --output-dir FOLDER layout "
    "tableformer` fetch the models where there is internet, and set CAIRN_DOCLING_MODELS to that folder"
)

_LAYOUT_FILES = ("config.json", "preprocessor_config.json", "model.safetensors")
_TABLE_FILES = ("tm_config.json", "*.safetensors")


def missing_parts(models: Path | None) -> Sequence[str]:
    """What stands in the way, each as a phrase for people; empty where all is there. Nothing is loaded for it: that
    what is there also works is found out by loading it (`Engine.load`)."""
    return [*_missing_packages(), *_missing_models(models)]


def _missing_packages() -> Iterator[str]:
    if absent := [name for name in PACKAGES if find_spec(name) is None]:
        yield f"not installed: {', '.join(absent)}"


def _missing_models(models: Path | None) -> Iterator[str]:
    if models is None:
        yield "CAIRN_DOCLING_MODELS is not set"
    elif not models.is_dir():
        yield f"CAIRN_DOCLING_MODELS names {str(models)!r}, which is no folder"
    else:
        for folder, patterns in ((LAYOUT_MODEL, _LAYOUT_FILES), (TABLE_MODEL, _TABLE_FILES)):
            absent = [pattern for pattern in patterns if not any((models / folder).glob(pattern))]
            if absent:
                yield f"{models / folder} lacks {', '.join(absent)}"
