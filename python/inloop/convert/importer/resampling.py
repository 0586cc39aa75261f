# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Resize, GridSample and pixel shuffles."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

from inloop.convert.fields import (
    Coordinates,
    GridPadding,
    GridSampling,
    Interpolation,
    NearestMode,
    Resampling,
)
from inloop.convert.importer.broadcast import Named, as_large, constant_value, operand
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.layout import arranged, default_roles, stored_by
from inloop.convert.importer.node import Node
from inloop.convert.importer.registry import handles
from inloop.convert.importer.sizes import Extent, Size, ratio, scaled
from inloop.convert.importer.values import (
    CHANNELS,
    HEIGHT,
    WIDTH,
    Stored,
    Value,
    axes_of,
    length,
    reshaped,
)
from inloop.convert.importer.windows import image_of, spatial
from inloop.convert.network import Layer, Op

_COORDINATES = {
    "half_pixel": Coordinates.HALF_PIXEL,
    "pytorch_half_pixel": Coordinates.HALF_PIXEL,
    "asymmetric": Coordinates.ASYMMETRIC,
    "align_corners": Coordinates.ALIGN_CORNERS,
}
_NEAREST = {
    "round_prefer_floor": NearestMode.PREFER_FLOOR,
    "round_prefer_ceil": NearestMode.PREFER_CEIL,
    "floor": NearestMode.FLOOR,
    "ceil": NearestMode.CEIL,
}


def _fraction(node: Node, scale: float) -> Fraction:
    found = Fraction(scale).limit_denominator(1024)
    if found <= 0 or abs(float(found) - scale) > 1e-6 * scale:
        raise node.unsupported(f"scale {scale} is no ratio of small integers")
    return found


def _scales(g: GraphImporter, node: Node, x: Value) -> dict[int, Fraction]:
    """The scale of every dimension that the node names."""
    axes = [axis % x.rank for axis in node.integers("axes", tuple(range(x.rank)))]
    scales, sizes = g.optional(node, 2), g.optional(node, 3)
    if scales is not None and scales.size:
        given = [_fraction(node, float(scale)) for scale in scales.reshape(-1)]
    elif sizes is not None and sizes.size:
        given = [
            _ratio(g, node, size, x.shape[axis]) for size, axis in zip(sizes.reshape(-1), axes, strict=False)
        ]
    else:
        raise node.broken("has neither scales nor sizes")
    if len(given) != len(axes):
        raise node.broken(f"has {len(given)} scales for {len(axes)} dimensions")
    return dict(zip(axes, given, strict=True))


def _ratio(g: GraphImporter, node: Node, size: Any, source: Extent) -> Fraction:
    found = ratio(size if isinstance(size, Size) else int(size), source)
    if found is None or found[0] <= 0:
        raise node.unsupported(f"a result of size {size} is no multiple of its operand's {source}")
    g.multiple = math.lcm(g.multiple, found[1])
    return found[0]


def _cubic(node: Node) -> Interpolation:
    a = node.number("cubic_coeff_a", -0.75)
    if a not in (-0.75, -0.5) or node.integer("exclude_outside", 0):
        raise node.unsupported(
            "cubic_coeff_a other than -0.75 and -0.5, and exclude_outside, are not supported"
        )
    return Interpolation.BICUBIC if a == -0.75 else Interpolation.CATMULL_ROM


def _resampling(node: Node) -> Resampling:
    mode, coordinates = (
        node.text("mode", "nearest"),
        node.text("coordinate_transformation_mode", "half_pixel"),
    )
    nearest = node.text("nearest_mode", "round_prefer_floor")
    if mode not in ("nearest", "linear", "cubic"):
        raise node.unsupported(f"mode '{mode}' is not supported")
    if coordinates not in _COORDINATES:
        raise node.unsupported(f"coordinate_transformation_mode '{coordinates}' is not supported")
    if nearest not in _NEAREST:
        raise node.unsupported(f"nearest_mode '{nearest}' is not supported")
    policy = node.text("keep_aspect_ratio_policy", "stretch")
    if node.integer("antialias", 0) or policy != "stretch":
        raise node.unsupported("antialias and keep_aspect_ratio_policy are not supported")
    interpolation = {"nearest": Interpolation.NEAREST, "linear": Interpolation.BILINEAR}.get(mode)
    return Resampling(
        _cubic(node) if interpolation is None else interpolation,
        _COORDINATES[coordinates],
        _NEAREST[nearest] if mode == "nearest" else NearestMode.PREFER_FLOOR,
        coordinates == "pytorch_half_pixel",
    )


def _to_size(g: GraphImporter, node: Node, x: Value, resampling: Resampling) -> bool:
    """Resize to the size of another value, where a ratio of integers says it for some sizes only."""
    sizes = g.optional(node, 3)
    axes = [axis % x.rank for axis in node.integers("axes", tuple(range(x.rank)))]
    if sizes is None or sizes.size != len(axes):
        return False
    target = {axis: s for axis, s in zip(axes, sizes.reshape(-1), strict=True) if isinstance(s, Size)}
    ratios = [ratio(size, x.shape[axis]) for axis, size in target.items()]
    roles = x.roles()
    if roles is None or all(found is not None and found[1] == 1 for found in ratios):
        return False
    wanted = {roles[axis]: size for axis, size in target.items()}
    fixed = [s for axis, s in zip(axes, sizes.reshape(-1), strict=True) if axis not in target]
    like = as_large(g, wanted[HEIGHT], wanted[WIDTH]) if set(wanted) == {HEIGHT, WIDTH} else None
    if like is None or any(int(s) != x.shape[a] for a, s in zip(set(axes) - set(target), fixed, strict=True)):
        return False
    for size in target.values():
        g.multiple = math.lcm(g.multiple, size.assumed)
    layer = Layer(Op.RESIZE_TO, [x.number, like.number], x.quantizer, node.outputs[0], resampling=resampling)
    dims, stored = list(x.dims), list(x.stored)
    for axis, size in target.items():
        dims[axis] = stored[cast(int, roles[axis])] = axes_of(size)
    g.put(node, g.emit(layer, tuple(dims), (stored[0], stored[1], stored[2])))
    return True


