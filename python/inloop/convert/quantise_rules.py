# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Quantizers of every tensor of a float graph, by operation; constants are put on their grids."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer.functions import FUNCTION_OPERATIONS
from inloop.convert.importer.node import Node
from inloop.convert.quantise_graph import EditableGraph
from inloop.errors import ModelError, UnsupportedError

Array = NDArray[Any]

_LOWEST, _HIGHEST = 0, 15
LARGEST = 32767
_SUM_LIMIT = 65535  # of |weights| in integers: times 32768 it stays below 2**31
_COMPARISONS = frozenset(
    ["Less", "LessOrEqual", "Greater", "GreaterOrEqual", "Equal", "Not", "And", "Or", "Xor"]
)


def fitting(largest: float, headroom: float = 1.0) -> int:
    """The largest quantizer at which a magnitude fits into 16 bits."""
    if largest <= 0:
        return _HIGHEST
    return max(_LOWEST, min(_HIGHEST, math.floor(math.log2(LARGEST / (largest * headroom)))))


def _channel_sums(node: Any, index: int, weights: Array) -> Array:
    """Sums of |weights| that go into each output channel."""
    size = np.abs(weights.astype(np.float64))
    if node.op_type == "Conv":
        return np.asarray(size.reshape(len(size), -1).sum(1))
    if node.op_type == "ConvTranspose":
        groups = Node.of(node).integer("group", 1)
        each = size.reshape(groups, -1, *size.shape[1:]).sum((1, 3, 4))
        return np.asarray(each.reshape(-1))
    if node.op_type == "Gemm":
        return np.asarray(size.sum(1 if Node.of(node).integer("transB", 0) else 0))
    axis = size.ndim - 2 if index == 1 and size.ndim > 1 else size.ndim - 1
    return np.asarray(size.sum(axis)).reshape(-1)


