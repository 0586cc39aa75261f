# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Transforms, scaling and the chroma QP against direct matrix arithmetic, and every ISA against it."""

import numpy as np
import pytest
from kernel_data import DATA_MODES, check_dense_guard, dense_guarded, values

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = _core.supported_isas()

# First column of each odd basis function, by size: the 31 numbers from which 8.6.4.2 builds the matrix.
ODD_ROWS = {
    32: [90, 90, 88, 85, 82, 78, 73, 67, 61, 54, 46, 38, 31, 22, 13, 4],
    16: [90, 87, 80, 70, 57, 43, 25, 9],
    8: [89, 75, 50, 18],
    4: [83, 36],
    2: [64],
}
DST = np.array([[29, 55, 74, 84], [74, 74, 0, -74], [84, -29, -74, 55], [55, -84, 74, -29]])


def dct_matrix(n):
    """The n-point matrix [frequency][sample], from the half-size one and the odd rows."""
    if n == 1:
        return np.array([[64]])
    half = dct_matrix(n // 2)
    matrix = np.zeros((n, n), int)
    matrix[0::2] = np.hstack([half, half[:, ::-1]])
    odd = ODD_ROWS[n]
    for k in range(1, n, 2):
        for x in range(n):
            # cos(k (2x + 1) pi / 2n) is +- the first basis function at the sample with the same phase.
            phase = k * (2 * x + 1) % (4 * n)
            phase = min(phase, 4 * n - phase)
            matrix[k, x] = odd[(phase - 1) // 2] if phase < n else -odd[(2 * n - phase - 1) // 2]
    return matrix


def round_shift(value, shift):
    return np.clip((value + (1 << (shift - 1))) >> shift, -32768, 32767)


def inverse_oracle(coeffs, matrix, bit_depth):
    columns = round_shift(matrix.T @ coeffs.astype(np.int64), 7)
    return round_shift(columns @ matrix, 20 - bit_depth)


def forward_oracle(residual, matrix, bit_depth):
    log2_size = len(matrix).bit_length() - 1
    columns = round_shift(matrix @ residual.astype(np.int64), log2_size + bit_depth - 9)
    return round_shift(columns @ matrix.T, log2_size + 6)


TRANSFORMS = [("dct", 4), ("dct", 8), ("dct", 16), ("dct", 32), ("dst4", 4)]


def matrix_of(kind, n):
    return DST if kind == "dst4" else dct_matrix(n)


def test_matrix_is_nearly_orthogonal():
    for n in (4, 8, 16, 32):
        product = dct_matrix(n) @ dct_matrix(n).T / (64 * 64 * n)
        assert np.abs(product - np.eye(n)).max() < 0.005


def run_inverse(isa, kind, coeffs, bit_depth, max_x, max_y):
    buffer, out = dense_guarded(np.zeros_like(coeffs))
    t.inverse_transform(isa, kind, coeffs.astype(np.int16), out, bit_depth, max_x, max_y)
    check_dense_guard(buffer)
    return out


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", DATA_MODES)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize(("kind", "n"), TRANSFORMS)
def test_inverse_transform(isa, mode, bit_depth, kind, n):
    rng = np.random.default_rng(n + bit_depth)
    for low, high in [(-32768, 32767), (-600, 600)]:
        coeffs = values(rng, mode, (n, n), low, high)
        out = run_inverse(isa, kind, coeffs, bit_depth, n - 1, n - 1)
        np.testing.assert_array_equal(out, inverse_oracle(coeffs, matrix_of(kind, n), bit_depth))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("n", [4, 8, 16, 32])
def test_inverse_dct_of_partly_empty_blocks(isa, n):
    rng = np.random.default_rng(n)
    corners = {0, 1, 2, 3, 4, 6, 7, 8, 11, 15, 16, 23, n - 2, n - 1}
    for max_x in sorted(c for c in corners if c < n):
        for max_y in sorted(c for c in corners if c < n):
            coeffs = np.zeros((n, n), int)
            coeffs[: max_y + 1, : max_x + 1] = rng.integers(-32768, 32768, (max_y + 1, max_x + 1))
            expected = inverse_oracle(coeffs, dct_matrix(n), 8)
            out = run_inverse(isa, "dct", coeffs, 8, max_x, max_y)
            np.testing.assert_array_equal(out, expected, err_msg=f"{max_x=} {max_y=}")


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize(("kind", "n"), [*TRANSFORMS, ("skip", 4), ("bypass", 8)])
def test_inverse_transform_in_place(isa, kind, n):
    coeffs = np.random.default_rng(n).integers(-2000, 2000, (n, n)).astype(np.int16)
    expected = run_inverse(isa, kind, coeffs, 8, n - 1, n - 1)
    t.inverse_transform(isa, kind, coeffs, coeffs, 8, n - 1, n - 1)
    np.testing.assert_array_equal(coeffs, expected)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("mode", DATA_MODES)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize(("kind", "n"), TRANSFORMS)
def test_forward_transform(isa, mode, bit_depth, kind, n):
    rng = np.random.default_rng(n + bit_depth)
    peak = (1 << bit_depth) - 1
    for residual in (
        values(rng, mode, (n, n), -peak, peak),
        peak * np.sign(matrix_of(kind, n)[n // 2])[:, None],
    ):
        residual = np.broadcast_to(residual, (n, n))
        buffer, out = dense_guarded(np.zeros((n, n)))
        t.forward_transform(isa, kind, residual.astype(np.int16), out, bit_depth)
        check_dense_guard(buffer)
        np.testing.assert_array_equal(out, forward_oracle(residual, matrix_of(kind, n), bit_depth))


@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize(("kind", "n"), [*TRANSFORMS, ("skip", 4), ("bypass", 16)])
def test_round_trip(bit_depth, kind, n):
    peak = (1 << bit_depth) - 1
    residual = np.random.default_rng(n).integers(-peak, peak + 1, (n, n)).astype(np.int16)
    coeffs, back = np.zeros_like(residual), np.zeros_like(residual)
    t.forward_transform("scalar", kind, residual, coeffs, bit_depth)
    t.inverse_transform("scalar", kind, coeffs, back, bit_depth, n - 1, n - 1)
    tolerance = {"dct": 6, "dst4": 6, "skip": 0, "bypass": 0}[kind] << (bit_depth - 8)
    assert np.abs(back.astype(int) - residual).max() <= tolerance


@pytest.mark.parametrize("bit_depth", [8, 10])
def test_transform_skip(bit_depth):
    coeffs = np.random.default_rng(1).integers(-32768, 32768, (4, 4))
    out = run_inverse("scalar", "skip", coeffs, bit_depth, 3, 3)
    np.testing.assert_array_equal(out, round_shift(coeffs << 7, 20 - bit_depth))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("bit_depth", [8, 10])
@pytest.mark.parametrize("n", [4, 8, 16, 32])
def test_dequantize(isa, bit_depth, n):
    rng = np.random.default_rng(n)
    scale = [40, 45, 51, 57, 64, 72]
    for qp in range(52 + 6 * (bit_depth - 8)):
        levels = rng.integers(-32768, 32768, (n, n)) * (rng.random((n, n)) < 0.3)
        levels[: n // 2] //= 1024
        levels[-1, -2:] = [-32768, 32767]
        buffer, out = dense_guarded(np.zeros((n, n)))
        t.dequantize(isa, levels.astype(np.int16), out, qp, bit_depth)
        check_dense_guard(buffer)
        product = levels * 16 * (scale[qp % 6] << (qp // 6))
        shift = bit_depth + n.bit_length() - 1 - 5
        np.testing.assert_array_equal(out, round_shift(product, shift), err_msg=f"{qp=}")


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("n", [4, 8, 16, 32])
def test_quantize(isa, n):
    rng = np.random.default_rng(n)
    for scale, shift in [(26214, 19), (14564, 21), (16384, 16), (20560, 27), (32767, 29)]:
        for largest in (40, 2000, 32768):
            for density in (0, 1 / n**2, 0.05, 1):
                coeffs = rng.integers(-largest, largest, (n, n)) * (rng.random((n, n)) < density)
                rounding = 171 << (shift - 9)
                expected = np.minimum((np.abs(coeffs) * scale + rounding) >> shift, 32767) * np.sign(coeffs)
                buffer, out = dense_guarded(np.full((n, n), 99))
                extent = t.quantize(isa, coeffs.astype(np.int16), out, scale, rounding, shift)
                check_dense_guard(buffer)
                np.testing.assert_array_equal(out, expected, err_msg=f"{scale=} {shift=} {largest=}")
                y, x = np.nonzero(expected)
                assert extent == ((len(x), x.max(), y.max()) if len(x) else (0, 0, 0)), (
                    scale,
                    shift,
                    largest,
                )


def test_chroma_qp():
    table = {30: 29, 31: 30, 32: 31, 33: 32, 34: 33, 35: 33, 36: 34, 37: 34, 38: 35, 39: 35, 40: 36, 41: 36}
    table |= {42: 37, 43: 37}
    for bit_depth in (8, 10):
        bd_offset = 6 * (bit_depth - 8)
        for qp in range(-bd_offset, 52):
            for offset in range(-24, 25):
                index = min(max(qp + offset, -bd_offset), 57)
                expected = index if index < 30 else index - 6 if index > 43 else table[index]
                assert t.chroma_qp(qp, offset, bit_depth) == expected + bd_offset, (qp, offset, bit_depth)
