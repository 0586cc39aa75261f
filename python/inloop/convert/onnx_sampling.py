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


def _positions(s: Step, r: Resampling, scale: tuple[int, int], size: str) -> tuple[str, str]:
    """Where each sample of a resized dimension lies in the input: numerators and their denominator."""
    n, d = s.integer(scale[0]), s.integer(scale[1])
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
            return numerator, s.integer(2 * scale[0])


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
    weight = s("Div", s("Add", s("Mul", rest, s.integer(4096)), d), s("Mul", s.integer(2), d))
    upper = s("Where", inside, s("Add", low, s.integer(1)), low)
    return _within(s, low, last), _within(s, upper, last), s("Cast", weight, to=_DOUBLE)


def _mixed(s: Step, a: str, b: str, weight: str) -> str:
    """A (2048 - weight) + b weight."""
    return s("Add", s("Mul", a, s("Sub", s.number(2048), weight)), s("Mul", b, weight))


def resized(s: Step, r: Resampling, x: str) -> str:
    """Nearest samples, or sat((the four samples times their weights) >> 22)."""
    shape = s("Shape", x)
    scales = {_HEIGHT: r.y, _WIDTH: r.x}
    places = {}
    for dimension, scale in scales.items():
        size = s("Gather", shape, s.integer(dimension))
        places[dimension] = _positions(s, r, scale, size), s("Sub", size, s.integer(1))
    if r.interpolation == Interpolation.NEAREST:
        for dimension, (at, last) in places.items():
            x = s("Gather", x, _within(s, _nearest(s, r.nearest, at), last), axis=dimension)
        return x
    rows, columns = (_neighbours(s, *places[dimension]) for dimension in (_HEIGHT, _WIDTH))
    lines = []
    for row in rows[:2]:
        line = s("Gather", x, row, axis=_HEIGHT)
        left, right = (s("Gather", line, column, axis=_WIDTH) for column in columns[:2])
        lines.append(_mixed(s, left, right, columns[2]))
    total = _mixed(s, lines[0], lines[1], s("Unsqueeze", rows[2], s.ints(1)))
    return s("Clip", s("Floor", s("Mul", total, s.number(2.0**-22))), s.number(-32767), s.number(32767))
