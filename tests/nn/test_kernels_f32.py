# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Every float32 kernel on every ISA against the scalar one: data of several sizes, odd shapes, guard elements.

Scalar code rounds products and sums, the others each multiply-add once; so they may differ by as much as rounding
can make of the products' magnitudes. ISAs with fused multiply-adds agree bit for bit.
"""

from typing import Any

import numpy as np
import pytest

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = [isa for isa in _core.supported_isas() if isa != "scalar"]
# Magnitudes of inputs and weights whose products are far from overflow, near it and near underflow.
MODES = {"random": (1.0, 1.0), "large": (1e18, 1e18), "small": (1e-18, 1e-18)}
NONE, RELU, PRELU, CLIP = 0, 1, 3, 4
EPSILON = 2.0**-23


def numbers(rng: np.random.Generator, shape: tuple[int, ...], magnitude: float) -> np.ndarray:
    return (rng.standard_normal(shape) * magnitude).astype(np.float32)


def random_epilogue(rng: np.random.Generator, channels: int, activation: int, scale: float) -> dict[str, Any]:
    epilogue: dict[str, Any] = {"activation": activation}
    if rng.random() < 0.7:
        epilogue["bias"] = numbers(rng, (channels,), scale)
    if activation == PRELU:
        epilogue["slope"] = rng.uniform(-1, 1, channels).astype(np.float32)
    if activation == CLIP:
        epilogue |= {"low": -0.5 * scale, "high": 1.5 * scale}
    return epilogue


def magnitudes(
    kernel: Any, arguments: tuple[Any, ...], epilogue: dict[str, Any], residual: Any
) -> np.ndarray:
    """Sums of the absolute values of all that is added, by the scalar kernel."""
    arguments = tuple(np.abs(a) if isinstance(a, np.ndarray) else a for a in arguments)
    epilogue = {"activation": NONE} | ({"bias": np.abs(epilogue["bias"])} if "bias" in epilogue else {})
    return kernel("scalar", *arguments, epilogue, None if residual is None else np.abs(residual))[0]


def check(
    kernel: Any,
    isa: str,
    arguments: tuple[Any, ...],
    epilogue: dict[str, Any],
    residual: Any,
    want_raw: bool,
    terms: int,
    parameters: str,
) -> None:
    expected = kernel("scalar", *arguments, epilogue, residual, want_raw)
    found = kernel(isa, *arguments, epilogue, residual, want_raw)
    bound = EPSILON * (terms + 4) * magnitudes(kernel, arguments, epilogue, residual) + 1e-44 * terms
    for name, a, b in zip(("out", "raw"), expected, found, strict=True):
        untouched = a == np.float32(23130)  # no result is the guard's number
        np.testing.assert_array_equal(untouched, b == np.float32(23130), err_msg=f"{name}: {parameters}")
        assert np.all((np.abs(a - b) <= bound) | untouched), f"{name}: {parameters}"
    if "avx2" in ISAS:
        for a, b in zip(kernel("avx2", *arguments, epilogue, residual, want_raw), found, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=f"against avx2: {parameters}")


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("activation", [NONE, RELU, PRELU, CLIP])
def test_conv_row_equals_scalar(isa: str, mode: str, activation: int) -> None:
    rng = np.random.default_rng([activation, list(MODES).index(mode)])
    input_scale, weight_scale = MODES[mode]
    for channels in (8, 16, 24, 32, 40, 48, 56, 64, 72, 112, 176):
        for runs, run_length in ((1, 1), (1, 17), (3, 10), (9, 6)):
            pixels = int(rng.integers(1, 40))
            step = int(rng.integers(1, 24))
            data = numbers(rng, (runs * (pixels * step + run_length + 2),), input_scale)
            offsets = [run * (pixels * step) + int(rng.integers(0, 3)) for run in range(runs)]
            weights = numbers(rng, (channels, runs * run_length), weight_scale)
            out_step = channels + 8
            scale = input_scale * weight_scale
            residual = numbers(rng, (pixels * out_step,), scale) if rng.random() < 0.5 else None
            epilogue = random_epilogue(rng, channels, activation, scale)
            want_raw = bool(rng.random() < 0.5)
            arguments = (data, offsets, run_length, step, weights, pixels, out_step)
            parameters = f"{channels=} {runs=} {run_length=} {pixels=} {step=} {want_raw=} {epilogue=}"
            terms = runs * run_length
            check(
                t.conv_row_f32,
                isa,
                arguments,
                epilogue,
                residual,
                want_raw,
                terms,
                parameters,
            )


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("activation", [NONE, RELU, PRELU, CLIP])
def test_depthwise_row_equals_scalar(isa: str, mode: str, activation: int) -> None:
    rng = np.random.default_rng([activation, list(MODES).index(mode), 7])
    input_scale, weight_scale = MODES[mode]
    for channels in (8, 16, 24, 32, 64, 104):
        for taps in (1, 2, 3, 9):
            pixels = int(rng.integers(1, 40))
            step = channels * int(rng.integers(1, 3))
            data = numbers(rng, (taps * (pixels + 3) * step + 4 * channels,), input_scale)
            offsets = [int(rng.integers(0, 4)) * channels + tap * pixels * step for tap in range(taps)]
            weights = numbers(rng, (channels, taps), weight_scale)
            out_step = channels + 8
            scale = input_scale * weight_scale
            residual = numbers(rng, (pixels * out_step,), scale) if rng.random() < 0.5 else None
            epilogue = random_epilogue(rng, channels, activation, scale)
            want_raw = bool(rng.random() < 0.5)
            arguments = (data, offsets, step, weights, pixels, out_step)
            parameters = f"{channels=} {taps=} {pixels=} {step=} {want_raw=} {epilogue=}"
            check(
                t.depthwise_row_f32,
                isa,
                arguments,
                epilogue,
                residual,
                want_raw,
                taps,
                parameters,
            )


@pytest.mark.parametrize("isa", _core.supported_isas())
@pytest.mark.parametrize("channels", [8, 16, 24, 48, 64, 176])
def test_a_pixels_bits_do_not_depend_on_its_place(isa: str, channels: int) -> None:
    """Rows of equal pixels, of every length and in chunks, so that each tile and each rest is met."""
    rng = np.random.default_rng(channels)
    pixel, weights = numbers(rng, (21,), 1.0), numbers(rng, (channels, 21), 1.0)
    epilogue = random_epilogue(rng, channels, PRELU, 1.0)
    reference = None
    for pixels in range(1, 30):
        for chunk in (0, 5):
            out, _ = t.conv_row_f32(
                isa, np.tile(pixel, pixels), [0], 21, 21, weights, pixels, channels, epilogue, chunk=chunk
            )
            rows = out.reshape(-1, channels)[1:-1]
            reference = rows[0] if reference is None else reference
            np.testing.assert_array_equal(rows, np.broadcast_to(reference, rows.shape), err_msg=f"{pixels=}")
    data, taps = numbers(rng, (3 * channels,), 1.0), numbers(rng, (channels, 3), 1.0)
    reference = None
    for pixels in range(1, 16):
        row = np.concatenate([np.tile(part, pixels) for part in data.reshape(3, channels)])
        offsets = [tap * channels * pixels for tap in range(3)]
        out, _ = t.depthwise_row_f32(isa, row, offsets, channels, taps, pixels, channels, epilogue)
        rows = out.reshape(-1, channels)[1:-1]
        reference = rows[0] if reference is None else reference
        np.testing.assert_array_equal(rows, np.broadcast_to(reference, rows.shape), err_msg=f"{pixels=}")


@pytest.mark.parametrize("isa", _core.supported_isas())
def test_activations_keep_nan_and_signs(isa: str) -> None:
    data = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, -2.0, 2.0], np.float32)
    pixels, weights = data.size, np.ones((8, 1), np.float32)
    expected = {
        RELU: [np.nan, np.inf, 0, 0, 0, 0, 2],
        PRELU: [np.nan, np.inf, -np.inf, 0, 0, -1, 2],
        CLIP: [np.nan, 1, -1, 0, 0, -1, 1],
    }
    for activation, wanted in expected.items():
        epilogue = {"activation": activation, "slope": np.full(8, 0.5, np.float32), "low": -1.0, "high": 1.0}
        out, _ = t.conv_row_f32(isa, data, [0], 1, 1, weights, pixels, 8, epilogue)
        for channel in range(8):
            np.testing.assert_array_equal(out[8:-8].reshape(pixels, 8)[:, channel], np.float32(wanted))
