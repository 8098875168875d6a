"""Zip-based files opened within bounds: what a header claims about sizes is not believed, bytes are counted."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from ingest.parsers.errors import FileIsCorrupt, FileIsEncrypted, LimitExceeded, ParseRefused
from ingest.parsers.options import ParseOptions

_MAX_MEMBERS = 20_000
_MAX_RATIO = 1000
_RATIO_FLOOR = 8 * 1024 * 1024  # below this many bytes a member may inflate as well as it likes
_STEP = 256 * 1024
_SETTING = "CAIRN_PARSE_MAX_INFLATED"
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError)


@contextmanager
def opened_archive(path: Path, *, what: str, options: ParseOptions) -> Iterator[zipfile.ZipFile]:
    """The archive, after every member has been inflated once and counted.

    FileIsCorrupt, FileIsEncrypted, or LimitExceeded for too many members, too many bytes, or a member that inflates
    more than a thousandfold.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGE as error:
        raise FileIsCorrupt(what, str(error)) from error
    with archive:
        _check_members(archive, what=what, options=options)
        yield archive


def member_xml(archive: zipfile.ZipFile, name: str, *, what: str) -> etree._Element:
    """The root of an XML member. FileIsCorrupt where it is missing or not well-formed."""
    try:
        return parse_xml(archive.read(name))
    except KeyError:
        raise FileIsCorrupt(what, f"its part {name!r} is missing") from None
    except etree.XMLSyntaxError as error:
        raise FileIsCorrupt(what, f"its part {name!r} is not XML: {error}") from error


def parse_xml(data: bytes) -> etree._Element:
    """Without entities, external documents and network; a document type is read over, never followed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    return etree.fromstring(data, parser)


def _check_members(archive: zipfile.ZipFile, *, what: str, options: ParseOptions) -> None:
    members = archive.infolist()
    if len(members) > _MAX_MEMBERS:
        raise LimitExceeded(limit="parts", allowed=_MAX_MEMBERS, found=f"the {what} holds {len(members)} parts")
    if any(member.flag_bits & 1 for member in members):
        raise FileIsEncrypted(what)
    left = options.max_inflated_bytes
    for member in members:
        try:
            left -= _inflated(archive, member, left=left, what=what, options=options)
        except ParseRefused:
            raise
        except _DAMAGE as error:
            raise FileIsCorrupt(what, f"its part {member.filename!r} is damaged: {error}") from error


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo, *, left: int, what: str, options: ParseOptions) -> int:
    count = 0
    with archive.open(member) as stream:
        while piece := stream.read(_STEP):
            if count == 0 and _declares_entities(piece):
                raise FileIsCorrupt(what, f"its part {member.filename!r} declares XML entities, which is not allowed")
            count += len(piece)
            if count > _RATIO_FLOOR and count > member.compress_size * _MAX_RATIO:
                raise LimitExceeded(
                    limit="times the packed size of a part",
                    allowed=_MAX_RATIO,
                    found=f"the {what} inflates without end ({member.filename!r}: {member.compress_size} bytes to more "
                    f"than {count})",
                )
            if count > left:
                raise LimitExceeded(
                    limit="bytes inflated",
                    allowed=options.max_inflated_bytes,
                    found=f"the {what} inflates to more ({member.filename!r} passes {count} bytes)",
                    setting=_SETTING,
                )
    return count


def _declares_entities(beginning: bytes) -> bool:
    return beginning.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and b"<!ENTITY" in beginning
