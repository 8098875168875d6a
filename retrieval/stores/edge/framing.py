"""Frames on a stream socket: four bytes of length, then that many bytes."""

from __future__ import annotations

import socket
import struct

_LENGTH = struct.Struct("<I")
LARGEST = 256 * 1024 * 1024


class PeerGoneError(ConnectionError):
    """The other side closed the connection or died, perhaps in the middle of a frame."""


def send_frame(connection: socket.socket, frame: bytes) -> None:
    if len(frame) > LARGEST:
        raise ValueError(f"a frame of {len(frame)} bytes is over the limit of {LARGEST}")
    try:
        connection.sendall(_LENGTH.pack(len(frame)) + frame)
    except (BrokenPipeError, ConnectionResetError) as error:
        raise PeerGoneError("the peer closed the connection") from error


def receive_frame(connection: socket.socket) -> bytes:
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > LARGEST:
        raise PeerGoneError(f"the peer announced a frame of {length} bytes, over the limit of {LARGEST}")
    return bytes(_exactly(connection, length))


def _exactly(connection: socket.socket, count: int) -> bytearray:
    data = bytearray(count)
    view = memoryview(data)
    got = 0
    while got < count:
        try:
            read = connection.recv_into(view[got:])
        except ConnectionResetError as error:
            raise PeerGoneError("the peer closed the connection") from error
        if read == 0:
            raise PeerGoneError("the peer closed the connection")
        got += read
    return data
