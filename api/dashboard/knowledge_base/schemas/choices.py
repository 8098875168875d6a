"""How the choices of a dataset are spelled on the way in."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema

from api.fields import NO_COERCION, STORABLE
from ingest.documents import ParserEngine, ParseType
from ingest.redaction.types import PersonalKind
from ingest.settings import MAX_CHUNK_OVERLAP, MAX_CHUNK_SIZE, MIN_CHUNK_OVERLAP, MIN_CHUNK_SIZE

_NATIVE_ALIAS = "NATIVE"
_MOST_ROLES = 100
_MOST_SEPARATORS = 20
ONLY_MAIN_CONTENT = (
    "Web pages are read without navigation, footers, forms and the like; false: whole, with all that they show. "
    "Docling reads HTML files whole either way"
)


def _spelled_in_full(value: object) -> object:
    return ParserEngine.NODE_NATIVE if value == _NATIVE_ALIAS else value


EngineChoice: TypeAlias = Annotated[
    ParserEngine,
    BeforeValidator(_spelled_in_full),
    WithJsonSchema({"type": "string", "enum": [*(engine.value for engine in ParserEngine), _NATIVE_ALIAS]}),
    Field(description="`NATIVE` is another name of `NODE_NATIVE`"),
]
ParseChoice: TypeAlias = Annotated[ParseType, Field(description="How a document's blocks become chunks")]
ChunkSize: TypeAlias = Annotated[
    int, Field(ge=MIN_CHUNK_SIZE, le=MAX_CHUNK_SIZE, description="In the embedding model's tokens"), NO_COERCION
]
ChunkOverlap: TypeAlias = Annotated[
    int,
    Field(ge=MIN_CHUNK_OVERLAP, le=MAX_CHUNK_OVERLAP, description="In tokens; smaller than `chunkSize`"),
    NO_COERCION,
]
Separators: TypeAlias = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=200), STORABLE]],
    Field(
        max_length=_MOST_SEPARATORS,
        description="Where parse type `MANUAL` cuts, to the letter; empty: at lines of `---`. For no other type",
    ),
]
DatasetName: TypeAlias = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S"), STORABLE]
Description: TypeAlias = Annotated[str, Field(max_length=2000), STORABLE]
AgentRoles: TypeAlias = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64), STORABLE]],
    Field(max_length=_MOST_ROLES, description="Agents that may use the dataset; `*`: every agent; empty: none"),
]
PersonalKinds: TypeAlias = Annotated[
    list[PersonalKind],
    Field(max_length=20, description="What is looked for; none: nothing. The original stays as it was uploaded"),
]
Countries: TypeAlias = Annotated[
    list[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]],
    Field(
        max_length=50,
        description="ISO 3166 codes: whose phone numbers are found without a country's code, and whose national ids; "
        "empty: phone numbers with a country's code, and the ids of all countries that are known",
    ),
]
