# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""QuantizeLinear and DequantizeLinear: quantizers, the range of the narrower types, and shifts between quantizers."""

from __future__ import annotations

import numpy as np

from inloop.convert.importer.arithmetic import scaled
from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.prepare import integers_of, quantizer_of
from inloop.convert.importer.registry import handles
from inloop.convert.importer.values import Value
from inloop.convert.network import Constant, Layer, Op

# ONNX element type -> range; int16 needs no clip.
_RANGES = {"int8": (-128, 127), "uint8": (0, 255), "int16": None, "int4": (-8, 7), "uint4": (0, 15)}


def _require_integers(g: GraphImporter, node: Node) -> None:
    if not g.quantizers.from_pairs:
        raise node.unsupported("a network has either 'inloop.quantizers' or QDQ pairs, not both")


def _requantised(g: GraphImporter, node: Node, x: Value, quantizer: int) -> Value:
    """The same real number at another quantizer."""
    if x.quantizer == quantizer:
        return x
    up = max(quantizer - x.quantizer, 0)
    if up > 14:
        raise node.unsupported(f"a shift left by {up} is not supported")
    one: Constant = np.array([1 << up], np.int16)
    return scaled(g, node, x, one, up, quantizer, ":shift")


@handles("QuantizeLinear")
def quantize_linear(g: GraphImporter, node: Node) -> None:
    """The integer is floored, where ONNX rounds it."""
    _require_integers(g, node)
    x, quantizers = g.value(node, 0), quantizer_of(g, node)
    if len(quantizers) != 1:
        raise node.unsupported("one scale a tensor is supported")
    zero = g.optional(node, 2)
    element = {0: "uint8", 3: "int8", 2: "uint8", 5: "int16", 22: "int4", 21: "uint4"}.get(
        node.integer("output_dtype", 0)
    )
    element = str(zero.dtype) if zero is not None else element
    if element not in _RANGES:
        raise node.unsupported(f"quantising to {element} is not supported")
    x = _requantised(g, node, x, quantizers[0])
    limits = _RANGES[element]
    if limits is not None:
        layer = Layer(Op.CLIP, [x.number], x.quantizer, constant=np.array(limits, np.int16))
        x = g.same(node, x, layer)
    g.put(node, x)


@handles("DequantizeLinear")
def dequantize_linear(g: GraphImporter, node: Node) -> None:
    """Constants become integers at the finest quantizer of their scales; computed tensors are as they were."""
    _require_integers(g, node)
    output, quantizers = node.outputs[0], quantizer_of(g, node)
    if not g.is_constant(node, 0):
        x = g.value(node, 0)
        if quantizers != [x.quantizer]:
            raise node.unsupported("its scale differs from that of its QuantizeLinear")
        g.put(node, x)
        return
    if g.constants[node.inputs[0]].dtype == np.int32:
        g.quantizers.rounded.add(output)  # It is a bias, whose grid is finer than 16 bits hold.
    else:
        g.quantizers.declared[output] = max(quantizers)
    g.constants[output] = integers_of(g, node)
