# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The rules of operations that filters rarely have (csrc/nn/README.md) in numpy, on (H, W, C) int64 arrays."""

import math
from fractions import Fraction

import numpy as np

FUNCTIONS = {
    "Sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "Tanh": np.tanh,
    "HardSwish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "HardSigmoid": lambda x: np.clip(0.2 * x + 0.5, 0, 1),
    "Abs": np.abs,
    "Softplus": lambda x: np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0),
    "Erf": np.vectorize(math.erf),
}
COMPARISONS = {
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "Equal": np.equal,
}
_TABLES: dict[tuple[str, int, int], np.ndarray] = {}


def sat(x: np.ndarray) -> np.ndarray:
    return np.clip(x, -32767, 32767)


def table(name: str, q_in: int, q_out: int) -> np.ndarray:
    """The result for every integer from -32768 on, by the rule of tables."""
    if (name, q_in, q_out) not in _TABLES:
        x = np.arange(-32768, 32769, dtype=np.float64) / 2.0**q_in
        exact = sat(np.rint(FUNCTIONS[name](x) * 2.0**q_out)).astype(np.int64)
        for step in [2**s for s in range(12, -1, -1)]:
            low, high = np.repeat(exact[:-1:step], step), np.repeat(exact[step::step], step)
            found = low + ((high - low) * np.tile(np.arange(step), 65536 // step)) // step
            if np.abs(found - exact[:-1]).max() <= (1 if step > 1 else 0):
                break
        _TABLES[name, q_in, q_out] = found
    return _TABLES[name, q_in, q_out]


def conv_transpose(x: np.ndarray, w: np.ndarray, strides, pads, extra, groups: int) -> np.ndarray:
    """Sums of a transposed convolution; w is (C, O / groups, kh, kw)."""
    height, width, channels = x.shape
    _, per_group, kh, kw = w.shape
    full = np.zeros(
        (
            (height - 1) * strides[0] + kh + extra[0],
            (width - 1) * strides[1] + kw + extra[1],
            per_group * groups,
        ),
        np.int64,
    )
    each = channels // groups
    for g in range(groups):
        xs, ws = x[:, :, g * each : (g + 1) * each], w[g * each : (g + 1) * each]
        for i in range(kh):
            for j in range(kw):
                rows = slice(i, i + (height - 1) * strides[0] + 1, strides[0])
                columns = slice(j, j + (width - 1) * strides[1] + 1, strides[1])
                full[rows, columns, g * per_group : (g + 1) * per_group] += xs @ ws[:, :, i, j]
    top, left, bottom, right = pads
    return full[top : full.shape[0] - bottom, left : full.shape[1] - right]


def windows(x: np.ndarray, kernel, strides, pads, border: int) -> np.ndarray:
    """(samples of the window, H, W, C)"""
    top, left, bottom, right = pads
    x = np.pad(x, ((top, bottom), (left, right), (0, 0)), constant_values=border)
    height, width = (x.shape[0] - kernel[0]) // strides[0] + 1, (x.shape[1] - kernel[1]) // strides[1] + 1
    return np.stack(
        [
            x[i:, j:][
                : (height - 1) * strides[0] + 1 : strides[0], : (width - 1) * strides[1] + 1 : strides[1]
            ]
            for i in range(kernel[0])
            for j in range(kernel[1])
        ]
    )


def average_pool(x: np.ndarray, kernel, strides, pads, counts_border: bool) -> np.ndarray:
    total = windows(x, kernel, strides, pads, 0).sum(0)
    inside = windows(np.ones((*x.shape[:2], 1), np.int64), kernel, strides, pads, 0).sum(0)
    return sat(total // (kernel[0] * kernel[1] if counts_border else inside))


def _weights(size: int, scale: Fraction, mode: str) -> list[tuple[int, int, int]]:
    """Lower neighbour, upper neighbour, weight of the upper one in 2048ths."""
    result = []
    for i in range(int(size * scale)):
        at = i / scale if mode == "asymmetric" else (Fraction(2 * i + 1, 2) / scale) - Fraction(1, 2)
        if mode == "align_corners":
            count = int(size * scale)
            at = Fraction(i * (size - 1), count - 1) if count > 1 else Fraction(0)
        at = min(max(at, Fraction(0)), Fraction(size - 1))
        low = math.floor(at)
        result.append((low, min(low + 1, size - 1), math.floor((at - low) * 2048 + Fraction(1, 2))))
    return result


def resize_bilinear(x: np.ndarray, scales: tuple[Fraction, Fraction], mode: str) -> np.ndarray:
    rows, columns = (np.array(_weights(n, s, mode)).T for n, s in zip(x.shape, scales, strict=False))
    wy, wx = rows[2][:, None, None], columns[2][None, :, None]

    def line(which: np.ndarray) -> np.ndarray:
        return x[which][:, columns[0]] * (2048 - wx) + x[which][:, columns[1]] * wx

    return sat((line(rows[0]) * (2048 - wy) + line(rows[1]) * wy) >> 22)


def _cubic_weights(at: Fraction, a: Fraction) -> list[int]:
    """Weights in 2048ths of four samples, of which the position is behind the second one by a fraction `at`."""
    t = Fraction(math.floor(at * 2048 + Fraction(1, 2)), 2048)

    def kernel(d: Fraction) -> int:
        near, far = (a + 2) * d**3 - (a + 3) * d**2 + 1, a * (d**3 - 5 * d**2 + 8 * d - 4)
        return math.floor((near if d <= 1 else far) * 2048 + Fraction(1, 2))

    first, third, fourth = kernel(t + 1), kernel(1 - t), kernel(2 - t)
    return [first, 2048 - first - third - fourth, third, fourth]


def resize_cubic(x: np.ndarray, scales: tuple[Fraction, Fraction], a: Fraction) -> np.ndarray:
    """Half-pixel coordinates, neighbours repeated at the borders."""
    total = x
    for axis, scale in enumerate(scales):
        size, lines = x.shape[axis], []
        for i in range(int(size * scale)):
            at = (i + Fraction(1, 2)) / scale - Fraction(1, 2)
            low = math.floor(at)
            taken = total.take([min(max(low - 1 + k, 0), size - 1) for k in range(4)], axis)
            weights = np.array(_cubic_weights(at - low, a), np.int64)
            lines.append((taken * weights.reshape([-1 if d == axis else 1 for d in range(3)])).sum(axis))
        total = np.stack(lines, axis)
    return sat(total >> 22)


def resize_nearest(x: np.ndarray, scales: tuple[Fraction, Fraction]) -> np.ndarray:
    """Asymmetric coordinates, rounded down."""
    rows, columns = (
        [math.floor(i / s) for i in range(int(n * s))] for n, s in zip(x.shape, scales, strict=False)
    )
    return x[rows][:, columns]


def run_later_op(
    node, a: dict, x, qx: int, v: dict, q: dict, constants: dict, integers
) -> tuple[np.ndarray, int]:
    """One node of an operation that `oracle.Oracle` does not have itself; the value and its quantizer."""
    name, op = node.output[0], node.op_type
    if op in FUNCTIONS:
        qy = q.get(f"declared {name}", qx)
        return table(op, qx, qy)[x + 32768], qy
    if op in COMPARISONS:
        other, qo = _operand(node.input[1], v, q, integers)
        high = max(qx, qo)
        return COMPARISONS[op](x << (high - qx), other << (high - qo)).astype(np.int64), 0
    match op:
        case "Where":
            (left, ql), (right, qr) = (_operand(n, v, q, integers) for n in node.input[1:3])
            qy = min(ql, qr)
            return np.where(x != 0, left >> (ql - qy), right >> (qr - qy)), qy
        case "Sub":
            other, qo = _operand(node.input[1], v, q, integers)
            qy = min(qx, qo)
            return sat((x >> (qx - qy)) - (other >> (qo - qy))), qy
        case "Neg":
            return sat(-x), qx
        case "AveragePool":
            counts = bool(a.get("count_include_pad", 0))
            return average_pool(x, a["kernel_shape"], a["strides"], a["pads"], counts), qx
        case "GlobalAveragePool":
            return sat(x.sum((0, 1), keepdims=True) // (x.shape[0] * x.shape[1])), qx
        case "ReduceMean":
            axes = tuple({1: 2, 2: 0, 3: 1}[axis] for axis in a["axes"])
            count = math.prod(x.shape[axis] for axis in axes)
            return sat(x.sum(axes, keepdims=True) // count), qx
        case "Resize":
            scales = tuple(Fraction(float(s)) for s in constants[node.input[2]][2:])
            if a["mode"] == b"nearest":
                return resize_nearest(x, scales), qx
            return resize_bilinear(x, scales, a["coordinate_transformation_mode"].decode()), qx
        case "Tile":
            _, channels, rows, columns = constants[node.input[1]].tolist()
            return np.tile(x, (rows, columns, channels)), qx
    raise AssertionError(op)


def _operand(name: str, v: dict, q: dict, integers) -> tuple[np.ndarray, int]:
    """A value, or a constant that is one number or one a channel."""
    if name in v:
        return v[name], q[name]
    numbers, quantizer = integers(name)
    return numbers.reshape(1, 1, -1), quantizer
