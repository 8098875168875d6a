"""A bundle from somebody: looked through from end to end before anything of it is believed."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

import msgspec
import numpy as np
import zstandard

from ingest.bundles import format as bundle
from ingest.bundles.errors import BundleRefused
from ingest.bundles.rows import checked_chunk, checked_dataset, checked_file, checked_questions
from retrieval.types import Vector

_BLOCK = 1024 * 1024
_MOST_MEMBERS = 5_000_000
_MOST_WINDOWS = 64
_ZSTD_WINDOW = 2**27  # bytes that unpacking may take; what the writer makes needs 8 MiB
_REQUIRED = (bundle.MANIFEST, bundle.QUESTIONS, bundle.CHECKSUMS)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """In bytes. `inflated` is for all chunks of one file, unpacked."""

    original: int
    inflated: int


class Bundle:
    """Of an open archive. BundleRefused, with the member's name, for whatever is not as the format says."""

    def __init__(self, archive: zipfile.ZipFile, size: int, limits: BundleLimits) -> None:
        self._archive = archive
        self._limits = limits
        self._members = _members(archive, size)
        self.manifest = _manifest(self._json(bundle.MANIFEST))

    @classmethod
    @contextmanager
    def opened(cls, path: Path, limits: BundleLimits) -> Iterator[Bundle]:
        try:
            with zipfile.ZipFile(path) as archive:
                yield cls(archive, path.stat().st_size, limits)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise BundleRefused(f"{path.name!r} is no sound ZIP archive ({error})") from error

    def verify(self) -> None:
        """Every member against its checksum, and every part of it against the format. Writes nothing."""
        sums = _decoded(self._json(bundle.CHECKSUMS), dict[str, str], bundle.CHECKSUMS)
        if set(sums) != set(self._members) - {bundle.CHECKSUMS}:
            raise BundleRefused(f"{bundle.CHECKSUMS} does not name exactly the members that are there")
        for name, wanted in sums.items():
            if self._digest(name) != wanted:
                raise BundleRefused(f"the checksum of {name} is wrong; copy or export it again")
        numbers = self.numbers()
        if len(numbers) > self.manifest.files:
            raise BundleRefused(f"it holds {len(numbers)} files and announces {self.manifest.files}")
        checked_dataset(self.manifest.dataset)
        names: set[str] = set()
        for number in numbers:
            names.add(self._verify_file(number))
        if len(names) < len(numbers):
            raise BundleRefused("it has several files of one name")
        checked_questions(self.questions())

    def numbers(self) -> Sequence[int]:
        """Of the files, in order."""
        return sorted({int(name.split("/")[1]) for name in self._members if name.startswith("files/")})

    def file(self, number: int) -> bundle.FileFacts:
        name = bundle.member(number, "file.json")
        return _decoded(self._json(name), bundle.FileFacts, name)

    def has(self, number: int, part: str) -> bool:
        return bundle.member(number, part) in self._members

    @contextmanager
    def part(self, number: int, part: str) -> Iterator[IO[bytes]]:
        with self._open(bundle.member(number, part)) as stream:
            yield stream

    def questions(self) -> Sequence[bundle.QuestionSetFacts]:
        return _decoded(self._json(bundle.QUESTIONS), list[bundle.QuestionSetFacts], bundle.QUESTIONS)

    def chunks(self, number: int) -> Iterator[tuple[Sequence[bundle.ChunkFacts], Sequence[Sequence[Vector]]]]:
        """Slice by slice, each chunk with the vectors of its windows; none where the bundle has none of it."""
        with self.part(number, "chunks") as packed, self.part(number, "vectors") as vectors:
            unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
            with unpacker.stream_reader(packed) as stream:
                for chunks in self._frames(number, stream):
                    yield chunks, [self._windows(number, vectors) for _ in chunks]
            if vectors.read(1):
                raise BundleRefused(f"{bundle.member(number, 'vectors')} has more vectors than there are chunks")

    def _frames(self, number: int, stream: IO[bytes]) -> Iterator[Sequence[bundle.ChunkFacts]]:
        name, left, position = bundle.member(number, "chunks"), self._limits.inflated, -1
        while head := _exactly(stream, 4, name, may_end=True):
            (size,) = struct.unpack("<I", head)
            left -= size
            if size > bundle.FRAME_BYTES or left < 0:
                raise BundleRefused(
                    f"{name} unpacks to more than is allowed; raise CAIRN_PARSE_MAX_CHARACTERS if it must"
                )
            chunks = _decoded(_exactly(stream, size, name), list[bundle.ChunkFacts], name, packed=True)
            for chunk in chunks:
                if chunk.position <= position:
                    raise BundleRefused(f"{name} is not in the order of its positions")
                position = chunk.position
            yield chunks

    def _windows(self, number: int, stream: IO[bytes]) -> Sequence[Vector]:
        name, size = bundle.member(number, "vectors"), self.manifest.model.vector_size
        (count,) = struct.unpack("<I", _exactly(stream, 4, name))
        if count > _MOST_WINDOWS:
            raise BundleRefused(f"{name} has a chunk of {count} windows; {_MOST_WINDOWS} are the most")
        found = [np.frombuffer(_exactly(stream, 4 * size, name), dtype="<f4") for _ in range(count)]
        if any(not np.isfinite(one).all() or not 0.9 < float(np.linalg.norm(one)) < 1.1 for one in found):
            raise BundleRefused(f"{name} has vectors that are not of unit length")
        return found

    def _verify_file(self, number: int) -> str:
        """The file's name."""
        file = self.file(number)
        checked_file(file)
        original = bundle.member(number, "original")
        if original not in self._members:
            raise BundleRefused(f"{original} is missing")
        size = self._archive.getinfo(original).file_size
        if size != file.size_bytes or self._digest(original) != file.sha256:
            raise BundleRefused(f"{original} is not the file that {bundle.member(number, 'file.json')} describes")
        if size > self._limits.original:
            raise BundleRefused(
                f"{file.name!r} has {size} bytes, and this installation takes {self._limits.original}: "
                "raise CAIRN_UPLOAD_MAX_FILE"
            )
        if file.generation is None:
            return file.name
        for part in ("chunks", "vectors"):
            if not self.has(number, part):
                raise BundleRefused(f"{bundle.member(number, part)} is missing")
        counted = 0
        for chunks, _ in self.chunks(number):
            counted += len(chunks)
            for chunk in chunks:
                checked_chunk(chunk)
        if counted != file.generation.chunks_count:
            raise BundleRefused(f"{file.name!r} has {counted} chunks and says {file.generation.chunks_count}")
        return file.name

    def _digest(self, name: str) -> str:
        digest = hashlib.sha256()
        with self._open(name) as stream:
            while data := stream.read(_BLOCK):
                digest.update(data)
        return digest.hexdigest()

    def _json(self, name: str) -> bytes:
        if name not in self._members:
            raise BundleRefused(f"{name} is missing")
        if self._archive.getinfo(name).file_size > bundle.MOST_JSON_BYTES:
            raise BundleRefused(f"{name} is larger than {bundle.MOST_JSON_BYTES} bytes")
        with self._open(name) as stream:
            return stream.read()

    def _open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)


