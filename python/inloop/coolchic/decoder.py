# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The decoder: the bytes of a stream in, pictures in display order out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.errors import UnsupportedError
from inloop.video.frame import Frame


@dataclass(frozen=True, eq=False, slots=True)
class RgbPicture:
    """One RGB picture.

    Attributes:
        red: Samples, uint8 of shape (height, width).
        green: Likewise.
        blue: Likewise.
        pts: Index in display order.
        bit_depth: Bits a sample, 8.
    """

    red: npt.NDArray[np.uint8]
    green: npt.NDArray[np.uint8]
    blue: npt.NDArray[np.uint8]
    pts: int = 0
    bit_depth: int = 8

    @property
    def width(self) -> int:
        """Width in samples."""
        return int(self.red.shape[1])

    @property
    def height(self) -> int:
        """Height in samples."""
        return int(self.red.shape[0])

    @property
    def planes(self) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        """The planes (red, green, blue)."""
        return self.red, self.green, self.blue

    def interleaved(self) -> npt.NDArray[np.uint8]:
        """Return the samples as an array of shape (height, width, 3)."""
        return np.stack(self.planes, axis=-1)

    def to_bytes(self) -> bytes:
        """Return the planes one after the other, red first, rows unpadded."""
        return b"".join(plane.tobytes() for plane in self.planes)


class Decoder:
    """Decoder of one Cool-chic v3.1 stream (both variants of its header), which is one group of pictures.

    Samples depend neither on the number of threads nor on the instruction set.

    Args:
        data: The whole stream.
        threads: How many pictures are decoded at a time, 1 to 64.

    Raises:
        BitstreamError: The data is no such stream.
        UnsupportedError: Pictures of more than 2^25 samples, and what no released stream has (GELU, static upsampling
            kernels, RGB of 10 bit, YUV 4:4:4).
        ConfigError: The number of threads.
    """

    def __init__(self, data: bytes | bytearray | memoryview, threads: int = 1) -> None:
        self._core = _core.CoolchicDecoder(bytes(data), threads)
        if self.format == "yuv444" or (self.format == "rgb" and self.bit_depth != 8):
            raise UnsupportedError(f"Cool-chic pictures in {self.format} of {self.bit_depth} bit")

    @property
    def width(self) -> int:
        """Luma width in samples."""
        return self._core.width

    @property
    def height(self) -> int:
        """Luma height in samples."""
        return self._core.height

    @property
    def bit_depth(self) -> int:
        """Bits a sample: 8 or 10."""
        return self._core.bit_depth

    @property
    def format(self) -> str:
        """What the planes are: "rgb" or "yuv420"."""
        return self._core.format

    @property
    def pictures(self) -> int:
        """Number of pictures, as the header says."""
        return self._core.pictures

    def __iter__(self) -> Iterator[Frame | RgbPicture]:
        """Yield the pictures in display order, `pts` counting from 0; a second pass goes on where the first ended.

        Planes are views that keep their picture alive and must not be written.

        Raises:
            BitstreamError: At the first picture that is damaged or refers to one that is; the pictures shown before
                it come first.
        """
        pts = 0
        while (planes := self._core.next()) is not None:
            yield RgbPicture(*planes, pts) if self.format == "rgb" else Frame(*planes, self.bit_depth, pts)
            pts += 1


def starts_like_stream(data: bytes | bytearray | memoryview) -> bool:
    """Return whether the bytes look like the start of a Cool-chic stream; 512 bytes decide it."""
    return _core.coolchic_starts_like_stream(bytes(data))
