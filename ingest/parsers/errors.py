"""Why a file was not read. Every message names the fact and what the person who uploaded the file can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from kit.errors import Detail, Invalid


class ParseRefused(Invalid):
    """The file, as it is, gives no document. Final: trying again with the same bytes gives the same answer."""

    code = "PARSE_REFUSED"

    @classmethod
    def restored(cls, message: str, details: Sequence[Detail] = ()) -> Self:
        """The same error on the other side of a process boundary, where only its message and details arrive."""
        error = cls.__new__(cls)
        Invalid.__init__(error, message, details=details)
        return error


class UnsupportedFileType(ParseRefused):
    code = "UNSUPPORTED_FILE_TYPE"

    def __init__(self, *, file_name: str, detected: str, remedy: str, supported: str) -> None:
        super().__init__(f"{file_name!r} is {detected}, which is not read here: {remedy}. Supported: {supported}")


class FileHasNoText(ParseRefused):
    code = "FILE_HAS_NO_TEXT"


class OcrIsOff(ParseRefused):
    code = "OCR_IS_OFF"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}, and its dataset does not have text recognition switched on; switch it on (ocr.enabled in the "
            "dataset's settings) and re-ingest the file"
        )


class FileIsEncrypted(ParseRefused):
    code = "FILE_IS_ENCRYPTED"

    def __init__(self, what: str) -> None:
        super().__init__(f"the {what} needs a password; save it without one and upload it again")


class FileIsCorrupt(ParseRefused):
    code = "FILE_IS_CORRUPT"

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(
            f"the {what} cannot be read ({reason}); open it in its own program, save it anew and upload it"
        )


class LimitExceeded(ParseRefused):
    """`limit` is what is counted, `setting` the name of the environment variable that raises it; without, it is one
    that no honest file comes near."""

    code = "LIMIT_EXCEEDED"

    def __init__(self, *, limit: str, allowed: int, found: str, setting: str = "") -> None:
        remedy = f"split the file or raise {setting}" if setting else "it is fixed: save the file anew"
        super().__init__(f"{found}, and the limit is {allowed} {limit}; {remedy}")


class EngineIsMissing(ParseRefused):
    code = "PARSER_ENGINE_UNAVAILABLE"


class EngineFails(ParseRefused):
    """One that was asked for by name; another may well read the file."""

    code = "PARSER_ENGINE_FAILED"


REFUSALS: tuple[type[ParseRefused], ...] = (
    UnsupportedFileType,
    FileHasNoText,
    OcrIsOff,
    FileIsEncrypted,
    FileIsCorrupt,
    LimitExceeded,
    EngineIsMissing,
    EngineFails,
)
