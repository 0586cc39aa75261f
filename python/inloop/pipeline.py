# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Small pieces between readers, codec and writers: selection, draining, display order, hashes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import BinaryIO, Generic, Protocol, TypeVar

from inloop.codec import Decoder, Encoder, Packet
from inloop.video.frame import Frame

_CHUNK_BYTES = 1 << 14


def select_frames(frames: Iterable[Frame], skip: int = 0, count: int | None = None) -> Iterator[Frame]:
    """Yield some of the pictures, their `pts` counting from 0.

    Args:
        frames: Pictures in display order.
        skip: How many are left out at the start.
        count: How many are taken at most; None for all.
    """
    stop = None if count is None else skip + count
    for pts, frame in enumerate(islice(frames, skip, stop)):
        yield frame if frame.pts == pts else replace(frame, pts=pts)


def encode_frames(encoder: Encoder, frames: Iterable[Frame]) -> Iterator[Packet]:
    """Yield the packets of all pictures in coding order, the delayed ones included.

    Where encoding fails, the packets that were complete before come first, then the error.

    Args:
        encoder: A new encoder; it is flushed at the end.
        frames: Pictures in display order, of its size and bit depth.
    """
    try:
        for frame in frames:
            yield from encoder.encode(frame)
        yield from encoder.flush()
    except Exception:
        yield from encoder.remaining()
        raise


def decode_chunks(decoder: Decoder, chunks: Iterable[bytes]) -> Iterator[Frame]:
    """Yield the pictures of an Annex B stream in display order.

    Where the stream is damaged, the pictures before the damage come first, then the error.

    Args:
        decoder: A new decoder; it is flushed at the end.
        chunks: The stream in pieces of any size.
    """
    return decoder.pictures(chunks)


def read_chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a binary stream in pieces, each as soon as it is there."""
    read = getattr(stream, "read1", stream.read)  # that of a pipe does not wait until the piece is full
    while chunk := read(_CHUNK_BYTES):
        yield chunk


class PlanarPicture(Protocol):
    """A picture of any colour format, as far as order and hash are concerned."""

    @property
    def pts(self) -> int | None:
        """Presentation index."""

    def to_bytes(self) -> bytes:
        """Return the planar bytes."""


_Picture = TypeVar("_Picture", bound=PlanarPicture)


class DisplayOrder(Generic[_Picture]):
    """Reorders pictures whose `pts` are a permutation of 0, 1, 2, ...; holds back no more than it must."""

    def __init__(self) -> None:
        self._waiting: dict[int | None, _Picture] = {}
        self._following = 0

    def push(self, frame: _Picture) -> Iterator[_Picture]:
        """Take one picture in, and yield those that can now be shown."""
        self._waiting[frame.pts] = frame
        while (ready := self._waiting.pop(self._following, None)) is not None:
            self._following += 1
            yield ready


class SequenceMd5:
    """MD5 over the planar bytes of pictures: what `ffmpeg -f rawvideo - | md5sum` prints for the same pictures."""

    def __init__(self) -> None:
        self._hash = hashlib.md5(usedforsecurity=False)
        self._order: DisplayOrder[PlanarPicture] = DisplayOrder()

    def add(self, frame: PlanarPicture) -> None:
        """Append one picture; pictures may come in any order of their `pts`, which count from 0."""
        for ready in self._order.push(frame):
            self._hash.update(ready.to_bytes())

    def hexdigest(self) -> str:
        """Return the hash of the pictures so far."""
        return self._hash.hexdigest()