class QuantizerRules:
    """Walks over the graph's nodes; `quantizers` is the table for the file's metadata."""

    def __init__(
        self, graph: EditableGraph, inputs: Mapping[str, int], largest: Mapping[str, float], headroom: float
    ) -> None:
        self._graph = graph
        self._largest = largest
        self._headroom = headroom
        self.quantizers = dict(inputs)
        self._tensors = dict(inputs)
        self._handlers: dict[str, Callable[[Any, list[int]], int]] = {
            "Conv": self._weighted, "ConvTranspose": self._weighted, "MatMul": self._weighted,
            "Gemm": self._weighted, "PRelu": self._prelu, "LeakyRelu": self._leaky_relu, "Add": self._sum,
            "Sub": self._sum, "Mul": self._product, "Max": self._extreme, "Min": self._extreme, "Clip": self._clip,
            "Where": self._choice, "Concat": self._lowest, "Pad": self._pad, "Pow": self._power,
        }  # fmt: skip

    def run(self) -> None:
        """Quantise everything."""
        for node in self._graph.nodes:
            known = [self._tensors[name] for name in node.input if name in self._tensors]
            if not known or node.op_type in ("Shape", "Size"):
                continue
            if node.op_type in FUNCTION_OPERATIONS:
                quantizer = self.quantizers[node.output[0]] = self._wanted(node)
            elif node.op_type in _COMPARISONS:
                quantizer = self._compare(node, known)
            else:
                quantizer = self._handlers.get(node.op_type, self._kept)(node, known)
            for output in node.output:
                self._tensors[output] = quantizer

    # ---- constants

    def _wanted(self, node: Any) -> int:
        return fitting(self._largest.get(node.output[0], 0.0), self._headroom)

    def _magnitude(self, name: str) -> float:
        return float(np.abs(self._graph.arrays[name]).max(initial=0))

    def _constants(self, node: Any) -> list[str]:
        return [name for name in node.input if self._graph.is_number(name)]

    def _require(self, node: Any, index: int) -> str:
        name: str = node.input[index]
        if not self._graph.is_number(name):
            raise UnsupportedError(
                f"node '{node.name or node.output[0]}': '{name}' must be a constant to be quantised"
            )
        return name

    def _round(self, name: str, quantizer: int) -> int:
        """Put a constant on a grid and declare it."""
        self.quantizers[name] = quantizer
        return self._on_grid(name, quantizer)

    def _on_grid(self, name: str, quantizer: int) -> int:
        integers = np.rint(self._graph.arrays[name].astype(np.float64) * 2.0**quantizer)
        rounded = np.clip(integers, -LARGEST, LARGEST) / 2.0**quantizer
        self._graph.set(name, rounded.astype(np.float32))
        return quantizer

    # ---- operations

    def _kept(self, node: Any, known: list[int]) -> int:
        return min(known)

    def _weight_quantizer(self, node: Any, index: int, name: str) -> int:
        weights = self._graph.arrays[name]
        sums = _channel_sums(node, index, weights)
        channel = int(sums.argmax())
        total, terms = float(sums[channel]), weights.size // max(sums.size, 1)
        by_sum = math.floor(math.log2((_SUM_LIMIT - terms) / total)) if total > 0 else _HIGHEST
        if by_sum < _LOWEST:
            raise ModelError(
                f"weights '{name}' are too large: the sum of output channel {channel} could leave 32 bits at every "
                "quantizer"
            )
        return min(fitting(self._magnitude(name)), by_sum)

    def _weighted(self, node: Any, known: list[int]) -> int:
        index = 0 if node.op_type == "MatMul" and self._graph.is_number(node.input[0]) else 1
        weights = self._require(node, index)
        q_weights = self._round(weights, self._weight_quantizer(node, index, weights))
        wanted = max(min(self._wanted(node), known[0] + q_weights), known[0] + q_weights - 31)
        if node.op_type != "MatMul" and len(node.input) > 2:
            bias = self._require(node, 2)
            wanted = self._round(bias, min(wanted, fitting(self._magnitude(bias))))
        self.quantizers[node.output[0]] = wanted
        return wanted

    def _prelu(self, node: Any, known: list[int]) -> int:
        slope = self._require(node, 1)
        self._round(slope, fitting(self._magnitude(slope)))
        return known[0]

    def _leaky_relu(self, node: Any, known: list[int]) -> int:
        alpha = Node.of(node).number("alpha", 0.01)
        quantizer = self.quantizers[f"{node.output[0]}:alpha"] = fitting(abs(alpha))
        kept = [a for a in node.attribute if a.name != "alpha"]
        del node.attribute[:]
        node.attribute.extend(kept)
        attribute = node.attribute.add()
        attribute.name, attribute.type = "alpha", 1
        attribute.f = round(alpha * 2.0**quantizer) / 2.0**quantizer
        return known[0]

    def _sum(self, node: Any, known: list[int]) -> int:
        constants = self._constants(node)
        if not constants:
            return min(known)
        return self._round(constants[0], min(self._wanted(node), fitting(self._magnitude(constants[0]))))

    def _product(self, node: Any, known: list[int]) -> int:
        constants = self._constants(node)
        factors = [self._round(name, fitting(self._magnitude(name))) for name in constants]
        total = sum(known) + sum(factors) if factors else sum((known * 2)[:2])
        self.quantizers[node.output[0]] = wanted = max(min(self._wanted(node), total), total - 31)
        return wanted

    def _power(self, node: Any, known: list[int]) -> int:
        if float(self._graph.arrays[self._require(node, 1)].reshape(-1)[0]) != 2:
            self.quantizers[node.output[0]] = wanted = self._wanted(node)
            return wanted
        total = 2 * known[0]
        self.quantizers[node.output[0]] = wanted = max(min(self._wanted(node), total), total - 31)
        return wanted

    def _extreme(self, node: Any, known: list[int]) -> int:
        for name in self._constants(node):
            if self._graph.arrays[name].size == 1:
                self._on_grid(name, max(known))  # it becomes a limit of a clip
            else:
                known.append(self._round(name, min(fitting(self._magnitude(name)), max(known))))
        return max(known)

    def _clip(self, node: Any, known: list[int]) -> int:
        for name in self._constants(node):
            self._on_grid(name, known[0])
        return known[0]

    def _pad(self, node: Any, known: list[int]) -> int:
        for name in self._constants(node):
            self._on_grid(name, known[0])
        return known[0]

    def _compare(self, node: Any, known: list[int]) -> int:
        for name in self._constants(node):
            self._round(name, fitting(self._magnitude(name)))
        return 0

    def _choice(self, node: Any, known: list[int]) -> int:
        branches = [self._tensors[name] for name in node.input[1:] if name in self._tensors]
        for name in self._constants(node):
            branches.append(self._round(name, min([fitting(self._magnitude(name)), *branches])))
        return min(branches)

    def _lowest(self, node: Any, known: list[int]) -> int:
        for name in self._constants(node):
            known.append(self._round(name, min([fitting(self._magnitude(name)), *known])))
        return min(known)
