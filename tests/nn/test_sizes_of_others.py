# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Operations whose result takes its size from another value, or from the next multiple: plans, reference, oracle."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from oracle_ops import resize_bilinear, resize_nearest

from inloop import _core
from inloop.convert import Layer, Network, Op, Window, import_compact, run_float
from inloop.convert.fields import Coordinates, Interpolation, NearestMode, Resampling
from inloop.engine.model import Model
from inloop.errors import ConfigError, ModelError

SIZES = [(2, 2), (5, 7), (13, 19), (33, 40), (16, 24)]
BILINEAR = Resampling(Interpolation.BILINEAR, Coordinates.HALF_PIXEL)
NEAREST = Resampling(Interpolation.NEAREST, Coordinates.ASYMMETRIC, NearestMode.FLOOR)
Q = 10


def convolution(value: int, channels: int, of: int, stride: int, is_float: bool) -> Layer:
    rng = np.random.default_rng(of + stride)
    numbers = rng.integers(-300, 300, (channels, 3, 3, of))
    weights = (numbers / 1024).astype(np.float32) if is_float else numbers.astype(np.int16)
    window = Window((3, 3), (stride, stride), (1, 1, 1, 1))
    return Layer(
        Op.CONV, [value], 0 if is_float else Q, "conv", channels=channels, window=window,
        constant_quantizer=0 if is_float else Q, constant=weights,
    )  # fmt: skip


def network(is_float: bool) -> Network:
    return Network(is_float, [("x", 3, 0 if is_float else Q)])


def resized(resampling: Resampling, is_float: bool) -> Network:
    """Half the size and back to that of the input, between convolutions."""
    n = network(is_float)
    low = n.add(convolution(0, 4, 3, 2, is_float))
    back = n.add(Layer(Op.RESIZE_TO, [low, 0], 0 if is_float else Q, "back", resampling=resampling))
    n.outputs = [("low", low), ("back", back), ("y", n.add(convolution(back, 5, 4, 1, is_float)))]
    return n


def filled(mode: int, multiple: tuple[int, int], axes: int, is_float: bool) -> Network:
    """Padded up, and cut back to the size of the input."""
    n = network(is_float)
    q = 0 if is_float else Q
    constant = np.array([3], np.float32 if is_float else np.int16) if mode == 3 else None
    pad = Layer(Op.PAD_MULTIPLE, [0], q, "pad", mode=mode, extent=(*multiple, 1), constant=constant)
    padded = n.add(pad)
    y = n.add(convolution(padded, 4, 3, 1, is_float))
    crop = n.add(Layer(Op.CROP_TO, [y, 0], q, "crop", channels=4, axes=axes))
    n.outputs = [("padded", padded), ("y", y), ("crop", crop)]
    return n


def inputs(height: int, width: int, is_float: bool) -> np.ndarray:
    rng = np.random.default_rng(height * width)
    numbers = rng.integers(-4000, 4000, (1, height, width, 3))
    return (numbers / 1024).astype(np.float32) if is_float else numbers.astype(np.int16)


def assert_all_agree(n: Network, height: int, width: int) -> list[np.ndarray]:
    """Every level and the reference; for floats, numpy too. Returns the results."""
    model, x = Model(n.to_bytes()), inputs(height, width, n.is_float)
    assert import_compact(n.to_bytes()).to_bytes() == n.to_bytes()
    wanted = model.session(height, width).run([x], reference=True)
    for level in _core.supported_isas():
        for found, values in zip(model.session(height, width, level).run([x]), wanted, strict=True):
            if n.is_float:
                np.testing.assert_allclose(found, values, atol=1e-4)
            else:
                np.testing.assert_array_equal(found, values)
    if n.is_float:
        values = run_float(n, {"x": x})
        for (_, number), found in zip(n.outputs, wanted, strict=True):
            np.testing.assert_allclose(values[number], found[0], atol=1e-3)
    return [array[0] for array in wanted]


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("resampling", [BILINEAR, NEAREST])
def test_resize_to(resampling: Resampling, height: int, width: int, is_float: bool) -> None:
    low, back, _ = assert_all_agree(resized(resampling, is_float), height, width)
    assert back.shape == (height, width, 4)
    if not is_float:
        scales = Fraction(height, low.shape[0]), Fraction(width, low.shape[1])
        x = low.astype(np.int64)
        bilinear = resampling.interpolation == Interpolation.BILINEAR
        wanted = resize_bilinear(x, scales, "half_pixel") if bilinear else resize_nearest(x, scales)
        np.testing.assert_array_equal(back, wanted)


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize(
    ("mode", "multiple", "axes"), [(1, (8, 8), 3), (2, (2, 3), 3), (3, (4, 1), 1), (3, (8, 16), 2)]
)
def test_pad_and_crop(
    mode: int, multiple: tuple[int, int], axes: int, height: int, width: int, is_float: bool
) -> None:
    if mode == 2 and 2 * height <= -(-height // 2) * 2:
        pytest.skip("reflects more than there is")
    padded, y, crop = assert_all_agree(filled(mode, multiple, axes, is_float), height, width)
    sides = ((0, -height % multiple[0]), (0, -width % multiple[1]), (0, 0))
    x = inputs(height, width, is_float)[0]
    how = {"mode": ("edge", "reflect")[mode - 1]} if mode < 3 else {"mode": "constant", "constant_values": 3}
    np.testing.assert_array_equal(padded, np.pad(x, sides, **how))  # type: ignore[call-overload]
    rows, columns = (size if axes >> d & 1 else None for d, size in enumerate((height, width)))
    np.testing.assert_array_equal(crop, y[:rows, :columns])


def test_what_does_not_fit_is_refused() -> None:
    n = network(False)
    low = n.add(convolution(0, 4, 3, 2, False))
    n.outputs = [("y", n.add(Layer(Op.CROP_TO, [low, 0], Q, "crop", channels=4, axes=3)))]
    with pytest.raises(ConfigError, match="operands differ in size"):
        Model(n.to_bytes()).session(8, 8)
    n.layers[-1].axes = 4
    with pytest.raises(ModelError, match="only height and width are cropped"):
        Model(n.to_bytes())
    with pytest.raises(ModelError, match="multiple out of range"):
        Model(filled(1, (5000, 1), 1, False).to_bytes())
    with pytest.raises(ConfigError, match="cannot reflect more"):
        Model(filled(2, (16, 1), 1, False).to_bytes()).session(3, 8)
