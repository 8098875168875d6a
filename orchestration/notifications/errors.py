"""What can go wrong with notifications."""

from __future__ import annotations

from kit.errors import Conflict, Detail, Invalid, NotFound


class NotificationIsNotThere(NotFound):
    def __init__(self, notification_id: str) -> None:
        super().__init__(f"there is no notification {notification_id!r} of yours")


class UnknownRecipient(Invalid):
    def __init__(self, number: int) -> None:
        message = f"{number} is nobody here; name a person by the number that the list of users has"
        super().__init__(f"user_id: {message}", details=[Detail("user_id", message)])


class NobodyToTell(Conflict):
    def __init__(self) -> None:
        super().__init__("no administrator of this tenant is a person who could be told; name somebody by user_id")
