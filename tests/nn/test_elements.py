# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Kernels of bilinear resizes, tables and products: every level, widths beside its vectors, the largest numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from inloop import _core
from inloop.convert import Layer, Network, Op
from inloop.convert.fields import Coordinates, Interpolation, Rearrangement, Resampling
from inloop.engine.model import Model

CHANNELS = [1, 3, 8, 15, 16, 24, 33, 71]
DATA = ["random", "largest", "smallest"]
HEIGHT, WIDTH = 5, 7


def picture(data: str, channels: int, seed: int = 0) -> NDArray[np.int16]:
    """Numbers of all 16 bits, or some next to the largest or the smallest one."""
    rng = np.random.default_rng(seed)
    low, high = {"random": (-32768, 32767), "largest": (32760, 32767), "smallest": (-32768, -32760)}[data]
    return rng.integers(low, high + 1, (1, HEIGHT, WIDTH, channels)).astype(np.int16)


def results(
    network: Network, feeds: list[NDArray[np.int16]] | list[NDArray[np.float32]]
) -> dict[str, NDArray]:
    """What every level and the reference make of a network's only output."""
    model = Model(network.to_bytes())
    found = {"reference": model.session(HEIGHT, WIDTH).run(feeds, reference=True)[0]}
    for isa in _core.supported_isas():
        found[isa] = model.session(HEIGHT, WIDTH, isa).run(feeds)[0]
    return found


def resized(channels: int, scale: tuple[int, int], coordinates: Coordinates, *, is_float: bool) -> Network:
    network = Network(is_float, [("x", channels, 0)], outputs=[("y", 1)])
    resampling = Resampling(Interpolation.BILINEAR, coordinates, y=scale, x=scale)
    network.add(Layer(Op.RESIZE, [0], 0, "y", resampling=resampling))
    return network


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("scale", [(2, 1), (3, 2), (7, 5)])
@pytest.mark.parametrize("coordinates", [Coordinates.HALF_PIXEL, Coordinates.ALIGN_CORNERS])
def test_bilinear_in_integers(
    coordinates: Coordinates, scale: tuple[int, int], channels: int, data: str
) -> None:
    found = results(resized(channels, scale, coordinates, is_float=False), [picture(data, channels)])
    for isa, values in found.items():
        np.testing.assert_array_equal(values, found["reference"], err_msg=isa)
    if data == "smallest":
        assert found["reference"].min() == -32767


@pytest.mark.parametrize("channels", CHANNELS)
@pytest.mark.parametrize("coordinates", [Coordinates.HALF_PIXEL, Coordinates.ALIGN_CORNERS])
def test_bilinear_in_floats_has_the_same_bits_everywhere(coordinates: Coordinates, channels: int) -> None:
    x = (picture("random", channels) / 1000).astype(np.float32)
    found = results(resized(channels, (7, 5), coordinates, is_float=True), [x])
    np.testing.assert_allclose(found["scalar"], found["reference"], rtol=1e-5, atol=1e-5)
    for isa in _core.supported_isas():
        np.testing.assert_array_equal(found[isa], found["scalar"], err_msg=isa)


@pytest.mark.parametrize("shift", range(13))
@pytest.mark.parametrize("data", DATA)
def test_tables(data: str, shift: int) -> None:
    rng = np.random.default_rng(shift)
    knots = rng.choice(np.array([-32767, -1, 0, 5, 32767], np.int16), (65536 >> shift) + 1)
    for channels in (1, 33):
        network = Network(False, [("x", channels, 0)], outputs=[("y", 1)])
        network.add(Layer(Op.TABLE, [0], 0, "y", shift=shift, constant=knots))
        x = picture(data, channels)
        position = x.astype(np.int64) + 32768
        at, rest = position >> shift, position & ((1 << shift) - 1)
        low, high = knots[at].astype(np.int64), knots[at + 1].astype(np.int64)
        for isa, values in results(network, [x]).items():
            np.testing.assert_array_equal(values, low + (((high - low) * rest) >> shift), err_msg=isa)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("channels", [1, 33])
def test_sums_and_products(channels: int, data: str) -> None:
    a, b = picture(data, channels), picture(data, channels, 1)
    wide = a.astype(np.int64), b.astype(np.int64)
    for op, quantizers, q, wanted in (
        (Op.MUL, (10, 12), 9, wide[0] * wide[1] >> 13),
        (Op.MUL, (0, 0), 0, wide[0] * wide[1]),
        (Op.MUL, (15, 15), 0, wide[0] * wide[1] >> 30),
        (Op.ADD, (10, 12), 10, wide[0] + (wide[1] >> 2)),
        (Op.ADD, (15, 0), 0, (wide[0] >> 15) + wide[1]),
    ):
        network = Network(False, [("a", channels, quantizers[0]), ("b", channels, quantizers[1])])
        network.outputs = [("y", network.add(Layer(op, [0, 1], q, "y")))]
        for isa, values in results(network, [a, b]).items():
            np.testing.assert_array_equal(values, wanted.clip(-32767, 32767), err_msg=f"{op} {isa}")


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize(
    ("axes", "target", "wanted"),
    [
        # A shuffle of 2 groups of channels, of more of them than are looked up at a time.
        (((0, 0), (1, 0), (2, 2), (2, 150)), ((0,), (1,), (3, 2)), lambda x: shuffled(x, 2)),
        (((0, 0), (1, 0), (2, 3), (2, 5)), ((0,), (1,), (3, 2)), lambda x: shuffled(x, 3)),
        # Rows and channels change places, then columns and rows.
        (((0, HEIGHT), (1, 0), (2, 6)), ((2,), (1,), (0,)), lambda x: x.transpose(0, 3, 2, 1)),
        (((0, 0), (1, 0), (2, 6)), ((1,), (0,), (2,)), lambda x: x.transpose(0, 2, 1, 3)),
        # Columns become channels and channels columns.
        (((0, 0), (1, WIDTH), (2, 6)), ((0,), (2,), (1,)), lambda x: x.transpose(0, 1, 3, 2)),
    ],
)
def test_rearrangements(
    axes: tuple[tuple[int, int], ...],
    target: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]],
    wanted: Callable[[NDArray], NDArray],
    is_float: bool,
) -> None:
    channels = int(np.prod([size for source, size in axes if source == 2]))
    network = Network(is_float, [("x", channels, 0)], outputs=[("y", 1)])
    rearrangement = Rearrangement(axes, target)
    network.add(Layer(Op.REARRANGE, [0], 0, "y", rearrangement=rearrangement))
    x = picture("random", channels)
    feeds = [x.astype(np.float32)] if is_float else [x]
    for isa, values in results(network, feeds).items():
        np.testing.assert_array_equal(values, wanted(x), err_msg=isa)


def shuffled(x: NDArray, groups: int) -> NDArray:
    """Channels of the groups in turn."""
    return x.reshape(*x.shape[:3], groups, -1).swapaxes(3, 4).reshape(x.shape)
