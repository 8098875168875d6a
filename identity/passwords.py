"""Passwords: which are good enough, and how they are kept."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kit.errors import Detail, Invalid

LEAST, MOST = 12, 128
"""Characters, after OWASP ASVS 2.1.1 and 2.1.2."""

# argon2id with the least parameters that OWASP's cheat sheet accepts (19 MiB, 2 passes, 1 lane): about 20 ms.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

# Of the passwords that are guessed first, the long ones and the stems: shorter ones are refused by their length.
_STEMS = (
    "password", "passwort", "qwerty", "letmein", "welcome", "iloveyou", "admin", "football", "monkey", "dragon",
    "sunshine", "princess", "abc123", "master", "superman", "trustno", "changeme", "secret", "login", "starwars",
)  # fmt: skip
_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb")


def checked_password(password: str, *, about: tuple[str, ...] = ()) -> str:
    """Raises Invalid for one that is too short, too long, or among the first that are tried. `about` are words that
    others know of the person, such as the e-mail address."""
    if not LEAST <= len(password) <= MOST:
        raise _refused(f"a password has {LEAST} to {MOST} characters, this one has {len(password)}")
    plain = password.lower()
    if len(set(plain)) < 5:
        raise _refused("this password is one of few characters, repeated; choose a longer phrase")
    rest = plain
    for stem in (*_STEMS, *(word for word in about if len(word) >= 4)):
        rest = rest.replace(stem.lower(), "")
    runs = any(plain in row * 2 or plain in row[::-1] * 2 for row in _ROWS)
    if len(rest) < LEAST // 2 or runs:
        raise _refused("this password is among the first that are tried; choose a longer phrase of your own")
    return password


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
