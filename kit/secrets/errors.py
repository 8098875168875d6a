"""Why a secret cannot be kept or read."""

from __future__ import annotations

from kit.errors import Unavailable


class SecretKeyMissing(Unavailable):
    """There is no key to seal with that all machines of the installation share."""

    code = "SECRET_KEY_MISSING"


class SecretCannotBeRead(Unavailable):
    """It was sealed with a key that is not here, or for another place, or it was tampered with."""

    code = "SECRET_UNREADABLE"
