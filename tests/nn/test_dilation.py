# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Dilated convolutions leave out the zeros between their taps, and nothing else: every level, on and off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from test_sizes_of_others import Q, inputs, network

from inloop import _core
from inloop.convert import Layer, Network, Op, Window
from inloop.engine.model import Model

HEIGHT, WIDTH = 19, 23


DILATIONS = [
    ((2, 2), (3, 3)),
    ((4, 3), (3, 3)),
    ((1, 4), (3, 2)),
    ((2, 1), (3, 3)),
    ((1, 1), (3, 3)),
    ((6, 6), (2, 1)),
]


@dataclass(frozen=True)
class Case:
    """A convolution with `dilation` between the taps of `kernel`, on `channels` in `groups`."""

    dilation: tuple[int, int]
    kernel: tuple[int, int]
    groups: int = 1
    channels: int = 8
    stride: tuple[int, int] = (1, 1)
    is_float: bool = False
    extreme: bool = False

    def convolution(
        self, value: int, weights: np.ndarray, sides: tuple[int, int], stride: tuple[int, int], groups: int
    ) -> Layer:
        """A layer with padding on all sides."""
        q, dtype = (0, np.float32) if self.is_float else (Q, np.int16)
        scaled = (weights / 1024 if self.is_float else weights).astype(dtype)
        window = Window(scaled.shape[1:3], stride, (*sides, *sides))
        return Layer(
            Op.CONV, [value], q, "conv", channels=len(weights), groups=groups, window=window,
            constant_quantizer=q, constant=scaled,
        )  # fmt: skip

    def weights(self) -> np.ndarray:
        """With zeros between the taps; where `extreme`, the largest that sums can bear, of either sign."""
        rng = np.random.default_rng(self.channels)
        each = self.channels // self.groups
        shape = (self.channels, *self.kernel, each)
        largest = min((2**31 - 1) // (32768 * self.kernel[0] * self.kernel[1] * each), 32767)
        taps = rng.choice([-largest, largest], shape) if self.extreme else rng.integers(-300, 300, shape)
        size = [(k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation, strict=True)]
        spread = np.zeros((self.channels, *size, each), np.int64)
        spread[:, :: self.dilation[0], :: self.dilation[1]] = taps
        return spread

    def network(self) -> Network:
        """The convolution behind a plain one, before another."""
        rng = np.random.default_rng(self.channels)
        n = network(self.is_float)
        first = n.add(
            self.convolution(0, rng.integers(-300, 300, (self.channels, 1, 1, 3)), (0, 0), (1, 1), 1)
        )
        weights = self.weights()
        sides = (weights.shape[1] // 2, weights.shape[2] // 2)
        middle = n.add(self.convolution(first, weights, sides, self.stride, self.groups))
        last = self.convolution(middle, rng.integers(-300, 300, (5, 3, 3, self.channels)), (1, 1), (1, 1), 1)
        n.outputs = [("middle", middle), ("y", n.add(last))]
        return n

    def picture(self) -> np.ndarray:
        """What goes in: with `extreme`, nothing but the smallest and largest numbers."""
        x = inputs(HEIGHT, WIDTH, self.is_float)
        if self.extreme:
            x = np.random.default_rng(5).choice(np.array([-32768, -32767, 32767], np.int16), x.shape)
        return x


def assert_right(case: Case) -> None:
    """All levels, with and without the zeros, give what the reference does."""
    model, x = Model(case.network().to_bytes()), case.picture()
    wanted = model.session(HEIGHT, WIDTH).run([x], reference=True)
    for isa in _core.supported_isas():
        for on in (True, False):
            found = model.core.session(HEIGHT, WIDTH, isa, {"skip_zero_taps": on}).run([x], False)
            for values, right in zip(found, wanted, strict=True):
                if case.is_float:
                    np.testing.assert_allclose(values, right, atol=1e-4)
                else:
                    np.testing.assert_array_equal(values, right)


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize(("groups", "channels"), [(1, 8), (1, 13), (2, 16), (16, 16)])
@pytest.mark.parametrize(("dilation", "kernel"), DILATIONS)
def test_results_are_those_of_the_whole_kernel(
    dilation: tuple[int, int], kernel: tuple[int, int], groups: int, channels: int, is_float: bool
) -> None:
    assert_right(Case(dilation, kernel, groups, channels, is_float=is_float))


@pytest.mark.parametrize(("groups", "channels"), [(1, 13), (16, 16)])
@pytest.mark.parametrize(("dilation", "kernel"), DILATIONS)
def test_the_smallest_and_largest_numbers(
    dilation: tuple[int, int], kernel: tuple[int, int], groups: int, channels: int
) -> None:
    assert_right(Case(dilation, kernel, groups, channels, extreme=True))


@pytest.mark.parametrize("is_float", [False, True])
@pytest.mark.parametrize("groups", [1, 16])
def test_strides(groups: int, is_float: bool) -> None:
    assert_right(Case((3, 2), (3, 3), groups, 16, (2, 3), is_float))


def test_weights_of_zero_everywhere() -> None:
    n = Case((2, 2), (3, 3)).network()
    n.layers[1].constant = np.zeros_like(n.layers[1].constant)
    session = Model(n.to_bytes()).session(HEIGHT, WIDTH)
    assert not session.run([inputs(HEIGHT, WIDTH, False)])[0].any()


def test_only_taps_are_multiplied() -> None:
    model = Model(Case((3, 4), (3, 3), is_float=True).network().to_bytes())
    macs = {}
    for on in (True, False):
        session = model.core.session(HEIGHT, WIDTH, "", {"skip_zero_taps": on})
        steps = session.profile([inputs(HEIGHT, WIDTH, True)])
        macs[on] = [count for _, _, count, _ in steps if count]
    assert macs[False][1] == macs[True][1] // 9 * 63
    assert macs[True][0] == macs[False][0]
    assert macs[True][2] == macs[False][2]


def test_stripes_of_columns() -> None:
    for is_float in (False, True):
        n = Case((2, 3), (3, 3), is_float=is_float).network()
        model, x = Model(n.to_bytes()), inputs(HEIGHT, WIDTH, is_float)
        whole = model.core.session(HEIGHT, WIDTH, "", {}).run([x], False)
        cut = model.core.session(HEIGHT, WIDTH, "", {"stripe_columns": 5}).run([x], False)
        for a, b in zip(whole, cut, strict=True):
            np.testing.assert_array_equal(a, b)
