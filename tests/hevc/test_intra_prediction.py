# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Intra prediction against the equations of 8.4.4.2, sample by sample, on every ISA."""

import numpy as np
import pytest
from kernel_data import DATA_MODES, Guarded, values

from inloop import _core
from need_testing import need_testing

t = need_testing()
ISAS = _core.supported_isas()
ANGLES = [32, 26, 21, 17, 13, 9, 5, 2, 0, -2, -5, -9, -13, -17, -21, -26]
ANGLE = dict(zip(range(2, 35), [*ANGLES, -32, *ANGLES[::-1]], strict=True))


class References:
    """p[-1][y] and p[x][-1] by coordinates, from the line that the kernels use."""

    def __init__(self, line, n):
        self.line, self.n = [int(v) for v in line], n

    def __getitem__(self, position):
        x, y = position
        return self.line[2 * self.n - 1 - y] if x < 0 else self.line[2 * self.n + 1 + x]


def smoothed(line, n, mode, bit_depth, strong):
    """8.4.4.2.3 for luma."""
    distance = min(abs(mode - 26), abs(mode - 10))
    if mode == 1 or n == 4 or distance <= {8: 7, 16: 1, 32: 0}[n]:
        return line
    p = References(line, n)
    limit = 1 << (bit_depth - 5)
    top_flat = abs(p[-1, -1] + p[2 * n - 1, -1] - 2 * p[n - 1, -1]) < limit
    left_flat = abs(p[-1, -1] + p[-1, 2 * n - 1] - 2 * p[-1, n - 1]) < limit
    if strong and n == 32 and top_flat and left_flat:
        left = [((63 - y) * p[-1, -1] + (y + 1) * p[-1, 63] + 32) >> 6 for y in range(63)]
        top = [((63 - x) * p[-1, -1] + (x + 1) * p[63, -1] + 32) >> 6 for x in range(63)]
        return [p[-1, 63], *left[::-1], p[-1, -1], *top, p[63, -1]]
    middle = [(a + 2 * b + c + 2) >> 2 for a, b, c in zip(line, line[1:], line[2:], strict=False)]
    return [line[0], *middle, line[-1]]


def angular(p, n, mode):
    """8.4.4.2.6 without the edge filters; prediction[y, x]."""
    angle, vertical = ANGLE[mode], mode >= 18
    main = (lambda i: p[i, -1]) if vertical else (lambda i: p[-1, i] if i >= 0 else p[-1, -1])
    side = (lambda i: p[-1, i]) if vertical else (lambda i: p[i, -1] if i >= 0 else p[-1, -1])
    ref = {i: main(i - 1) if i else p[-1, -1] for i in range(2 * n + 1)}
    if n * angle >> 5 < -1:
        inverse = round(8192 / angle)
        for i in range(n * angle >> 5, 0):
            ref[i] = side(-1 + ((i * inverse + 128) >> 8))
    out = np.zeros((n, n), int)
    for j in range(n):
        index, fraction = ((j + 1) * angle) >> 5, ((j + 1) * angle) & 31
        for i in range(n):
            first = ref[i + index + 1]
            second = ref[i + index + 2] if fraction else 0
            value = ((32 - fraction) * first + fraction * second + 16) >> 5 if fraction else first
            out[(j, i) if vertical else (i, j)] = value
    return out


def predict(line, n, c_idx, mode, bit_depth, strong):
    line = [int(v) for v in line]
    p = References(smoothed(line, n, mode, bit_depth, strong) if c_idx == 0 else line, n)
    log2_size = n.bit_length() - 1
    edges = c_idx == 0 and n < 32
    out = np.zeros((n, n), int)
    if mode == 0:
        for y in range(n):
            for x in range(n):
                horizontal = (n - 1 - x) * p[-1, y] + (x + 1) * p[n, -1]
                vertical = (n - 1 - y) * p[x, -1] + (y + 1) * p[-1, n]
                out[y, x] = (horizontal + vertical + n) >> (log2_size + 1)
    elif mode == 1:
        dc = (sum(p[i, -1] + p[-1, i] for i in range(n)) + n) >> (log2_size + 1)
        out[...] = dc
        if edges:
            out[0] = [(p[x, -1] + 3 * dc + 2) >> 2 for x in range(n)]
            out[:, 0] = [(p[-1, y] + 3 * dc + 2) >> 2 for y in range(n)]
            out[0, 0] = (p[-1, 0] + 2 * dc + p[0, -1] + 2) >> 2
    else:
        out = angular(p, n, mode)
        peak = (1 << bit_depth) - 1
        if edges and mode == 26:
            out[:, 0] = [np.clip(p[0, -1] + ((p[-1, y] - p[-1, -1]) >> 1), 0, peak) for y in range(n)]
        if edges and mode == 10:
            out[0] = [np.clip(p[-1, 0] + ((p[x, -1] - p[-1, -1]) >> 1), 0, peak) for x in range(n)]
    return out


def lines(rng, mode, n, bit_depth):
    """Reference lines: noise in the data mode, and a smooth ramp (which strong smoothing acts on)."""
    peak = (1 << bit_depth) - 1
    yield values(rng, mode, (4 * n + 1,), 0, peak)
    ramp = np.linspace(*rng.integers(0, peak + 1, 2), 4 * n + 1) + rng.integers(-1, 2, 4 * n + 1)
    yield np.clip(ramp, 0, peak).astype(int)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("c_idx", [0, 1])
