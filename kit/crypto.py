"""Secrets that callers present: made here, shown once, kept as hashes."""

from __future__ import annotations

import hashlib
import secrets


def new_token(prefix: str) -> str:
    """A bearer token with 256 random bits, such as `ck_9f…`. The prefix tells people and scanners what it is."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> str:
    """SHA-256 in hex. Enough for tokens of high entropy, and fast enough for every request."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_hint(token: str) -> str:
    """The first characters, enough for a person to recognise a key in a list and useless to a thief.

    Never more than a quarter of it: a key that a person chose may be short.
    """
    return token[: min(7, len(token) // 4)]
