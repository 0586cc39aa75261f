# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One picture in planar YUV 4:2:0, the currency between readers, codec, metrics and writers."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.errors import ConfigError
from inloop.video.av_pictures import picture_of, planes_of
from inloop.video.planes import Plane, plane_shapes, sample_dtype
from inloop.video.rgb import planes_from_rgb, rgb_from_planes
from inloop.video.signal import SignalDescription

PLANE_NAMES = ("y", "u", "v")


class Psnr(NamedTuple):
    """Peak signal-to-noise ratio of the three planes in dB; infinite where the planes are equal."""

    y: float
    u: float
    v: float


def plane_sse(a: Plane, b: Plane) -> int:
    """Return the sum of squared differences of two planes.

    Args:
        a: Samples, uint8 or uint16 ``[rows, columns]``, of any row stride.
        b: Samples of the same shape.

    Raises:
        ConfigError: The shapes differ.
    """
    return _core.plane_sse(a, b)


def psnr_db(sse: float, samples: int, bit_depth: int) -> float:
    """Return 10 log10(peak^2 * samples / sse) in dB, peak = 255 << (bit_depth - 8); inf if sse is 0.

    This peak, and not 2^bit_depth - 1, is that of the common test conditions of the JVT: a clip has the same
    PSNR at 8 bit and shifted up to 10 bit.

    Args:
        sse: Sum of squared errors.
        samples: Number of samples that were summed over.
        bit_depth: Bits a sample, 8 or more.
    """
    if sse == 0:
        return math.inf
    peak = 255 << (bit_depth - 8)
    return 10.0 * math.log10(peak * peak * samples / sse)


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """One picture, planar YUV 4:2:0.

    Attributes:
        y: Luma, shape (height, width).
        u, v: Chroma, shape (ceil(height / 2), ceil(width / 2)). Samples are uint8 where `bit_depth` is 8 and
            uint16 above, in 0 .. 2^bit_depth - 1. Planes may have any row stride and are not copied.
        bit_depth: Bits a sample, 8 .. 16.
        pts: Presentation index of the picture in frame periods, or None where it is unknown.
        time: Seconds from the start of its file to its presentation, or None where pictures are evenly apart.

    Raises:
        ConfigError: Shape, type or range of a plane does not fit.
        TypeError: A plane is no array.
    """

    y: Plane
    u: Plane
    v: Plane
    bit_depth: int = 8
    pts: int | None = None
    time: Fraction | None = None

    def __post_init__(self) -> None:
        for name, plane in zip(PLANE_NAMES, self.planes, strict=True):
            if not isinstance(plane, np.ndarray):
                raise TypeError(f"plane {name} is of {type(plane).__name__}, not a numpy array")
        dtype = sample_dtype(self.bit_depth)
        if self.y.ndim != 2:
            raise ConfigError(f"plane y has {self.y.ndim} dimensions instead of 2")
        for name, plane, shape in zip(
            PLANE_NAMES, self.planes, plane_shapes(self.width, self.height), strict=True
        ):
            if plane.shape != shape:
                raise ConfigError(f"plane {name} has shape {plane.shape} instead of {shape}")
            if plane.dtype != dtype:
                raise ConfigError(
                    f"plane {name} has type {plane.dtype} instead of {dtype} ({self.bit_depth} bit)"
                )
            if 8 < self.bit_depth < 16 and int(plane.max()) >> self.bit_depth:
                raise ConfigError(f"plane {name} holds {plane.max()}, too large for {self.bit_depth} bit")

    @classmethod
    def from_bytes(
        cls, data: bytes | memoryview, width: int, height: int, bit_depth: int = 8, pts: int | None = None
    ) -> Frame:
        """Wrap planar bytes without a copy: Y, then U, then V, rows unpadded, little-endian above 8 bit.

        Args:
            data: As many bytes as `frame_bytes` says; they must outlive the frame unchanged.
            width: Luma samples in a row, positive; odd sizes round chroma up.
            height: Luma rows, positive.
            bit_depth: Bits a sample, as for `Frame`: one byte a sample at 8, two above.
            pts: Presentation index of the picture in frame periods, or None where it is unknown.

        Raises:
            ConfigError: The number of bytes does not fit the size.
        """
        dtype = sample_dtype(bit_depth)
        shapes = plane_shapes(width, height)
        wanted = frame_bytes(width, height, bit_depth)
        if len(data) != wanted:
            raise ConfigError(
                f"{len(data)} bytes instead of {wanted} for a {width}x{height} {bit_depth}-bit picture"
            )
        samples = np.frombuffer(data, dtype=dtype.newbyteorder("<")).astype(dtype, copy=False)
        ends = np.cumsum([rows * columns for rows, columns in shapes])
        y, u, v = (
            part.reshape(shape) for part, shape in zip(np.split(samples, ends[:-1]), shapes, strict=True)
        )
        return cls(y, u, v, bit_depth, pts)

    @classmethod
    def from_av(cls, picture: Any, pts: int | None = None) -> Frame:
        """Return a `VideoFrame` of PyAV, whose memory the frame shares.

        Args:
            picture: In yuv420p, yuvj420p or yuv420p10le; `picture.reformat(format=...)` converts other formats.
            pts: Presentation index of the picture in frame periods; that of `picture` counts in another unit.

        Raises:
            UnsupportedError: It has another pixel format.
        """
        return cls(*planes_of(picture), pts)

    def to_av(self, signal: SignalDescription | None = None) -> Any:
        """Return a copy as a `VideoFrame` of PyAV (the [video] extra), without a time.

        Args:
            signal: What the picture is to say of its samples and fields; nothing by default.

        Raises:
            UnsupportedError: The depth is neither 8 nor 10 bit.
            ModuleNotFoundError: PyAV is missing.
        """
        return picture_of(self.planes, self.bit_depth, signal or SignalDescription())

    @classmethod
    def from_rgb(
        cls,
        rgb: npt.NDArray[np.uint8],
        *,
        matrix: str,
        full_range: bool,
        chroma_location: str = "left",
        bit_depth: int = 8,
        pts: int | None = None,
    ) -> Frame:
        """Convert a picture of red, green and blue; chroma is the average of the luma samples around it.

        Args:
            rgb: Samples, uint8 ``[height, width, 3]``.
            matrix: "bt709", "smpte170m" (BT.601), "bt2020nc" or another of `inloop.video.rgb.WEIGHTS`.
            full_range: Whether samples are to use all values, or those of studio range (16 .. 235 at 8 bit).
            chroma_location: Where chroma samples lie: "left" or "center".
            bit_depth: Bits a sample of the result.
            pts: Presentation index of the picture in frame periods.

        Raises:
            ConfigError: The array has another form, or a name is unknown.
        """
        return cls(*planes_from_rgb(rgb, matrix, full_range, chroma_location, bit_depth), bit_depth, pts)

    def to_rgb(
        self, *, matrix: str, full_range: bool, chroma_location: str = "left"
    ) -> npt.NDArray[np.uint8]:
        """Return red, green and blue, uint8 ``[height, width, 3]``; chroma is interpolated linearly.

        The arguments are those of `from_rgb`, and say what the samples are. Raises ConfigError for unknown names.
        """
        return rgb_from_planes(self.planes, matrix, full_range, chroma_location, self.bit_depth)

    @property
    def width(self) -> int:
        """Luma width in samples."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Luma height in samples."""
        return int(self.y.shape[0])

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """The planes (y, u, v)."""
        return self.y, self.u, self.v

    def to_bytes(self) -> bytes:
        """Return the planar bytes that `from_bytes` reads."""
        little = sample_dtype(self.bit_depth).newbyteorder("<")
        return b"".join(plane.astype(little, copy=False).tobytes() for plane in self.planes)

    def md5(self) -> str:
        """Return the MD5 (hex) of `to_bytes()`, which is the picture as other decoders write it raw."""
        return hashlib.md5(self.to_bytes(), usedforsecurity=False).hexdigest()

    def to_depth(self, bit_depth: int) -> Frame:
        """Return the picture with as many more bits a sample, shifted left; itself where the depth is the same.

        Raises ConfigError where `bit_depth` is smaller.
        """
        if bit_depth == self.bit_depth:
            return self
        if bit_depth < self.bit_depth:
            raise ConfigError(f"{self} has more than {bit_depth} bit")
        dtype, shift = sample_dtype(bit_depth), bit_depth - self.bit_depth
        y, u, v = (np.left_shift(plane, shift, dtype=dtype) for plane in self.planes)
        return Frame(y, u, v, bit_depth, self.pts, self.time)

    def sse(self, other: Frame) -> tuple[int, int, int]:
        """Return the sums of squared differences of Y, U and V.

        Raises ConfigError where size or bit depth differ.
        """
        if (self.width, self.height, self.bit_depth) != (other.width, other.height, other.bit_depth):
            raise ConfigError(f"cannot compare {self} with {other}")
        y, u, v = (plane_sse(a, b) for a, b in zip(self.planes, other.planes, strict=True))
        return y, u, v

    def psnr(self, other: Frame) -> Psnr:
        """Return the PSNR of Y, U and V in dB. Raises ConfigError where size or bit depth differ."""
        pairs = zip(self.sse(other), self.planes, strict=True)
        return Psnr(*(psnr_db(sse, plane.size, self.bit_depth) for sse, plane in pairs))

    def __repr__(self) -> str:
        return f"Frame({self.width}x{self.height}, {self.bit_depth} bit, pts={self.pts})"


def frame_bytes(width: int, height: int, bit_depth: int = 8) -> int:
    """Return the number of bytes of a planar 4:2:0 picture.

    Args:
        width: Luma samples in a row, positive.
        height: Luma rows, positive.
        bit_depth: Bits a sample: one byte each at 8 bit, two above.

    Raises:
        ConfigError: The size is not positive.
    """
    samples = sum(rows * columns for rows, columns in plane_shapes(width, height))
    return samples * sample_dtype(bit_depth).itemsize
