# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`Network` -> SADL 0005."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.fields import Comparison, Coordinates, Interpolation, NearestMode
from inloop.convert.network import Layer, Network, Op
from inloop.convert.sadl_file import SadlFile, SadlLayer, SadlOp, write_sadl
from inloop.errors import UnsupportedError

_TO_END = 2**31 - 1
_WITH_CONSTANT = {Op.BIAS_ADD: SadlOp.BIAS_ADD, Op.PRELU: SadlOp.PRELU, Op.MUL_CONSTANT: SadlOp.MUL}
# The order is that of the format's numbers.
_COMPARISONS = (Comparison.LESS, Comparison.GREATER, Comparison.EQUAL)
_NEAREST = (NearestMode.FLOOR, NearestMode.PREFER_CEIL)


class _Exporter:
    def __init__(self, network: Network, height: int, width: int) -> None:
        self._network = network
        self._file = SadlFile(1 if network.is_float else 2, [], [], [])
        self._ids: list[int] = []  # The file knows a value of the network by this number.
        self._quantizers: list[int] = []
        for name, channels, quantizer in network.inputs:
            self._file.inputs.append(
                self._put(SadlOp.PLACEHOLDER, name, [], quantizer, dims=(1, height, width, channels))
            )
            self._ids.append(self._file.inputs[-1])
            self._quantizers.append(quantizer)

    def _put(self, op: SadlOp, name: str, inputs: list[int], quantizer: int = 0, **fields: Any) -> int:
        number = len(self._file.layers)
        self._file.layers.append(SadlLayer(number, op, name, inputs, quantizer, **fields))
        return number

    def _constant(self, layer: Layer, data: NDArray[Any]) -> int:
        stored = np.ascontiguousarray(data, "<f4" if self._network.is_float else "<i2")
        return self._put(
            SadlOp.CONST,
            f"{layer.name}:constant",
            [],
            layer.constant_quantizer,
            dims=stored.shape,
            data=stored,
        )

    def run(self) -> bytes:
        for layer in self._network.layers:
            self._ids.append(self._layer(layer, [self._ids[value] for value in layer.inputs]))
            self._quantizers.append(layer.quantizer)
        self._file.outputs = [self._ids[value] for _, value in self._network.outputs]
        return write_sadl(self._file)

    def _layer(self, layer: Layer, inputs: list[int]) -> int:
        name, constant = layer.name, layer.constant
        m = self._quantizers[layer.inputs[0]] - layer.quantizer if layer.inputs else 0
        match layer.op:
            case Op.CONV:
                assert constant is not None
                weights = self._constant(layer, constant.transpose(1, 2, 3, 0))
                strides, pads = (1, *layer.window.strides, 1), layer.window.pads
                return self._put(
                    SadlOp.CONV2D,
                    name,
                    [*inputs, weights],
                    m,
                    strides=strides,
                    pads=pads,
                    groups=layer.groups,
                )
            case Op.BIAS_ADD | Op.PRELU | Op.MUL_CONSTANT:
                assert constant is not None
                op = _WITH_CONSTANT[layer.op]
                return self._put(
                    op, name, [*inputs, self._constant(layer, constant)], m if op == SadlOp.MUL else 0
                )
            case Op.MUL:
                return self._put(SadlOp.MUL, name, inputs, m)
            case Op.CONCAT:
                return self._put(SadlOp.CONCAT, name, [*inputs, self._numbers(f"{name}:axis", 3)])
            case Op.MAX_POOL | Op.AVERAGE_POOL:
                return self._pool(layer, inputs)
            case Op.RELU | Op.ADD | Op.MAXIMUM | Op.MINIMUM:
                return self._put(SadlOp[layer.op.name], name, inputs)
            case _:
                return self._move(layer, inputs)

    def _pool(self, layer: Layer, inputs: list[int]) -> int:
        if layer.op == Op.AVERAGE_POOL:
            self._require(layer, self._network.is_float and not layer.count_padding)
        strides, kernel = (1, *layer.window.strides, 1), (1, *layer.window.kernel, 1)
        op = SadlOp[layer.op.name]
        return self._put(op, layer.name, inputs, strides=strides, kernel=kernel, pads=layer.window.pads)

    def _move(self, layer: Layer, inputs: list[int]) -> int:
        name = layer.name
        match layer.op:
            case Op.SLICE:
                top, left, bottom, right = layer.sides
                limits = (top, -bottom or _TO_END, left, -right or _TO_END)
                channels = (layer.channel_begin, layer.channel_begin + layer.channels)
                return self._put(SadlOp.SLICE, name, inputs, limits=(*limits, *channels))
            case Op.PAD:
                return self._put(SadlOp.PAD, name, inputs, pads=layer.sides)
            case Op.PAD_BORDER:
                self._require(layer, layer.mode != 3)
                return self._put(SadlOp.PAD, name, inputs, pads=layer.sides, mode=3 - layer.mode)
            case Op.TILE:
                return self._put(
                    SadlOp.TILE, name, [*inputs, self._numbers(f"{name}:counts", 1, *layer.extent)]
                )
            case Op.REDUCE_MEAN:
                self._require(layer, self._network.is_float)
                axes = tuple(d + 1 for d in range(3) if layer.axes >> d & 1)
                return self._put(SadlOp.REDUCE_MEAN, name, inputs, limits=axes, mode=1)
            case Op.COMPARE:
                self._require(layer, layer.comparison in _COMPARISONS and self._same_quantizers(layer))
                return self._put(SadlOp.COMPARE, name, inputs, mode=_COMPARISONS.index(layer.comparison))
            case Op.SELECT:
                self._require(layer, self._same_quantizers(layer))
                return self._put(SadlOp.WHERE, name, inputs)
            case Op.RESIZE:
                return self._resize(layer, inputs)
            case _:
                self._require(layer, False)
                raise AssertionError

    def _resize(self, layer: Layer, inputs: list[int]) -> int:
        r = layer.resampling
        linear = r.interpolation == Interpolation.BILINEAR
        known = r.coordinates != Coordinates.ALIGN_CORNERS and not r.pytorch
        known &= self._network.is_float if linear else r.nearest in _NEAREST
        self._require(layer, known and r.y[1] == r.x[1] == 1)
        scales = self._numbers(f"{layer.name}:scales", 1, 1, r.y[0], r.x[0])
        nearest = 0 if linear else _NEAREST.index(r.nearest)
        limits = (2, int(r.coordinates == Coordinates.ASYMMETRIC), 0 if linear else 1, nearest)
        return self._put(SadlOp.RESIZE, layer.name, [*inputs, scales], limits=limits)

    def _numbers(self, name: str, *numbers: int) -> int:
        data = np.array(numbers, "<i4")
        return self._put(SadlOp.CONST, name, [], dims=data.shape, data=data)

    def _same_quantizers(self, layer: Layer) -> bool:
        return len({self._quantizers[value] for value in layer.inputs[-2:]}) == 1

    @staticmethod
    def _require(layer: Layer, condition: bool) -> None:
        if not condition:
            raise UnsupportedError(
                f"layer '{layer.name}' ({layer.op.name.lower()}) has no counterpart in a SADL file"
            )


def export_sadl(network: Network, height: int, width: int) -> bytes:
    """Write a network as SADL 0005; importing it again gives the same integers.

    Args:
        network: The network.
        height: Rows of the inputs.
        width: Columns of the inputs.

    Raises:
        UnsupportedError: The format, or the engine's reader of it, lacks an operation.
    """
    return _Exporter(network, height, width).run()
