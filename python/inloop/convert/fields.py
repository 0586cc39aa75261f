# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What layers hold besides numbers; the numbers of the enumerations are those of the compact form."""

import struct
from dataclasses import dataclass
from enum import IntEnum


@dataclass
class Window:
    """Kernel, strides and pads of convolutions and pooling.

    Attributes:
        kernel: Height and width.
        strides: Rows and columns from one window to the next.
        pads: Zeros at the top, left, bottom and right.
    """

    kernel: tuple[int, int] = (1, 1)
    strides: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)

    def pack(self) -> bytes:
        """Eight bytes of the compact form."""
        return struct.pack("<8B", *self.kernel, *self.strides, *self.pads)


class Coordinates(IntEnum):
    """Where a sample of a resized value lies in the input, in ONNX's words."""

    HALF_PIXEL = 0
    ASYMMETRIC = 1
    ALIGN_CORNERS = 2


class Interpolation(IntEnum):
    """How samples between samples are made; the cubic kernels have the parameter -3/4 and -1/2."""

    NEAREST = 0
    BILINEAR = 1
    BICUBIC = 2
    CATMULL_ROM = 3


class NearestMode(IntEnum):
    """Which sample is the nearest to a coordinate."""

    PREFER_FLOOR = 0
    PREFER_CEIL = 1
    FLOOR = 2
    CEIL = 3


@dataclass
class Resampling:
    """Fields of resize.

    Attributes:
        interpolation: Nearest, linear or cubic.
        coordinates: How a position of the result maps to one of the input.
        nearest: How a position is rounded to the nearest sample.
        pytorch: Whether a result of one row or column reads coordinate 0, as PyTorch has it.
        y, x: Factors of height and width, (numerator, denominator).
    """

    interpolation: Interpolation = Interpolation.NEAREST
    coordinates: Coordinates = Coordinates.HALF_PIXEL
    nearest: NearestMode = NearestMode.PREFER_FLOOR
    pytorch: bool = False
    y: tuple[int, int] = (1, 1)
    x: tuple[int, int] = (1, 1)

    def pack(self) -> bytes:
        """Twelve bytes of the compact form."""
        return struct.pack(
            "<4B4H", self.interpolation, self.coordinates, self.nearest, self.pytorch, *self.y, *self.x
        )


class GridPadding(IntEnum):
    """What a grid finds outside of the picture."""

    ZEROS = 0
    BORDER = 1
    REFLECTION = 2


@dataclass
class GridSampling:
    """Fields of grid_sample.

    Attributes:
        interpolation: How samples between the positions of the input are made.
        padding: What lies outside the input.
        align_corners: Whether -1 and 1 are the centres of the outermost samples, not their outer edges.
    """

    interpolation: Interpolation = Interpolation.BILINEAR
    padding: GridPadding = GridPadding.ZEROS
    align_corners: bool = False

    def pack(self) -> bytes:
        """Three bytes of the compact form."""
        return struct.pack("<3B", self.interpolation, self.padding, self.align_corners)


class Function(IntEnum):
    """Functions of one real number x; a and b are the layer's parameters."""

    SIGMOID = 0
    HARD_SIGMOID = 1  # clip(a x + b, 0, 1)
    HARD_SWISH = 2
    TANH = 3
    GELU = 4
    GELU_TANH = 5
    ERF = 6
    EXP = 7
    LOG = 8
    SQRT = 9
    RECIPROCAL = 10
    ABS = 11
    SOFTPLUS = 12
    SOFTSIGN = 13
    ELU = 14  # x < 0: a (exp(b x) - 1)
    MISH = 15
    SWISH = 16  # x sigmoid(a x)
    FLOOR = 17
    CEIL = 18
    ROUND = 19  # halves to even
    TRUNCATE = 20
    SIGN = 21
    POWER = 22  # x**a
    SINE = 23
    COSINE = 24


class Comparison(IntEnum):
    """Comparisons; their result is 1 or 0."""

    LESS = 0
    LESS_EQUAL = 1
    GREATER = 2
    GREATER_EQUAL = 3
    EQUAL = 4
    NOT_EQUAL = 5


@dataclass
class Rearrangement:
    """Fields of rearrange: reshapes and transposes of height, width and channels as products of axes.

    Attributes:
        axes: (dimension of the input, size) of each axis, outermost first; size 0 is what is left.
        target: Indices of the axes that height, width and channels of the result are products of.
    """

    axes: tuple[tuple[int, int], ...] = ()
    target: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]] = ((), (), ())

    def pack(self) -> bytes:
        """The fields in the compact form."""
        parts = [struct.pack("<B", len(self.axes))]
        parts += [struct.pack("<BH", source, size) for source, size in self.axes]
        parts += [struct.pack(f"<B{len(axes)}B", len(axes), *axes) for axes in self.target]
        return b"".join(parts)
