"""What a dataset wants blacked out. Knows no detector, so that rows and requests can speak of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class PersonalKind(StrEnum):
    """In the order in which they are looked for: what one has found, the next does not read."""

    EMAIL = "email"
    IBAN = "iban"
    CARD = "card"
    IP = "ip"
    NATIONAL_ID = "national_id"
    PHONE = "phone"

    @property
    def placeholder(self) -> str:
        return f"[{self.name}]"


@dataclass(frozen=True, slots=True)
class Redaction:
    """No kinds: nothing is looked for.

    `countries`, by ISO 3166: whose phone numbers are found without a country's code, and whose national ids; without
    any, phone numbers with a country's code and the ids of all countries that are known here.
    """

    kinds: Sequence[PersonalKind] = ()
    countries: Sequence[str] = ()

    def stored(self) -> dict[str, Any] | None:
        return {"kinds": [kind.value for kind in self.kinds], "countries": list(self.countries)} if self.kinds else None

    @classmethod
    def restored(cls, stored: Mapping[str, Any] | None) -> Redaction:
        """ValueError for a kind that there is not."""
        if stored is None:
            return NOTHING
        kinds = tuple(kind for kind in PersonalKind if kind in {PersonalKind(one) for one in stored["kinds"]})
        return cls(kinds, tuple(dict.fromkeys(str(country) for country in stored["countries"])))


NOTHING = Redaction()
