# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The rule of resize in ONNX operators: positions are exact fractions of integers, as in csrc/nn/sampling.cpp."""

from __future__ import annotations

from inloop.convert.fields import Coordinates, Interpolation, NearestMode, Resampling
from inloop.convert.onnx_writer import Step

_DOUBLE = 11
_HEIGHT, _WIDTH = 2, 3  # dimensions


def _floor_divided(s: Step, a: str, b: str) -> str:
    """Of integers, for a positive divisor: ONNX's quotient goes towards zero, but its remainder is not negative."""
    return s("Div", s("Sub", a, s("Mod", a, b)), b)


def _positions(s: Step, r: Resampling, scale: tuple[str, str], size: str) -> tuple[str, str]:
    """Where each sample of a resized dimension lies in the input: numerators and their denominator."""
    n, d = scale
    one, count = s.integer(1), s("Div", s("Mul", size, n), d)
    index = s("Range", s.integer(0), count, one)
    match r.coordinates:
        case Coordinates.ALIGN_CORNERS:
            return s("Mul", index, s("Sub", size, one)), s("Max", s("Sub", count, one), one)
        case Coordinates.ASYMMETRIC:
            return s("Mul", index, d), n
        case _:
            twice = s("Add", s("Mul", index, s.integer(2)), one)
            numerator = s("Sub", s("Mul", twice, d), n)
            if r.pytorch:
                numerator = s("Where", s("Equal", count, one), s.integer(0), numerator)
            return numerator, s("Mul", s.integer(2), n)


def _nearest(s: Step, mode: NearestMode, at: tuple[str, str]) -> str:
    n, d = at
    zero, two = s.integer(0), s.integer(2)
    match mode:
        case NearestMode.PREFER_FLOOR:
            return s("Sub", zero, _floor_divided(s, s("Sub", d, s("Mul", two, n)), s("Mul", two, d)))
        case NearestMode.PREFER_CEIL:
            return _floor_divided(s, s("Add", s("Mul", two, n), d), s("Mul", two, d))
        case NearestMode.FLOOR:
            return _floor_divided(s, n, d)
        case _:
            return s("Sub", zero, _floor_divided(s, s("Sub", zero, n), d))


def _within(s: Step, index: str, last: str) -> str:
    return s("Min", s("Max", index, s.integer(0)), last)


def _neighbours(s: Step, at: tuple[str, str], last: str) -> tuple[str, str, str]:
    """Indices of both neighbours, and the weight of the upper one in units of 2**-11."""
    n, d = at
    low = _floor_divided(s, n, d)
    inside = s("And", s("GreaterOrEqual", low, s.integer(0)), s("Less", low, last))
    rest = s("Where", inside, s("Sub", n, s("Mul", low, d)), s.integer(0))
    upper = s("Where", inside, s("Add", low, s.integer(1)), low)
    return _within(s, low, last), _within(s, upper, last), _weight(s, rest, d)


def _weight(s: Step, rest: str, d: str) -> str:
    """The fraction rest / d in units of 2**-11, halves rounded up."""
    weight = s("Div", s("Add", s("Mul", rest, s.integer(4096)), d), s("Mul", s.integer(2), d))
    return s("Cast", weight, to=_DOUBLE)


def _cubic(s: Step, at: tuple[str, str], last: str, quarters: int) -> list[tuple[str, str]]:
    """Indices of four neighbours with their weights, as `cubic_rule` in csrc/nn/graph/integer_rules.h has them."""
    n, d = at
    low = _floor_divided(s, n, d)
    t = _weight(s, s("Sub", n, s("Mul", low, d)), d)
    u = s("Sub", s.number(2048), t)

    def weight(of: str, cubed: int, squared: int, once: int, constant: int) -> str:
        """Four times the kernel's polynomial times 2**33, rounded to units of 2**-11."""
        total = s("Mul", of, s.number(cubed))
        for coefficient in (squared << 11, once << 22):
            total = s("Mul", s("Add", total, s.number(coefficient)), of)
        total = s("Add", total, s.number((constant << 33) + (1 << 23)))
        return s("Floor", s("Mul", total, s.number(2.0**-24)))

    first, fourth = (weight(of, -quarters, 2 * quarters, -quarters, 0) for of in (t, u))
    third = weight(u, 8 - quarters, quarters - 12, 0, 4)
    second = s("Sub", s("Sub", s("Sub", s.number(2048), first), third), fourth)
    indices = [_within(s, s("Add", low, s.integer(i - 1)), last) for i in range(4)]
    return list(zip(indices, (first, second, third, fourth), strict=True))


def _total(s: Step, parts: list[str]) -> str:
    total = parts[0]
    for part in parts[1:]:
        total = s("Add", total, part)
    return total


def _cubic_sum(s: Step, x: str, rows: list[tuple[str, str]], columns: list[tuple[str, str]]) -> str:
    """The sixteen samples times their weights."""
    lines = []
    for row, above in rows:
        line = s("Gather", x, row, axis=_HEIGHT)
        line = _total(s, [s("Mul", s("Gather", line, at, axis=_WIDTH), weight) for at, weight in columns])
        lines.append(s("Mul", line, s("Unsqueeze", above, s.ints(1))))
    return _total(s, lines)


def _mixed(s: Step, a: str, b: str, weight: str) -> str:
    """A (2048 - weight) + b weight."""
    return s("Add", s("Mul", a, s("Sub", s.number(2048), weight)), s("Mul", b, weight))


def resized(s: Step, r: Resampling, x: str) -> str:
    """By constant ratios."""
    return _resized(s, r, x, [(s.integer(scale[0]), s.integer(scale[1])) for scale in (r.y, r.x)])


def resized_to(s: Step, r: Resampling, x: str, like: str) -> str:
    """To the height and the width of another tensor."""
    sizes = [[s("Gather", s("Shape", of), s.integer(d)) for d in (_HEIGHT, _WIDTH)] for of in (like, x)]
    return _resized(s, r, x, list(zip(*sizes, strict=True)))


def _resized(s: Step, r: Resampling, x: str, scales: list[tuple[str, ...]]) -> str:
    """Nearest samples, or sat((the four or sixteen samples times their weights) >> 22)."""
    shape = s("Shape", x)
    places = {}
    for dimension, (n, d) in zip((_HEIGHT, _WIDTH), scales, strict=True):
        size = s("Gather", shape, s.integer(dimension))
        places[dimension] = _positions(s, r, (n, d), size), s("Sub", size, s.integer(1))
    if r.interpolation == Interpolation.NEAREST:
        for dimension, (at, last) in places.items():
            x = s("Gather", x, _within(s, _nearest(s, r.nearest, at), last), axis=dimension)
        return x
    if r.interpolation == Interpolation.BILINEAR:
        rows, columns = (_neighbours(s, *places[dimension]) for dimension in (_HEIGHT, _WIDTH))
        lines = []
        for row in rows[:2]:
            line = s("Gather", x, row, axis=_HEIGHT)
            left, right = (s("Gather", line, column, axis=_WIDTH) for column in columns[:2])
            lines.append(_mixed(s, left, right, columns[2]))
        total = _mixed(s, lines[0], lines[1], s("Unsqueeze", rows[2], s.ints(1)))
    else:
        quarters = 3 if r.interpolation == Interpolation.BICUBIC else 2
        above, beside = (_cubic(s, *places[dimension], quarters) for dimension in (_HEIGHT, _WIDTH))
        total = _cubic_sum(s, x, above, beside)
    return s("Clip", s("Floor", s("Mul", total, s.number(2.0**-22))), s.number(-32767), s.number(32767))
