# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""RGB pictures into files: PNG (ISO/IEC 15948), or the bare planes."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import numpy as np
import numpy.typing as npt

from inloop.errors import ConfigError
from inloop.io.output import open_output

_SUFFIXES = {".png": "png", ".rgb": "planes", ".yuv": "planes"}


class PlanarRgb(Protocol):
    """What is written: 8-bit samples as (height, width, 3), and as planes."""

    def interleaved(self) -> npt.NDArray[np.uint8]:
        """Return red, green and blue of every sample."""

    def to_bytes(self) -> bytes:
        """Return the planes one after the other."""


class RgbWriter:
    """Writes pictures to a binary stream as PNG, which holds one, or as planes."""

    def __init__(self, stream: BinaryIO, png: bool) -> None:
        self._stream = stream
        self._png = png
        self._pictures = 0

    def write(self, picture: PlanarRgb) -> None:
        """Append one picture. Raises ConfigError for a second one in a PNG file."""
        if self._png and self._pictures:
            raise ConfigError("a PNG file holds one picture")
        self._stream.write(png_bytes(picture.interleaved()) if self._png else picture.to_bytes())
        self._pictures += 1


@contextmanager
def open_rgb_writer(target: str | os.PathLike[str]) -> Iterator[RgbWriter]:
    """Open a file for RGB pictures: PNG by its name, else (.rgb, .yuv, a pipe) planes R, G, B without a header.

    It gets its name when the block ends without an error. Raises OSError, and ConfigError for other extensions.
    """
    path = Path(target)
    kind = _SUFFIXES.get(path.suffix.lower())
    if os.fspath(target) == "-" or (path.exists() and not path.is_file()):
        kind = "planes"
    if kind is None:
        raise ConfigError(f"{path}: RGB pictures are written as .png or .rgb")
    with open_output(target) as stream:
        yield RgbWriter(stream, kind == "png")


def png_bytes(samples: npt.NDArray[np.uint8]) -> bytes:
    """Return a PNG file of an array of shape (height, width, 3), uint8."""
    height, width, _ = samples.shape
    # Differences to the sample on the left (filter type 1) compress better than samples.
    rows = samples.reshape(height, 3 * width)
    filtered = np.empty((height, 1 + 3 * width), np.uint8)
    filtered[:, 0] = 1
    filtered[:, 1:4] = rows[:, :3]
    np.subtract(rows[:, 3:], rows[:, :-3], out=filtered[:, 4:])
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(filtered.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
