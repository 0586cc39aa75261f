# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Functions of one number in numpy, and their tables for integer networks (the table rule of csrc/nn/README.md)."""

import math

import numpy as np
from numpy.typing import NDArray

from inloop.convert.fields import Function

Array = NDArray[np.float64]

_erf = np.vectorize(math.erf, otypes=[np.float64])
_COARSEST = 12  # Knots are at most 2**12 apart.


def _sigmoid(x: Array) -> Array:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * x)))


def _softplus(x: Array) -> Array:
    return np.asarray(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


def evaluate(function: Function, parameters: tuple[float, float], x: Array) -> Array:
    """The function of real numbers; NaN and infinity where it has none."""
    a, b = parameters
    with np.errstate(all="ignore"):
        match function:
            case Function.SIGMOID:
                return _sigmoid(x)
            case Function.HARD_SIGMOID:
                return np.asarray(np.clip(a * x + b, 0, 1))
            case Function.HARD_SWISH:
                return np.asarray(x * np.clip(x / 6 + 0.5, 0, 1))
            case Function.GELU:
                return np.asarray(0.5 * x * (1 + _erf(x / math.sqrt(2))))
            case Function.GELU_TANH:
                return np.asarray(0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))
            case Function.ERF:
                return np.asarray(_erf(x))
            case Function.SOFTPLUS:
                return _softplus(x)
            case Function.SOFTSIGN:
                return np.asarray(x / (1 + np.abs(x)))
            case Function.ELU:
                return np.where(x < 0, a * np.expm1(np.minimum(b * x, 700)), x)
            case Function.MISH:
                return np.asarray(x * np.tanh(_softplus(x)))
            case Function.SWISH:
                return np.asarray(x * _sigmoid(a * x))
            case Function.POWER:
                return np.asarray(np.power(x, a))
            case _:
                return np.asarray(_NUMPY[function](x))


_NUMPY = {
    Function.TANH: np.tanh,
    Function.EXP: np.exp,
    Function.LOG: np.log,
    Function.SQRT: np.sqrt,
    Function.RECIPROCAL: np.reciprocal,
    Function.ABS: np.abs,
    Function.FLOOR: np.floor,
    Function.CEIL: np.ceil,
    Function.ROUND: np.rint,
    Function.TRUNCATE: np.trunc,
    Function.SIGN: np.sign,
    Function.SINE: np.sin,
    Function.COSINE: np.cos,
}


def make_table(
    function: Function, parameters: tuple[float, float], q_in: int, q_out: int
) -> tuple[int, NDArray[np.int16]]:
    """Knots from -32768 on, 1 << shift apart: the widest steps at which no result is off by more than 1.

    What a function has no number for is 0; results saturate at 32767.
    """
    x = np.arange(-32768, 32769)
    exact = evaluate(function, parameters, x / 2.0**q_in) * 2.0**q_out
    exact = np.clip(np.rint(np.nan_to_num(exact, nan=0.0)), -32767, 32767).astype(np.int64)
    for shift in range(_COARSEST, 0, -1):
        knots = exact[:: 1 << shift]
        index, rest = (x[:-1] + 32768) >> shift, (x[:-1] + 32768) & ((1 << shift) - 1)
        found = knots[index] + (((knots[index + 1] - knots[index]) * rest) >> shift)
        if np.abs(found - exact[:-1]).max() <= 1:
            return shift, knots.astype(np.int16)
    return 0, exact.astype(np.int16)
