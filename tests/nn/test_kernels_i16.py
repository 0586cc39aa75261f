# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Every int16 kernel on every ISA against the scalar one: three data modes, odd sizes, guard elements."""

import numpy as np
import pytest

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = [isa for isa in _core.supported_isas() if isa != "scalar"]
if t.has_vnni_kernels():
    ISAS.append("avx2 with AVX-VNNI")
MODES = ["random", "near_min", "near_max"]


def numbers(rng: np.random.Generator, mode: str, shape: tuple[int, ...], limit: int = 32767) -> np.ndarray:
    low, high = {"random": (-limit, limit), "near_min": (-limit, -limit + 3), "near_max": (limit - 3, limit)}[
        mode
    ]
    return rng.integers(low, high, shape, dtype=np.int16, endpoint=True)


def random_shift(rng: np.random.Generator) -> int:
    return int(rng.integers(0, 16)) if rng.random() < 0.5 else 0


def random_epilogue(rng: np.random.Generator, channels: int, activation: int) -> dict[str, object]:
    epilogue: dict[str, object] = {"shift": int(rng.integers(0, 24)), "activation": activation}
    if rng.random() < 0.7:
        epilogue |= {"bias": numbers(rng, "random", (channels,)), "bias_shift": random_shift(rng)}
    if rng.random() < 0.7:
        epilogue |= {"self_shift": random_shift(rng), "residual_shift": random_shift(rng)}
    lowest = 0 if activation == 5 else -32768
    epilogue["slope_low"] = rng.integers(lowest, 32767, channels, dtype=np.int16, endpoint=True)
    units = rng.integers(-1, 1, channels, dtype=np.int16, endpoint=True)
    epilogue["slope_units"] = units if activation == 3 else np.zeros(channels, np.int16)
    return epilogue


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("activation", [0, 1, 2, 3, 5])
def test_conv_row_equals_scalar(isa: str, mode: str, activation: int) -> None:
    rng = np.random.default_rng([activation, MODES.index(mode)])
    for channels in (8, 16, 24, 32, 40, 48, 64, 72, 80, 112, 176):
        for runs, run_pairs in ((1, 1), (1, 9), (3, 5), (9, 3)):
            pixels = int(rng.integers(1, 40))
            step = int(rng.integers(1, 12)) * 2
            data = numbers(rng, mode, (runs * (pixels * step + 2 * run_pairs),))
            offsets = [run * (pixels * step) + int(rng.integers(0, 3)) for run in range(runs)]
            weights = numbers(
                rng, "random", (channels, runs * run_pairs, 2), int(rng.choice([3, 300, 32767]))
            )
            start = rng.integers(-(2**31), 2**31 - 1, channels, dtype=np.int32)
            out_step = channels + 16
            residual = numbers(rng, mode, (pixels * out_step,)) if rng.random() < 0.5 else None
            arguments = (data, offsets, run_pairs, step, weights, start, pixels, out_step)
            epilogue = random_epilogue(rng, channels, activation)
            want_raw = bool(rng.random() < 0.5)
            expected = t.conv_row_i16("scalar", *arguments, epilogue, residual, want_raw)
            found = t.conv_row_i16(isa, *arguments, epilogue, residual, want_raw)
            parameters = f"{channels=} {runs=} {run_pairs=} {pixels=} {step=} {want_raw=} {epilogue=}"
            for name, a, b in zip(("out", "raw"), expected, found, strict=True):
                np.testing.assert_array_equal(a, b, err_msg=f"{name}: {parameters}")


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("activation", [0, 1, 2, 3, 5])
def test_depthwise_row_equals_scalar(isa: str, mode: str, activation: int) -> None:
    rng = np.random.default_rng([activation, MODES.index(mode), 7])
    for channels in (8, 16, 24, 32, 40, 48, 64, 88, 96, 112):
        for taps, side_by_side in ((1, False), (2, True), (3, False), (3, True), (9, False)):
            pixels = int(rng.integers(1, 40))
            step = channels * int(rng.integers(1, 3))
            data = numbers(rng, mode, (taps * (pixels + 3) * step,))
            distance = step if side_by_side else pixels * step
            offsets = [tap * distance for tap in range(taps)]
            if not side_by_side:
                offsets = [offset + int(rng.integers(0, 4)) * channels for offset in offsets]
            weights = numbers(rng, "random", (channels, (taps + 1) // 2 * 2), int(rng.choice([3, 32767])))
            weights[:, taps:] = 0  # of an odd last tap's pair
            weights = weights.reshape(channels, -1, 2)
            start = rng.integers(-(2**31), 2**31 - 1, channels, dtype=np.int32)
            out_step = channels + 16
            residual = numbers(rng, mode, (pixels * out_step,)) if rng.random() < 0.5 else None
            arguments = (data, offsets, step, weights, start, pixels, out_step)
            epilogue = random_epilogue(rng, channels, activation)
            want_raw = bool(rng.random() < 0.5)
            expected = t.depthwise_row_i16("scalar", *arguments, epilogue, residual, want_raw)
            found = t.depthwise_row_i16(isa, *arguments, epilogue, residual, want_raw)
            for name, a, b in zip(("out", "raw"), expected, found, strict=True):
                np.testing.assert_array_equal(
                    a, b, err_msg=f"{name}: {channels=} {taps=} {side_by_side=} {pixels=} {step=} {epilogue=}"
                )
