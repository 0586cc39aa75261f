# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sizes of dimensions: integers, or expressions of a height and width that only the caller of a session chooses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

LARGEST = 65536  # The engine takes no larger height or width.
_MULTIPLES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24, 28, 32, 36, 40, 48, 56, 64, 96, 128)
# An expression is tried at these heights and widths, in multiples: of every parity, alike and not.
_TRIED = ((5, 5), (6, 9), (8, 7), (9, 16), (12, 30), (31, 11), (17, 64), (40, 23), (50, 50), (63, 14))

Meaning = Callable[[int, int], Fraction]  # It takes a height and a width.


class Computed(str):
    """A base that is more than a name: its text, which identifies it, and how it is computed."""

    meaning: Meaning

    @classmethod
    def of(cls, text: str, meaning: Meaning) -> Computed:
        """The base with this text."""
        base = cls(text)
        base.meaning = meaning
        return base


@dataclass(frozen=True)
class Size:
    """factor * (product of the bases) + offset; a base is a name or the text of another expression.

    A quotient that is whole at the multiples of `assumed` only is written as if it always were, so that it can be
    compared with the axes that it stands for.
    """

    bases: tuple[str, ...]
    factor: Fraction = Fraction(1)
    offset: Fraction = Fraction(0)
    assumed: int = field(default=1, compare=False)
    # Quotients of a size that was cast to a real number are not whole.
    real: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        text = "*".join(([] if self.factor == 1 else [str(self.factor)]) + list(self.bases))
        return text if not self.offset else f"({text}+{self.offset})"

    def at(self, height: int, width: int) -> Fraction:
        """The number that it is for a height and a width."""
        total = self.factor
        for base in self.bases:
            total *= (
                base.meaning(height, width) if isinstance(base, Computed) else _NAMES[base](height, width)
            )
        return total + self.offset

    def closed(self) -> Size:
        """The same as one factor without an offset, so that products can be taken."""
        return self if not self.offset else self._other(str(self), self.at)

    def as_real(self, real: bool) -> Size:
        """The same number of another type; a real one is rounded towards zero when it becomes an integer."""
        return replace(self if real else self.whole(), real=real)

    def whole(self) -> Size:
        """The integer part."""
        if self.factor.denominator == self.offset.denominator == 1:
            return self
        found = settled(lambda h, w: self.at(h, w) % 1)
        if found is not None and found[0] == 0:
            return replace(self, assumed=math.lcm(self.assumed, found[1]))
        return self._other(f"floor({self}/1)", lambda h, w: _floor(self.at(h, w)))

    def _other(self, text: str, meaning: Meaning, other: Extent = 0) -> Size:
        """An expression of this one, and of another where it is one of two."""
        assumed, real = self.assumed, self.real
        if isinstance(other, Size):
            assumed, real = max(assumed, other.assumed), real or other.real
        return Size((Computed.of(text, meaning),), assumed=assumed, real=real)

    def _at(self, other: Extent) -> Meaning:
        return other.at if isinstance(other, Size) else lambda _h, _w: Fraction(other)

    def __add__(self, other: Extent) -> Extent:
        if not isinstance(other, Size):
            return replace(self, offset=self.offset + Fraction(other))
        if self.bases != other.bases:
            return self._other(f"({self}+{other})", lambda h, w: self.at(h, w) + other.at(h, w), other)
        factor, offset = self.factor + other.factor, self.offset + other.offset
        assumed = math.lcm(self.assumed, other.assumed)
        if not factor and assumed == 1 and offset.denominator == 1:
            return int(offset)
        return replace(
            self, bases=self.bases if factor else (), factor=factor, offset=offset, assumed=assumed
        )

    __radd__ = __add__

    def __neg__(self) -> Size:
        return replace(self, factor=-self.factor, offset=-self.offset)

    def __sub__(self, other: Extent) -> Extent:
        return self + -other

    def __rsub__(self, other: int) -> Extent:
        return -self + other

    def __mul__(self, other: Extent) -> Extent:
        if isinstance(other, Size):
            a, b = self.closed(), other.closed()
            assumed, real = math.lcm(a.assumed, b.assumed), a.real or b.real
            return Size(tuple(sorted(a.bases + b.bases)), a.factor * b.factor, assumed=assumed, real=real)
        number = Fraction(other)
        return replace(self, factor=self.factor * number, offset=self.offset * number) if number else 0

    __rmul__ = __mul__

    def __truediv__(self, other: Extent) -> Extent:
        """The quotient of real numbers, or the integer part of that of integers."""
        if isinstance(other, Size):
            if (found := ratio(self, other)) is not None and found[1] == 1:
                y = Size(
                    (), Fraction(0), found[0], math.lcm(self.assumed, other.assumed), self.real or other.real
                )
            else:
                y = self._other(f"({self}/{other})", lambda h, w: self.at(h, w) / other.at(h, w), other)
        else:
            number = Fraction(other)
            y = replace(self, factor=self.factor / number, offset=self.offset / number)
        return y if y.real else y.whole()

    __floordiv__ = __truediv__

    def __rtruediv__(self, other: int) -> Size:
        y = self._other(f"({other}/{self})", lambda h, w: Fraction(other) / self.at(h, w))
        return y if y.real else y.whole()

    __rfloordiv__ = __rtruediv__

    def __mod__(self, other: Extent) -> Size:
        modulus = self._at(other)
        return self._other(f"mod({self},{other})", lambda h, w: self.at(h, w) % modulus(h, w), other)

    def __rmod__(self, other: int) -> Extent:
        """The remainder of a number that is smaller than the size: at others, nothing would be left of a tensor."""
        return self + other if other < 0 else other

    def __floor__(self) -> Size:
        return self.whole()

    def __ceil__(self) -> Size:
        return -(-self).whole()

    def split(self, number: int) -> Size:
        """What is left of an axis of which a number of elements is split off; the engine sees to it that it can be."""
        return replace(self, factor=self.factor / number, offset=self.offset / number)


