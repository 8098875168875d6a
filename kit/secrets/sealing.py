"""AES-256-GCM (NIST SP 800-38D) around a text, bound to the place that it is for."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kit.secrets.keys import SecretKey

_NONCE_BYTES = 12
"""96 bits, drawn at random: with fewer than 2^32 texts a key the chance that two are alike stays below 2^-32."""


def seal(key: SecretKey, text: str, *, place: str) -> bytes:
    """Nonce and ciphertext with its tag. It opens for the same place only, so a row copied over another is noticed."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key.material).encrypt(nonce, text.encode(), place.encode())


def unseal(key: SecretKey, sealed: bytes, *, place: str) -> str | None:
    """None where key, place or ciphertext are not the ones that it was sealed with."""
    try:
        return AESGCM(key.material).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError):
        return None
