# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A plain numpy executor of networks on real values: for calibration and for comparing, not for speed."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from inloop.convert.float_moves import COMPARISONS, grid_sample, pad_border, rearrange, resize, resize_to
from inloop.convert.network import Layer, Network, Op
from inloop.convert.tables import evaluate
from inloop.errors import ConfigError, UnsupportedError

Array = NDArray[np.float64]


def real_constant(layer: Layer) -> Array:
    """A layer's constants as real values."""
    assert layer.constant is not None
    values: Array = layer.constant.astype(np.float64) * 2.0**-layer.constant_quantizer
    return values


def _conv(layer: Layer, x: Array) -> Array:
    weights = real_constant(layer)
    (top, left, bottom, right), (sy, sx) = layer.window.pads, layer.window.strides
    x = np.pad(x, ((top, bottom), (left, right), (0, 0)))
    channels, kh, kw, per_group = weights.shape
    height, width = (x.shape[0] - kh) // sy + 1, (x.shape[1] - kw) // sx + 1
    each = channels // layer.groups
    y = np.zeros((height, width, channels))
    for i in range(kh):
        for j in range(kw):
            tap = x[i : i + (height - 1) * sy + 1 : sy, j : j + (width - 1) * sx + 1 : sx]
            if per_group == each == 1:
                y += tap * weights[:, i, j, 0]
                continue
            for g in range(layer.groups):
                out, source = slice(g * each, (g + 1) * each), slice(g * per_group, (g + 1) * per_group)
                y[:, :, out] += tap[:, :, source] @ weights[out, i, j].T
    return y


def _pooled(layer: Layer, x: Array, border: float) -> Array:
    """The samples of every window, stacked."""
    (kh, kw), (sy, sx) = layer.window.kernel, layer.window.strides
    top, left, bottom, right = layer.window.pads
    x = np.pad(x, ((top, bottom), (left, right), (0, 0)), constant_values=border)
    height, width = (x.shape[0] - kh) // sy + 1, (x.shape[1] - kw) // sx + 1
    taps = [
        x[i : i + (height - 1) * sy + 1 : sy, j : j + (width - 1) * sx + 1 : sx]
        for i in range(kh)
        for j in range(kw)
    ]
    return np.stack(taps)


def _depth_to_space(layer: Layer, x: Array) -> Array:
    (h, w, _), b, c = x.shape, layer.block, x.shape[2] // layer.block**2
    if layer.column_row_depth:
        return x.reshape(h, w, c, b, b).transpose(0, 3, 1, 4, 2).reshape(h * b, w * b, c)
    return x.reshape(h, w, b, b, c).transpose(0, 2, 1, 3, 4).reshape(h * b, w * b, c)