Extent = int | Size
_NAMES: dict[str, Meaning] = {"height": lambda h, _: Fraction(h), "width": lambda _, w: Fraction(w)}


def _floor(number: Fraction) -> Fraction:
    return Fraction(number.__floor__())


def floored(size: Size, divisor: Fraction) -> Size:
    """The integer part of size / divisor."""
    text = f"floor({size}/{divisor})"
    base = Computed.of(text, lambda h, w: _floor(size.at(h, w) / divisor))
    return Size((base,), assumed=size.assumed)


def settled(meaning: Meaning) -> tuple[Fraction, int] | None:
    """A number that is the same at all heights and widths that are multiples of one, and the smallest such multiple."""
    for multiple in _MULTIPLES:
        try:
            found = {meaning(multiple * height, multiple * width) for height, width in _TRIED}
        except ZeroDivisionError:
            continue
        if len(found) == 1:
            return found.pop(), multiple
    return None


def fills_up(size: Extent, pad: Extent) -> int | None:
    """The multiple up to which a pad behind fills any size, None where it is another pad."""
    if not isinstance(size, Size) or not isinstance(pad, Size):
        return None
    for multiple in _MULTIPLES[1:]:
        if all(pad.at(n, n) == -size.at(n, n) % multiple for n in range(1, 2 * _MULTIPLES[-1])):
            return multiple
    return None


def up_to_multiple(size: Extent, multiple: int) -> Extent:
    """The next multiple of a number that is not less than a size."""
    return floored(size + (multiple - 1), Fraction(multiple)) * multiple  # type: ignore[arg-type]


def quotient(a: Extent, b: Extent) -> Extent | None:
    """A / b where it can be whole (a symbol is taken to be divisible by numbers), else None."""
    if isinstance(a, int) and isinstance(b, int):
        return a // b if b and a % b == 0 else None
    if a == b:
        return 1
    if isinstance(b, int):
        assert isinstance(a, Size)
        return a.split(b) if b and a.offset % b == 0 else None
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


def ratio(a: Extent, b: Extent) -> tuple[Fraction, int] | None:
    """A / b as a number and the multiple of sizes at which it is so; None where it depends on them in another way."""
    if isinstance(a, int) and isinstance(b, int):
        return Fraction(a, b), 1
    if isinstance(a, Size) and isinstance(b, Size):
        c, d = a.closed(), b.closed()
        assumed = math.lcm(a.assumed, b.assumed)
        if c.bases == d.bases:
            return c.factor / d.factor, assumed
        found = settled(lambda h, w: a.at(h, w) / b.at(h, w))
        return None if found is None else (found[0], math.lcm(found[1], assumed))
    return None


def windowed(size: Extent, pads: int, kernel: int, stride: int) -> Extent:
    """Positions of a window."""
    rest = size + (pads - kernel)
    if stride == 1:
        return rest + 1
    if isinstance(rest, int):
        return rest // stride + 1
    count = floored(rest, Fraction(stride)) + 1
    # It was pooled so often that one row is left, however many there were.
    return 1 if isinstance(count, Size) and count.at(LARGEST, LARGEST) <= 1 else count


def scaled(size: Extent, scale: Fraction) -> Extent:
    """The integer part of size * scale."""
    if isinstance(size, int):
        return int(size * scale)
    if scale.denominator == 1:
        return size * int(scale)
    return floored(size, 1 / scale)
