"""Types of fields that requests share: as strict as JSON allows, and free of what no database can store."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StrictBool, WithJsonSchema
from pydantic.alias_generators import to_camel


class RequestBody(BaseModel):
    """camelCase names only; a field that is not known is refused rather than ignored."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", frozen=True)


class ResponseBody(BaseModel):
    """Made in Python by field names, sent in camelCase."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, frozen=True)


def _number(value: object) -> object:
    if isinstance(value, bool | str):
        raise ValueError("Input should be a number")  # noqa: TRY004 - pydantic wants it
    return value


def _storable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("should hold no NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("should hold no half of a surrogate pair") from None
    return text


def _text_of_date(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("Input should be a date or a time in ISO 8601, as text")  # noqa: TRY004 - pydantic wants it
    return value


def _first_moment(value: object) -> object:
    text = _text_of_date(value)
    return f"{text}T00:00:00Z" if _is_date(text) else text


def _last_moment(value: object) -> object:
    text = _text_of_date(value)
    return f"{text}T{time.max.isoformat()}Z" if _is_date(text) else text


def _is_date(text: object) -> bool:
    return isinstance(text, str) and len(text) == len("2026-03-01")


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


_MOMENT = WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]})

NO_COERCION = BeforeValidator(_number)
"""For numbers: no text and no boolean. It goes after the limits, or pydantic leaves them out of the JSON schema."""
STORABLE = AfterValidator(_storable)
"""For texts: only what every database can keep. It goes after the limits as well."""

Flag: TypeAlias = StrictBool
Since: TypeAlias = Annotated[datetime, BeforeValidator(_first_moment), AfterValidator(_aware), _MOMENT]
"""A time; a plain date means its first moment. Without a zone, UTC."""
Until: TypeAlias = Annotated[datetime, BeforeValidator(_last_moment), AfterValidator(_aware), _MOMENT]
"""A time; a plain date means its last moment. Without a zone, UTC."""