def _space_to_depth(layer: Layer, x: Array) -> Array:
    (h, w, c), b = x.shape, layer.block
    return x.reshape(h // b, b, w // b, b, c).transpose(0, 2, 1, 3, 4).reshape(h // b, w // b, b * b * c)


def _slice(layer: Layer, x: Array) -> Array:
    top, left, bottom, right = layer.sides
    begin = layer.channel_begin
    return x[top : x.shape[0] - bottom, left : x.shape[1] - right, begin : begin + layer.channels]


def _knots(layer: Layer) -> Array:
    """The integers that a table has numbers for."""
    return np.arange(-32768.0, 32769.0, 1 << layer.shift)


def _unary(layer: Layer, a: Array, quantizer: int) -> Array | None:
    """Operations on every number by itself; `quantizer` is that of the operand."""
    match layer.op:
        case Op.BIAS_ADD:
            return a + real_constant(layer).reshape(-1)
        case Op.PRELU:
            return np.where(a < 0, a * real_constant(layer).reshape(-1), a)
        case Op.RELU:
            return np.maximum(a, 0)
        case Op.MUL_CONSTANT:
            return a * real_constant(layer).reshape(-1)
        case Op.CLIP:
            assert layer.constant is not None
            low, high = layer.constant.astype(np.float64) * 2.0**-layer.quantizer
            return np.clip(a, low, high)
        case Op.FUNCTION:
            return evaluate(layer.function, layer.parameters, a)
        case Op.TABLE:
            return np.interp(a * 2.0**quantizer, _knots(layer), real_constant(layer) * 2.0**-layer.quantizer)
        case _:
            return None


def _moved(layer: Layer, a: Array) -> Array | None:
    """Operations that only move numbers."""
    match layer.op:
        case Op.SLICE:
            return _slice(layer, a)
        case Op.PAD:
            top, left, bottom, right = layer.sides
            return np.pad(a, ((top, bottom), (left, right), (0, 0)))
        case Op.PAD_BORDER | Op.PAD_MULTIPLE:
            return pad_border(layer, a)
        case Op.DEPTH_TO_SPACE:
            return _depth_to_space(layer, a)
        case Op.SPACE_TO_DEPTH:
            return _space_to_depth(layer, a)
        case Op.FLIP:
            return np.flip(a, tuple(d for d in range(2) if layer.axes >> d & 1))
        case Op.TILE:
            return np.tile(a, layer.extent)
        case Op.REARRANGE:
            return rearrange(layer, a)
        case _:
            return None


def _combined(layer: Layer, x: list[Array]) -> Array | None:
    """Operations on several tensors."""
    match layer.op:
        case Op.ADD:
            return x[0] + x[1]
        case Op.SUB:
            return x[0] - x[1]
        case Op.MUL:
            return x[0] * x[1]
        case Op.MAXIMUM:
            return np.maximum(x[0], x[1])
        case Op.MINIMUM:
            return np.minimum(x[0], x[1])
        case Op.CONCAT:
            return np.concatenate(x, axis=2)
        case Op.JOIN:
            return np.concatenate(x, axis=layer.axes - 1)
        case Op.COMPARE:
            return COMPARISONS[layer.comparison](x[0], x[1]).astype(np.float64)
        case Op.SELECT:
            return np.where(x[0] != 0, x[1], x[2])
        case Op.EXPAND:
            return np.broadcast_to(x[0], (*x[1].shape[:2], layer.channels))
        case Op.RESIZE_TO:
            return resize_to(layer, x[0], x[1])
        case Op.CROP_TO:
            height, width = (like if layer.axes >> d & 1 else None for d, like in enumerate(x[1].shape[:2]))
            return x[0][:height, :width]
        case Op.GRID_SAMPLE:
            return grid_sample(layer, x[0], x[1])
        case _:
            return None


def _layer(layer: Layer, x: list[Array], quantizer: int) -> Array:
    """The real values of a layer's result; `quantizer` is that of its first operand."""
    match layer.op:
        case Op.CONSTANT:
            return real_constant(layer).reshape(layer.extent)
        case Op.CONV:
            return _conv(layer, x[0])
        case Op.MAX_POOL:
            return np.asarray(_pooled(layer, x[0], -np.inf).max(axis=0))
        case Op.AVERAGE_POOL:
            ones = np.ones((*x[0].shape[:2], 1))
            count = layer.window.kernel[0] * layer.window.kernel[1]
            inside = count if layer.count_padding else _pooled(layer, ones, 0).sum(axis=0)
            return np.asarray(_pooled(layer, x[0], 0).sum(axis=0) / inside)
        case Op.REDUCE_MEAN:
            return np.asarray(x[0].mean(tuple(d for d in range(3) if layer.axes >> d & 1), keepdims=True))
        case Op.RESIZE:
            return resize(layer, x[0])
    for result in (_combined(layer, x), _unary(layer, x[0], quantizer), _moved(layer, x[0])):
        if result is not None:
            return result
    raise UnsupportedError(f"layer '{layer.name}' ({layer.op.name.lower()}) has no form on real values")


def run_float(network: Network, inputs: Mapping[str, NDArray[np.floating]]) -> list[Array]:
    """Return the real values of all the network's values, inputs first, each (height, width, channels).

    Nothing is rounded or saturated, in an integer network neither.

    Args:
        network: The network.
        inputs: Arrays (1, height, width, channels) or (height, width, channels) by name.

    Raises:
        ConfigError: An input is missing or has a wrong number of channels.
    """
    values: list[Array] = []
    for name, channels, _ in network.inputs:
        if name not in inputs:
            raise ConfigError(f"input '{name}' is missing")
        array = np.asarray(inputs[name], np.float64)
        if (
            array.ndim not in (3, 4)
            or array.shape[-1] != channels
            or (array.ndim == 4 and array.shape[0] != 1)
        ):
            raise ConfigError(
                f"input '{name}' has shape {array.shape}, {channels} channels last are expected"
            )
        values.append(array.reshape(array.shape[-3:]))
    quantizers = [quantizer for _, _, quantizer in network.inputs] + [
        layer.quantizer for layer in network.layers
    ]
    for layer in network.layers:
        quantizer = quantizers[layer.inputs[0]] if layer.inputs else 0
        values.append(_layer(layer, [values[value] for value in layer.inputs], quantizer))
    return values
