# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where importers of any format put their layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inloop.convert.importer.node import Node
from inloop.convert.importer.values import Axes, Stored, Value, axes_of
from inloop.convert.network import Constant, Layer, Network


class Sink:
    """The network that grows."""

    def __init__(self, is_float: bool) -> None:
        self.is_float = is_float
        self.network = Network(is_float=is_float)

    def own_numbers(self, values: Sequence[float]) -> Constant:
        """Whole numbers of the importer's own in the network's type."""
        return np.array(values, np.float32) if self.is_float else np.array(values, np.int16)

    def emit(self, layer: Layer, dims: tuple[Axes, ...], stored: Stored) -> Value:
        """Append a layer; its result, which has no ONNX name yet."""
        return Value(self.network.add(layer), layer.quantizer, dims, stored)

    def same(self, node: Node, x: Value, layer: Layer, suffix: str = "") -> Value:
        """Append a layer whose result is laid out like `x`."""
        layer.name = layer.name or node.outputs[0] + suffix
        return self.emit(layer, x.dims, x.stored)

    def image(self, node: Node, x: Value, layer: Layer, channels: int, size: tuple[Any, Any]) -> Value:
        """Append a layer whose result is [1, channels, height, width] in axes of its own."""
        layer.name = layer.name or node.outputs[0]
        c, h, w = axes_of(channels), axes_of(size[0]), axes_of(size[1])
        return self.emit(layer, ((), c, h, w), (h, w, c))
