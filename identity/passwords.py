"""Passwords: which are good enough, and how they are kept."""

from __future__ import annotations

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kit.errors import Detail, Invalid

LEAST, MOST = 12, 128
"""Characters, after OWASP ASVS 2.1.1 and 2.1.2."""

_NO_WORD = re.compile(r"\W+|_")

# argon2id with the least parameters that OWASP's cheat sheet accepts (19 MiB, 2 passes, 1 lane): about 20 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

_LEAST_GUESSES = 10**8
"""From here on zxcvbn calls a password safe from who tries online without being slowed down, and here they are."""

_WEIGHED = 32
"""Characters that are weighed: the time grows fast with them, 0.1 s for the worst of this length and 3 s at 72."""


def checked_password(password: str, *, about: tuple[str, ...] = ()) -> str:
    """Raises Invalid for one that is too short, too long, or soon guessed: it is among the 30,000 most common ones of
    breaches, or made of such, of words, names, dates, rows of keys and repetitions in too simple a way. `about` are
    words that others know of the person, such as the e-mail address."""
    if not LEAST <= len(password) <= MOST:
        raise _refused(f"a password has {LEAST} to {MOST} characters, this one has {len(password)}")
    if _guesses(password[:_WEIGHED], about) < _LEAST_GUESSES:
        raise _refused("this password is among the first that are tried; choose a longer phrase of your own")
    return password


def _guesses(password: str, about: tuple[str, ...]) -> float:
    """How many it takes who knows lists and habits, as zxcvbn estimates it."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take 15 MB and half a second, and most processes need none

    known = {word for text in about for word in (text, *_NO_WORD.split(text)) if len(word) >= 4}
    return float(zxcvbn(password, user_inputs=sorted(known))["guesses"])


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def is_password(password: str, stored: str | None) -> bool:
    """Takes as long for somebody without a password, so that time does not tell who has one."""
    try:
        _hasher.verify(stored or _NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _refused(message: str) -> Invalid:
    return Invalid(message, details=[Detail("password", message)])


_NOBODYS = _hasher.hash("nobody has this password")
