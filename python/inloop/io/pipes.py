# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams whose first bytes are looked at and can be read all the same, pipes too."""

from __future__ import annotations

import io
from typing import BinaryIO, cast


class _Replayed(io.RawIOBase):
    """Bytes that were read already, then the rest of a stream."""

    def __init__(self, start: bytes, rest: BinaryIO) -> None:
        self._start, self._rest = start, rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._start:
            read = getattr(self._rest, "read1", self._rest.read)
            self._start = read(len(buffer))
        count = min(len(buffer), len(self._start))
        buffer[:count] = self._start[:count]
        self._start = self._start[count:]
        return count


def look_ahead(stream: BinaryIO, count: int) -> tuple[bytes, BinaryIO]:
    """Return the first bytes of a stream, up to `count`, and a stream of all its bytes, the same where it can seek."""
    if stream.seekable():
        position = stream.tell()
        start = stream.read(count)
        stream.seek(position)
        return start, stream
    start = b""
    read = getattr(stream, "read1", stream.read)
    while len(start) < count and (more := read(count - len(start))):
        start += more
    return start, cast(BinaryIO, io.BufferedReader(_Replayed(start, stream)))