@handles("Resize")
def resize(g: GraphImporter, node: Node) -> None:
    """Height and width by ratios of integers, or to the size of another value."""
    x, resampling = g.value(node, 0), _resampling(node)
    if _to_size(g, node, x, resampling):
        return
    scales = {dim: scale for dim, scale in _scales(g, node, x).items() if scale != 1}
    roles = x.roles() or default_roles(x)
    if roles is None:
        raise node.unsupported("more than three dimensions take part")
    x = arranged(g, node.outputs[0], x, stored_by(x, roles))
    if not scales:
        g.put(node, x)
        return
    if any(roles[dim] not in (HEIGHT, WIDTH) for dim in scales):
        raise node.unsupported("only height and width can be resized")
    of_role = {roles[dim]: scale for dim, scale in scales.items()}
    y, xs = of_role.get(HEIGHT, Fraction(1)), of_role.get(WIDTH, Fraction(1))
    if max(y.numerator, y.denominator, xs.numerator, xs.denominator) > 65535:
        raise node.unsupported("a scale is no ratio of small integers")
    resampling.y, resampling.x = (y.numerator, y.denominator), (xs.numerator, xs.denominator)
    layer = Layer(Op.RESIZE, [x.number], x.quantizer, node.outputs[0], resampling=resampling)
    dims, stored = list(x.dims), list(x.stored)
    for dim, scale in scales.items():
        dims[dim] = stored[cast(int, roles[dim])] = axes_of(scaled(length(x.dims[dim]), scale))
    g.put(node, g.emit(layer, tuple(dims), (stored[0], stored[1], stored[2])))


@handles("GridSample")
def grid_sample(g: GraphImporter, node: Node) -> None:
    """Samples at computed positions; float networks only."""
    if not g.is_float:
        raise node.unsupported("has no integer rule, only float networks can have it")
    x, given = image_of(g, node, g.value(node, 0)), operand(g, node, 1)
    grid = (
        constant_value(g, node, given, (None, HEIGHT, WIDTH, CHANNELS)) if isinstance(given, Named) else given
    )
    if grid.rank != 4 or grid.shape[3] != 2:
        raise node.unsupported("the grid must be [1, height, width, 2]")
    target: Stored = (grid.dims[1], grid.dims[2], grid.dims[3])
    grid = arranged(g, node.outputs[0], grid, target)
    mode, padding = node.text("mode", "linear"), node.text("padding_mode", "zeros")
    if mode not in ("linear", "bilinear", "nearest"):
        raise node.unsupported(f"mode '{mode}' is not supported")
    if padding.upper() not in GridPadding.__members__:
        raise node.broken(f"padding_mode '{padding}' is unknown")
    sampling = GridSampling(
        Interpolation.NEAREST if mode == "nearest" else Interpolation.BILINEAR,
        GridPadding[padding.upper()],
        bool(node.integer("align_corners", 0)),
    )
    layer = Layer(Op.GRID_SAMPLE, [x.number, grid.number], 0, grid=sampling)
    g.put(node, g.image(node, x, layer, x.channels, spatial(grid)))


@handles("DepthToSpace")
def depth_to_space(g: GraphImporter, node: Node) -> None:
    """Modes DCR and CRD."""
    x, block = image_of(g, node, g.value(node, 0)), node.integer("blocksize")
    if block < 1 or x.channels % (block * block):
        raise node.broken(f"{x.channels} channels are no multiple of {block * block}")
    mode = node.text("mode", "DCR")
    if mode not in ("DCR", "CRD"):
        raise node.broken(f"mode '{mode}' is unknown")
    layer = Layer(Op.DEPTH_TO_SPACE, [x.number], x.quantizer, block=block, column_row_depth=mode == "CRD")
    height, width = spatial(x)
    g.put(node, g.image(node, x, layer, x.channels // (block * block), (height * block, width * block)))


@handles("SpaceToDepth")
def space_to_depth(g: GraphImporter, node: Node) -> None:
    """Blocks of pixels to channels, outermost in mode DCR, innermost in mode CRD."""
    x, block = image_of(g, node, g.value(node, 0)), node.integer("blocksize")
    mode = node.text("mode", "DCR")
    if block < 1 or mode not in ("DCR", "CRD"):
        raise node.broken(f"blocksize {block}, mode '{mode}'")
    height, width = spatial(x)
    size = tuple(side // block if isinstance(side, int) else side.split(block) for side in (height, width))
    if mode == "CRD":
        split = reshaped(x, [1, x.channels, size[0], block, size[1], block])
        if split is None:
            raise node.unsupported(f"blocks of {block} do not divide [{', '.join(map(str, x.shape))}]")
        _, c, h, y, w, z = split.dims
        target: Stored = (h, w, c + y + z)
        moved = arranged(g, node.outputs[0], split, target)
        g.put(node, replace(moved, dims=((), target[2], target[0], target[1])))
        return
    layer = Layer(Op.SPACE_TO_DEPTH, [x.number], x.quantizer, block=block)
    g.put(node, g.image(node, x, layer, x.channels * block * block, (size[0], size[1])))