@pytest.mark.parametrize("n", [4, 8, 16, 32])
@pytest.mark.parametrize("bit_depth", [8, 10])
def test_predict_intra(isa, c_idx, n, bit_depth):
    rng = np.random.default_rng(n + bit_depth)
    for mode in range(35):
        for data_mode in DATA_MODES:
            for line in lines(rng, data_mode, n, bit_depth):
                dst = Guarded.of(np.zeros((n, n)))
                row = line[None].astype(np.uint16)
                t.predict_intra(isa, row, c_idx, mode, bit_depth, True, dst.block)
                dst.check()
                expected = predict(line, n, c_idx, mode, bit_depth, True)
                np.testing.assert_array_equal(dst.block, expected, err_msg=f"{mode=} {data_mode=} {isa=}")


def test_strong_smoothing_only_when_enabled():
    line = np.arange(129) // 2 + np.arange(129) % 2
    for strong in (False, True):
        dst = np.zeros((32, 32), np.uint16)
        t.predict_intra("scalar", line[None].astype(np.uint16), 0, 0, 8, strong, dst)
        np.testing.assert_array_equal(dst, predict(line, 32, 0, 0, 8, strong))


# --- neighbours

CTB = 16


def z_order(x, y, width):
    """Decoding order of the 4x4 cell at luma (x, y) without tiles."""
    ctb = (y // CTB) * -(-width // CTB) + x // CTB
    order = 0
    for bit in range(2):
        order |= ((x % CTB // 4) >> bit & 1) << (2 * bit) | ((y % CTB // 4) >> bit & 1) << (2 * bit + 1)
    return ctb * 16 + order


def available(current, neighbour, shape, slices):
    (xc, yc), (xn, yn), (height, width) = current, neighbour, shape
    if not (0 <= xn < width and 0 <= yn < height) or z_order(xn, yn, width) > z_order(xc, yc, width):
        return False
    columns = -(-width // CTB)
    return slices[yn // CTB * columns + xn // CTB] == slices[yc // CTB * columns + xc // CTB]


def reference_line(plane, c_idx, x, y, n, bit_depth, slices, pred_mode, constrained):
    """8.4.4.2.2 by the letter: one availability check a sample, then the substitution."""
    scale = 2 if c_idx else 1
    shape = tuple(scale * s for s in plane.shape)
    positions = [(-1, j) for j in range(2 * n - 1, -2, -1)] + [(i, -1) for i in range(2 * n)]
    line = []
    for dx, dy in positions:
        xn, yn = (x + dx) * scale, (y + dy) * scale
        usable = available((x * scale, y * scale), (xn, yn), shape, slices)
        if usable and constrained:
            usable = pred_mode[yn // 4, xn // 4] == 2
        line.append(int(plane[y + dy, x + dx]) if usable else None)
    first = next((v for v in line if v is not None), 1 << (bit_depth - 1))
    for i, value in enumerate(line):
        if value is None:
            line[i] = line[i - 1] if i else first
    return line


SLICES = {
    "one slice": [0] * 9,
    "slice starts above right": [0, 0, 2, 2, 2, 2, 2, 2, 2],
    "slice a row": [0, 0, 0, 3, 3, 3, 6, 6, 6],
    "slice a CTB": list(range(9)),
}


@pytest.mark.parametrize("constrained", [False, True])
@pytest.mark.parametrize("slices", SLICES.values(), ids=SLICES.keys())
@pytest.mark.parametrize("c_idx", [0, 2])
def test_reference_gathering(c_idx, slices, constrained):
    rng = np.random.default_rng(4)
    height, width = 40, 48 - 8
    pred_mode = np.kron(rng.integers(1, 3, (height // 8, width // 8)), np.ones((2, 2))).astype(np.uint8)
    scale = 2 if c_idx else 1
    plane = rng.integers(0, 256, (height // scale, width // scale)).astype(np.uint16)
    for log2_size in (2, 3) if c_idx else (2, 3, 4):
        n = 1 << log2_size
        for y in range(0, plane.shape[0] - n + 1, n):
            for x in range(0, plane.shape[1] - n + 1, n):
                line = t.intra_references(plane, c_idx, x, y, log2_size, 4, 8, slices, pred_mode, constrained)
                expected = reference_line(plane, c_idx, x, y, n, 8, slices, pred_mode, constrained)
                np.testing.assert_array_equal(line, expected, err_msg=f"{n=} {x=} {y=}")


def test_derive_mpm():
    rng = np.random.default_rng(5)
    shape = (40, 40)
    plane = np.zeros(shape, np.uint16)
    slices = SLICES["slice starts above right"]
    for _ in range(20):
        pred_mode = rng.integers(1, 3, (10, 10)).astype(np.uint8)
        intra_mode = rng.choice([0, 1, 2, 10, 26, 26, 33, 34], (10, 10)).astype(np.uint8)
        for y in range(0, 40, 4):
            for x in range(0, 40, 4):
                candidates = []
                for xn, yn in [(x - 1, y), (x, y - 1)]:
                    usable = available((x, y), (xn, yn), shape, slices) and yn >= y // CTB * CTB
                    usable = usable and pred_mode[yn // 4, xn // 4] == 2
                    candidates.append(int(intra_mode[yn // 4, xn // 4]) if usable else 1)
                a, b = candidates
                if a != b:
                    expected = [a, b, next(m for m in (0, 1, 26) if m not in (a, b))]
                else:
                    expected = [0, 1, 26] if a < 2 else [a, 2 + (a + 29) % 32, 2 + (a - 2 + 1) % 32]
                assert t.derive_mpm(plane, x, y, 4, slices, pred_mode, intra_mode) == expected, (x, y)


def test_derive_chroma_mode():
    for luma in range(35):
        expected = [34 if mode == luma else mode for mode in (0, 26, 10, 1)]
        assert [t.derive_chroma_mode(luma, i) for i in range(5)] == [*expected, luma]
