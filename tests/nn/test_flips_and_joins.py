# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Flips, joins along height and width, borders that wrap around, cubic resizing: every level, numpy, oracle."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from oracle_ops import resize_cubic
from test_sizes_of_others import Q, assert_all_agree, convolution, inputs, network

from inloop.convert import Layer, Op
from inloop.convert.fields import Coordinates, Interpolation, Resampling
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError

SIZES = [(1, 1), (2, 3), (7, 5), (33, 40)]
KERNELS = {Interpolation.BICUBIC: Fraction(-3, 4), Interpolation.CATMULL_ROM: Fraction(-1, 2)}


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_flips(axes: int, height: int, width: int, is_float: bool) -> None:
    n = network(is_float)
    first = n.add(convolution(0, 4, 3, 1, is_float))
    flipped = n.add(Layer(Op.FLIP, [first], n.layers[0].quantizer, "flip", axes=axes))
    n.outputs = [("first", first), ("flip", flipped), ("y", n.add(convolution(flipped, 5, 4, 1, is_float)))]
    first_rows, found, _ = assert_all_agree(n, height, width)
    wanted = first_rows[::-1] if axes & 1 else first_rows
    np.testing.assert_array_equal(found, wanted[:, ::-1] if axes & 2 else wanted)


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("parts", [2, 3])
def test_joins(parts: int, axes: int, height: int, width: int, is_float: bool) -> None:
    n = network(is_float)
    q = 0 if is_float else Q
    layer = convolution(0, 3, 3, 1, is_float)
    layer.quantizer = q - (0 if is_float else 2)  # the others are shifted to it
    coarse = n.add(layer)
    joined = n.add(Layer(Op.JOIN, [0, coarse, 0][:parts], layer.quantizer, "join", axes=axes))
    n.outputs = [("coarse", coarse), ("join", joined), ("y", n.add(convolution(joined, 4, 3, 1, is_float)))]
    coarse_rows, found, _ = assert_all_agree(n, height, width)
    x = inputs(height, width, is_float)[0]
    x = x if is_float else x >> 2
    np.testing.assert_array_equal(found, np.concatenate([x, coarse_rows, x][:parts], axes - 1))


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("sides", [(1, 1, 1, 1), (3, 0, 5, 2), (0, 4, 0, 0)])
def test_borders_wrap(sides: tuple[int, int, int, int], height: int, width: int, is_float: bool) -> None:
    n = network(is_float)
    wrapped = n.add(Layer(Op.PAD_BORDER, [0], 0 if is_float else Q, "wrap", sides=sides, mode=4))
    n.outputs = [("wrap", wrapped), ("y", n.add(convolution(wrapped, 4, 3, 1, is_float)))]
    found, _ = assert_all_agree(n, height, width)
    top, left, bottom, right = sides
    x = inputs(height, width, is_float)[0]
    np.testing.assert_array_equal(found, np.pad(x, ((top, bottom), (left, right), (0, 0)), "wrap"))


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize(("height", "width"), [(1, 2), (5, 7), (16, 33)])
@pytest.mark.parametrize("scales", [((2, 1), (3, 2)), ((1, 2), (7, 5)), ((4, 1), (1, 1)), ((3, 7), (2, 3))])
@pytest.mark.parametrize("kernel", KERNELS)
def test_cubic_resizing(
    kernel: Interpolation, scales: tuple[tuple[int, int], ...], height: int, width: int, is_float: bool
) -> None:
    if min(height * scales[0][0] // scales[0][1], width * scales[1][0] // scales[1][1]) < 1:
        pytest.skip("nothing is left")
    n = network(is_float)
    resampling = Resampling(kernel, Coordinates.HALF_PIXEL, y=scales[0], x=scales[1])
    y = n.add(Layer(Op.RESIZE, [0], 0 if is_float else Q, "y", resampling=resampling))
    n.outputs = [("y", y), ("z", n.add(convolution(y, 4, 3, 1, is_float)))]
    found, _ = assert_all_agree(n, height, width)
    if not is_float:
        x = inputs(height, width, False)[0].astype(np.int64)
        wanted = resize_cubic(x, (Fraction(*scales[0]), Fraction(*scales[1])), KERNELS[kernel])
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("kernel", KERNELS)
def test_cubic_resizing_to_a_size(kernel: Interpolation) -> None:
    n = network(False)
    low = n.add(convolution(0, 4, 3, 2, False))
    resampling = Resampling(kernel, Coordinates.HALF_PIXEL)
    back = n.add(Layer(Op.RESIZE_TO, [low, 0], Q, "back", resampling=resampling))
    n.outputs = [("low", low), ("back", back)]
    for height, width in ((13, 19), (6, 11)):
        low_rows, found = assert_all_agree(n, height, width)
        scales = Fraction(height, low_rows.shape[0]), Fraction(width, low_rows.shape[1])
        np.testing.assert_array_equal(found, resize_cubic(low_rows.astype(np.int64), scales, KERNELS[kernel]))


def test_cubic_sums_saturate() -> None:
    n = network(False)
    resampling = Resampling(Interpolation.BICUBIC, y=(2, 1), x=(2, 1))
    n.outputs = [("y", n.add(Layer(Op.RESIZE, [0], Q, "y", resampling=resampling)))]
    x = np.where(np.indices((9, 9)).sum(0)[None, ..., None] % 5 < 2, 32767, -32768)
    x = np.broadcast_to(x, (1, 9, 9, 3)).astype(np.int16)
    (found,) = Model(n.to_bytes()).run([x])
    wanted = resize_cubic(x[0].astype(np.int64), (Fraction(2), Fraction(2)), KERNELS[Interpolation.BICUBIC])
    np.testing.assert_array_equal(found[0], wanted)
    assert found.max() == 32767
    assert found.min() == -32767


def test_what_does_not_fit_is_refused() -> None:
    n = network(False)
    low = n.add(convolution(0, 3, 3, 2, False))
    n.outputs = [("y", n.add(Layer(Op.JOIN, [0, low], Q, "join", axes=1)))]
    with pytest.raises(ConfigError, match="operands differ in size"):
        Model(n.to_bytes()).session(8, 8)
    for op, inputs_, axes, told in (
        (Op.JOIN, [0, low], 3, "joined along height or width"),
        (Op.JOIN, [0], 1, "wrong number of inputs"),
        (Op.FLIP, [0], 4, "only height and width are flipped"),
        (Op.FLIP, [0], 0, "unknown axes"),
    ):
        n.layers[-1] = Layer(op, inputs_, Q, "layer", axes=axes)
        with pytest.raises(ModelError, match=told):
            Model(n.to_bytes())
    n.layers[-1] = Layer(Op.PAD_MULTIPLE, [0], Q, "layer", mode=4, extent=(2, 2, 1))
    with pytest.raises(ModelError, match="unknown mode"):
        Model(n.to_bytes())
