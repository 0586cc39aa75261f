# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The geometric operations of the numpy executor: resize, grid_sample, rearrange, borders."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from inloop.convert.fields import Comparison, Coordinates, GridPadding, Interpolation, NearestMode, Resampling
from inloop.convert.network import Layer, Op

Array = NDArray[np.float64]

COMPARISONS = {
    Comparison.LESS: np.less,
    Comparison.LESS_EQUAL: np.less_equal,
    Comparison.GREATER: np.greater,
    Comparison.GREATER_EQUAL: np.greater_equal,
    Comparison.EQUAL: np.equal,
    Comparison.NOT_EQUAL: np.not_equal,
}


def _coordinates(resampling: Resampling, scale: Fraction, size: int, count: int) -> list[Fraction]:
    """Where each of `count` samples lies among `size`, exactly."""
    match resampling.coordinates:
        case Coordinates.ALIGN_CORNERS:
            return [Fraction(i * (size - 1), count - 1) if count > 1 else Fraction(0) for i in range(count)]
        case Coordinates.ASYMMETRIC:
            return [i / scale for i in range(count)]
        case _:
            if resampling.pytorch and count == 1:
                return [Fraction(0)]
            return [(i + Fraction(1, 2)) / scale - Fraction(1, 2) for i in range(count)]


def _nearest(mode: NearestMode, at: Fraction) -> int:
    half = Fraction(1, 2)
    match mode:
        case NearestMode.PREFER_FLOOR:
            return -((half - at).__floor__())
        case NearestMode.PREFER_CEIL:
            return (at + half).__floor__()
        case NearestMode.FLOOR:
            return at.__floor__()
        case _:
            return at.__ceil__()


def _cubic_axis(places: list[Fraction], a: float, x: Array, axis: int) -> Array:
    """Four samples around each place, weighted by the cubic kernel with the parameter `a`."""
    low = [at.__floor__() for at in places]
    t = np.array([float(at - begin) for at, begin in zip(places, low, strict=True)])

    def kernel(d: Array) -> Array:
        near, far = ((a + 2) * d - (a + 3)) * d * d + 1, a * (((d - 5) * d + 8) * d - 4)
        return np.asarray(np.where(d <= 1, near, far))

    total = np.zeros(())
    for i, distance in enumerate((t + 1, t, 1 - t, 2 - t)):
        taken = x.take([min(max(begin - 1 + i, 0), x.shape[axis] - 1) for begin in low], axis)
        total = total + taken * kernel(distance).reshape([-1 if d == axis else 1 for d in range(3)])
    return np.asarray(total)


def _resized_axis(resampling: Resampling, scale: tuple[int, int], x: Array, axis: int) -> Array:
    size, ratio = x.shape[axis], Fraction(*scale)
    places = _coordinates(resampling, ratio, size, size * scale[0] // scale[1])
    if resampling.interpolation == Interpolation.NEAREST:
        return x.take([min(max(_nearest(resampling.nearest, at), 0), size - 1) for at in places], axis)
    if resampling.interpolation != Interpolation.BILINEAR:
        a = -0.75 if resampling.interpolation == Interpolation.BICUBIC else -0.5
        return _cubic_axis(places, a, x, axis)
    places = [min(max(at, Fraction(0)), Fraction(size - 1)) for at in places]
    low = [at.__floor__() for at in places]
    weight = np.array([float(at - begin) for at, begin in zip(places, low, strict=True)])
    weight = weight.reshape([-1 if d == axis else 1 for d in range(3)])
    return np.asarray(
        x.take(low, axis) * (1 - weight) + x.take([min(i + 1, size - 1) for i in low], axis) * weight
    )


def resize(layer: Layer, x: Array) -> Array:
    """Nearest, bilinear or cubic, each dimension by itself."""
    once = _resized_axis(layer.resampling, layer.resampling.y, x, 0)
    return _resized_axis(layer.resampling, layer.resampling.x, once, 1)


def _positions(layer: Layer, grid: Array, size: int) -> Array:
    """Coordinates of a grid in samples."""
    align = layer.grid.align_corners
    at = (grid + 1) / 2 * (size - 1) if align else ((grid + 1) * size - 1) / 2
    if layer.grid.interpolation == Interpolation.NEAREST:
        at = np.rint(at)
    match layer.grid.padding:
        case GridPadding.BORDER:
            return np.clip(at, 0, size - 1)
        case GridPadding.REFLECTION:
            low, span = (0.0, size - 1.0) if align else (-0.5, float(size))
            if span == 0:
                return np.zeros_like(at)
            offset = np.abs(at - low) % (2 * span)
            return np.where((at < low) | (at > low + span), low + np.minimum(offset, 2 * span - offset), at)
        case _:
            return np.clip(at, -2, size + 1)


def grid_sample(layer: Layer, x: Array, grid: Array) -> Array:
    """Samples at the grid's positions, x before y."""
    height, width = x.shape[:2]
    px, py = _positions(layer, grid[..., 0], width), _positions(layer, grid[..., 1], height)

    def sample(iy: Array, ix: Array) -> Array:
        inside = (iy >= 0) & (iy < height) & (ix >= 0) & (ix < width)
        rows, columns = (np.clip(i, 0, n - 1).astype(int) for i, n in ((iy, height), (ix, width)))
        found = x[rows, columns]
        return np.where(inside[..., None], found, 0) if layer.grid.padding == GridPadding.ZEROS else found

    if layer.grid.interpolation == Interpolation.NEAREST:
        return sample(np.rint(py), np.rint(px))
    y0, x0 = np.floor(py), np.floor(px)
    wy, wx = (py - y0)[..., None], (px - x0)[..., None]
    upper = sample(y0, x0) * (1 - wx) + sample(y0, x0 + 1) * wx
    return np.asarray(upper * (1 - wy) + (sample(y0 + 1, x0) * (1 - wx) + sample(y0 + 1, x0 + 1) * wx) * wy)


def rearrange(layer: Layer, x: Array) -> Array:
    """Dimensions split into axes, permuted and merged."""
    axes, target = layer.rearrangement.axes, layer.rearrangement.target
    known = [1, 1, 1]
    for source, size in axes:
        known[source] *= size or 1
    sizes = [size or x.shape[source] // known[source] for source, size in axes]
    order = [axis for dimension in target for axis in dimension]
    shape = [int(np.prod([sizes[axis] for axis in dimension], dtype=int)) for dimension in target]
    return x.reshape(sizes).transpose(order).reshape(shape)


def resize_to(layer: Layer, x: Array, like: Array) -> Array:
    """Resized to the size of another tensor."""
    scales = [(to, of) for to, of in zip(like.shape[:2], x.shape[:2], strict=True)]
    return resize(replace(layer, resampling=replace(layer.resampling, y=scales[0], x=scales[1])), x)


def pad_border(layer: Layer, x: Array) -> Array:
    """Borders of the edge, its reflection, the other side or a number; all around, or at the end up to a multiple."""
    top, left, bottom, right = layer.sides
    if layer.op == Op.PAD_MULTIPLE:
        bottom, right = (-size % of for size, of in zip(x.shape[:2], layer.extent[:2], strict=True))
    sides = ((top, bottom), (left, right), (0, 0))
    if layer.mode == 1:
        return np.pad(x, sides, "edge")
    if layer.mode == 2:
        return np.pad(x, sides, "reflect")
    if layer.mode == 4:
        return np.pad(x, sides, "wrap")
    assert layer.constant is not None
    value = float(layer.constant.reshape(-1)[0]) * 2.0**-layer.quantizer
    return np.pad(x, sides, constant_values=value)