def _members(archive: zipfile.ZipFile, size: int) -> frozenset[str]:
    """Names of the format alone, each once, stored as they are, and together no more bytes than the archive has: then
    no member can be longer than what somebody went to the trouble of sending."""
    infos = archive.infolist()
    if len(infos) > _MOST_MEMBERS:
        raise BundleRefused(f"it has {len(infos)} members")
    names = frozenset(info.filename for info in infos)
    if len(names) < len(infos):
        raise BundleRefused("it has several members of one name")
    for info in infos:
        if not bundle.is_member(info.filename):
            raise BundleRefused(f"it has a member {info.filename[:200]!r}, which this format does not know")
        if info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1:
            raise BundleRefused(f"{info.filename} is compressed or encrypted, which members of a bundle are not")
    if sum(info.file_size for info in infos) > size:
        raise BundleRefused("its members are longer together than it is itself")
    missing = [name for name in _REQUIRED if name not in names]
    if missing:
        raise BundleRefused(f"{missing[0]} is missing; is it a bundle that `cairn export` wrote, and all of it?")
    return names


def _manifest(data: bytes) -> bundle.Manifest:
    head = _decoded(data, dict, bundle.MANIFEST)
    if head.get("format") != bundle.FORMAT:
        raise BundleRefused(f"its format is {str(head.get('format'))[:100]!r}, not {bundle.FORMAT!r}")
    if head.get("version") != bundle.VERSION:
        raise BundleRefused(
            f"it is of version {str(head.get('version'))[:20]}, and this Cairn reads version {bundle.VERSION}; "
            "export it with a Cairn of the same version"
        )
    found = _decoded(data, bundle.Manifest, bundle.MANIFEST)
    if not 1 <= found.model.vector_size <= 16384:
        raise BundleRefused(f"{bundle.MANIFEST}: vectors of size {found.model.vector_size}")
    return found


def _decoded(data: bytes, kind: type[T], name: str, *, packed: bool = False) -> T:
    try:
        return msgspec.msgpack.decode(data, type=kind) if packed else msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BundleRefused(f"{name}: {error}") from error


def _exactly(stream: IO[bytes], size: int, name: str, *, may_end: bool = False) -> bytes:
    parts, left = [], size
    while left:
        try:
            data = stream.read(left)
        except zstandard.ZstdError as error:
            raise BundleRefused(f"{name} cannot be unpacked: {error}") from error
        if not data:
            break
        parts.append(data)
        left -= len(data)
    found = b"".join(parts)
    if left and not (may_end and not found):
        raise BundleRefused(f"{name} ends in the middle")
    return found
