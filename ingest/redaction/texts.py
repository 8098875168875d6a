"""Single texts without their personal data, and which countries can be named."""

from __future__ import annotations

from collections.abc import Callable

from ingest.redaction.types import Redaction
from kit.errors import Detail, Invalid

# Imports inside the functions: numbering plans of all countries are read for datasets that redact only.


def blackout(wanted: Redaction) -> Callable[[str], str]:
    """For the few texts that do not come out of a parser."""
    if not wanted.kinds:
        return str
    from ingest.redaction.redactor import Redactor  # noqa: PLC0415 - as said above

    return Redactor(wanted).text


def check_redaction(wanted: Redaction) -> None:
    """Invalid for a country that there is not."""
    if not wanted.countries:
        return
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - as said above

    unknown = [country for country in wanted.countries if country not in SUPPORTED_REGIONS]
    if unknown:
        message = f"{', '.join(map(repr, unknown))}: no country has that ISO 3166 code; write GB, DE, US"
        raise Invalid(f"redaction.countries: {message}", details=[Detail("redaction.countries", message)])
