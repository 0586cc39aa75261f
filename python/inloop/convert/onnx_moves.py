# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Layers that only move numbers and have no single ONNX operation: said by several, with sizes computed from shapes."""

from __future__ import annotations

import math

from inloop.convert.network import Layer
from inloop.convert.onnx_writer import Step

PAD_MODES = ("", "edge", "reflect", "constant", "wrap")
_TO_BEGIN = -(2**62)


def rearranged(s: Step, layer: Layer, x: str) -> str:
    """Axes split, permuted and merged."""
    axes, target = layer.rearrangement.axes, layer.rearrangement.target
    shape, sizes = s("Shape", x), []
    for dimension, size in axes:
        known = math.prod(other or 1 for source, other in axes if source == dimension)
        left = s("Div", s("Gather", shape, s.ints((2, 3, 1)[dimension])), s.ints(known))
        sizes.append(s.ints(size) if size else left)
    y = s("Reshape", s("Transpose", x, perm=[0, 2, 3, 1]), s("Concat", *sizes, axis=0))
    y = s("Transpose", y, perm=[axis for members in target for axis in members])
    merged = [s.ints(1)]
    for members in target:
        product = s.ints(1)
        for axis in members:
            product = s("Mul", product, sizes[axis])
        merged.append(product)
    return s("Transpose", s("Reshape", y, s("Concat", *merged, axis=0)), perm=[0, 3, 1, 2])


def size_of(s: Step, x: str) -> str:
    """Height and width."""
    return s("Slice", s("Shape", x), s.ints(2), s.ints(4))


def cropped_to(s: Step, layer: Layer, x: str, like: str) -> str:
    """The upper left part that is as high, as wide, or both, as another tensor."""
    axes = [2 + d for d in range(2) if layer.axes >> d & 1]
    ends = s("Slice", s("Shape", like), s.ints(axes[0]), s.ints(axes[-1] + 1))
    return s("Slice", x, s.ints(*[0] * len(axes)), ends, s.ints(*axes))


def flipped(s: Step, layer: Layer, x: str) -> str:
    """Upside down, left to right, or both."""
    axes = [2 + d for d in range(2) if layer.axes >> d & 1]
    count = len(axes)
    last, step = s.ints(*[-1] * count), s.ints(*[-1] * count)
    return s("Slice", x, last, s.ints(*[_TO_BEGIN] * count), s.ints(*axes), step)


def padded_to_multiple(s: Step, layer: Layer, x: str, value: list[str]) -> str:
    """With rows and columns at the end; `value` is the operand that has the number, where there is one."""
    behind = s("Mod", s("Neg", size_of(s, x)), s.ints(*layer.extent[:2]))
    pads = s("Concat", s.ints(0, 0, 0, 0, 0, 0), behind, axis=0)
    return s("Pad", x, pads, *value, mode=PAD_MODES[layer.mode])
