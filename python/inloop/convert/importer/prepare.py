# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Graphs of QDQ pairs (QuantizeLinear, DequantizeLinear): their scales, powers of two, are quantizers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer.graph import GraphImporter
from inloop.convert.importer.node import Node
from inloop.convert.importer.quantizers import HIGHEST, LOWEST

# The result of these has their operand's quantizer.
_KEEP = frozenset(
    [
        "Relu",
        "LeakyRelu",
        "PRelu",
        "Clip",
        "MaxPool",
        "AveragePool",
        "Transpose",
        "Reshape",
        "Flatten",
        "Squeeze",
        "Unsqueeze",
        "Identity",
        "Slice",
        "DepthToSpace",
        "SpaceToDepth",
        "Resize",
        "Pad",
    ]
)


def quantizer_of(g: GraphImporter, node: Node) -> list[int]:
    """The quantizers that a node's scale means, one or one a channel; its zero point must be 0."""
    scale = g.constants.get(node.inputs[1])
    if scale is None:
        raise node.unsupported(f"scale '{node.inputs[1]}' must be a constant")
    if node.has(2) and np.any(g.constants.get(node.inputs[2], np.ones(1))):
        raise node.unsupported(f"zero point '{node.inputs[2]}' is not 0")
    found = []
    for number in scale.reshape(-1).tolist():
        mantissa, exponent = math.frexp(number)
        if mantissa != 0.5 or not LOWEST <= 1 - exponent <= HIGHEST:
            raise node.unsupported(
                f"scale {number:g} is no power of two between 2^-{HIGHEST} and 2^{-LOWEST}"
            )
        found.append(1 - exponent)
    return found


def declare_quantised(g: GraphImporter) -> None:
    """Make a float graph with QDQ pairs an integer one: declare the quantizers of what is quantised."""
    pairs = [node for node in g.nodes if node.op in ("QuantizeLinear", "DequantizeLinear")]
    if not pairs or not g.quantizers.is_float:
        return
    g.quantizers.is_float = False
    g.quantizers.from_pairs = True
    producers = {name: node for node in g.nodes for name in node.outputs}
    for node in g.nodes:
        if node.op == "Constant" and "value" in node.attributes:
            from onnx import numpy_helper

            g.constants[node.outputs[0]] = numpy_helper.to_array(node.attributes["value"])
    readers: dict[str, int] = {}
    for node in g.nodes:
        for name in node.inputs:
            readers[name] = readers.get(name, 0) + 1
    for node in pairs:
        if node.op != "QuantizeLinear" or node.inputs[0] in g.constants:
            continue
        name, quantizer = node.inputs[0], quantizer_of(g, node)[0]
        while readers.get(name, 0) == 1 and name in producers and producers[name].op in _KEEP:
            name = producers[name].inputs[0]
        if name in producers and producers[name].op not in ("Conv", "ConvTranspose", "MatMul", "Gemm", "Mul"):
            # Its quantizer follows from its operands, and QuantizeLinear becomes a shift.
            continue
        g.quantizers.declared.setdefault(name, quantizer)


def integers_of(g: GraphImporter, node: Node) -> NDArray[Any]:
    """Real numbers of a constant that DequantizeLinear reads."""
    array = g.constants[node.inputs[0]].astype(np.float64)
    scale = g.constants[node.inputs[1]].astype(np.float64)
    if scale.size > 1:
        shape = [1] * array.ndim
        shape[node.integer("axis", 1)] = scale.size
        scale = scale.reshape(shape)
    return np.asarray(array * scale)
