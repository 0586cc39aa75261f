# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sizes of dimensions: integers, or expressions of a height and width that only the caller of a session chooses."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Size:
    """factor * (product of the bases) + offset; a base is a name or the text of another expression."""

    bases: tuple[str, ...]
    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)

    def __str__(self) -> str:
        text = "*".join(([] if self.factor == 1 else [str(self.factor)]) + list(self.bases))
        return text if not self.offset else f"({text}+{self.offset})"

    def closed(self) -> Size:
        """The same as one factor without an offset, so that products can be taken."""
        return self if not self.offset else Size((str(self),))

    def __add__(self, other: int) -> Size:
        return Size(self.bases, self.factor, self.offset + other)

    __radd__ = __add__

    def __sub__(self, other: int) -> Size:
        return self + -other

    def __mul__(self, other: Extent) -> Extent:
        if isinstance(other, Size):
            a, b = self.closed(), other.closed()
            return Size(tuple(sorted(a.bases + b.bases)), a.factor * b.factor)
        other = int(other)
        return Size(self.bases, self.factor * other, self.offset * other) if other else 0

    __rmul__ = __mul__

    def __floordiv__(self, other: int) -> Size:
        if self.offset % other == 0:
            return Size(self.bases, self.factor / other, self.offset / other)
        return Size((f"floor({self}/{other})",))

    __truediv__ = __floordiv__


Extent = int | Size


def quotient(a: Extent, b: Extent) -> Extent | None:
    """A / b where it can be whole (a symbol is taken to be divisible by numbers), else None."""
    if isinstance(a, int) and isinstance(b, int):
        return a // b if b and a % b == 0 else None
    if a == b:
        return 1
    if isinstance(b, int):
        assert isinstance(a, Size)
        return a // b if b and a.offset % b == 0 else None
    if isinstance(a, int):
        return None
    a, b = a.closed(), b.closed()
    left = list(a.bases)
    for base in b.bases:
        if base not in left:
            return None
        left.remove(base)
    factor = a.factor / b.factor
    if left:
        return Size(tuple(left), factor)
    return int(factor) if factor.denominator == 1 else None


def ratio(a: Extent, b: Extent) -> Fraction | None:
    """A / b as a number, None where it depends on a size that is not known."""
    if isinstance(a, int) and isinstance(b, int):
        return Fraction(a, b)
    if isinstance(a, Size) and isinstance(b, Size):
        a, b = a.closed(), b.closed()
        return a.factor / b.factor if a.bases == b.bases else None
    return None


def windowed(size: Extent, pads: int, kernel: int, stride: int) -> Extent:
    """Positions of a window."""
    rest = size + (pads - kernel)
    if stride == 1:
        return rest + 1
    if isinstance(rest, int):
        return rest // stride + 1
    return Size((f"floor({rest}/{stride})",)) + 1


def scaled(size: Extent, scale: Fraction) -> Extent:
    """The integer part of size * scale."""
    if isinstance(size, int):
        return int(size * scale)
    if scale.denominator == 1:
        return size * int(scale)
    return Size((f"floor({size}*{scale})",))
