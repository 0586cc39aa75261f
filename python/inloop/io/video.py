# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What every reader of uncompressed pictures offers."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, Protocol

from inloop.errors import BitstreamError, ConfigError
from inloop.video.frame import Frame
from inloop.video.signal import SignalDescription

MAX_SIDE = 16384
MAX_FPS = 1000
DEFAULT_FPS = Fraction(25)


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """Size, rate and sample format of a sequence of pictures.

    Attributes:
        width, height: Luma samples, 1 .. 16384.
        fps: Pictures a second.
        bit_depth: Bits a sample, 8 .. 16.
        frames: Number of pictures, or None where only reading to the end can tell.
        signal: What is said of the samples.

    Raises:
        ConfigError: A value is out of range.
    """

    width: int
    height: int
    fps: Fraction = DEFAULT_FPS
    bit_depth: int = 8
    frames: int | None = None
    signal: SignalDescription = SignalDescription()

    def __post_init__(self) -> None:
        if not (1 <= self.width <= MAX_SIDE and 1 <= self.height <= MAX_SIDE):
            raise ConfigError(
                f"picture size {self.width}x{self.height} is outside 1x1 .. {MAX_SIDE}x{MAX_SIDE}"
            )
        if not 0 < self.fps <= MAX_FPS:
            raise ConfigError(
                f"{self.fps} pictures a second are outside 0 .. {MAX_FPS}: give the rate with --fps"
            )


@dataclass(frozen=True, slots=True)
class SourceContainer:
    """The container that pictures were read from.

    Attributes:
        path: Where it can be opened again; None where it came through a pipe, which is read once.
        stream: Index of the stream of the pictures.
        start: Time in seconds with which the file begins; those of its pictures count from there.
        tick: Seconds between two times that it can tell apart; None where its times are not those of the pictures.
        display_matrix: Nine numbers (`inloop.io.orientation.Orientation`); None where it says nothing.
        others: Kinds of the streams beside that of the pictures.
    """

    path: Path | None
    stream: int
    start: Fraction = Fraction(0)
    tick: Fraction | None = None
    display_matrix: tuple[int, ...] | None = None
    others: tuple[str, ...] = ()


class VideoReader(Protocol):
    """A source of pictures: what it holds, and one pass over it.

    Attributes:
        container: What else there is in the file; None for files that hold pictures alone.
    """

    container: SourceContainer | None

    @property
    def info(self) -> VideoInfo:
        """Size, rate and sample format; known before the first picture is read."""

    def __iter__(self) -> Iterator[Frame]:
        """Yield the pictures in display order, `pts` counting from 0.

        Raises BitstreamError where the data is damaged or ends inside a picture.
        """


class VideoWriter(Protocol):
    """A sink of pictures."""

    def write(self, frame: Frame) -> None:
        """Append one picture. Raises ConfigError where its size or depth is not that of the sequence."""


class ShortPictureError(BitstreamError):
    """The data ends inside a picture."""

    def __init__(self, index: int, got: int, wanted: int) -> None:
        super().__init__(f"the data ends inside picture {index}: {got} of {wanted} bytes")


def check_frame_fits(frame: Frame, info: VideoInfo) -> None:
    """Raise ConfigError unless the picture has the size and bit depth of the sequence."""
    if (frame.width, frame.height, frame.bit_depth) != (info.width, info.height, info.bit_depth):
        raise ConfigError(f"{frame} in a {info.width}x{info.height} {info.bit_depth}-bit sequence")


def picture_count(stream: BinaryIO, picture_bytes: int, header_bytes: int = 0) -> int | None:
    """Return how many pictures of a size a stream has, None where it is no regular file."""
    if not isinstance(stream, io.BufferedReader) or not isinstance(stream.raw, io.FileIO):
        return None
    status = os.fstat(stream.fileno())
    if not stat.S_ISREG(status.st_mode):
        return None
    return (status.st_size - header_bytes) // picture_bytes
