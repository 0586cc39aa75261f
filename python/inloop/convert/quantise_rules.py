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

_LOWEST, _HIGHEST = -8, 15
LARGEST = 32767
# A sum of |weights| in integers, times 32768, stays below 2**31 so.
_SUM_LIMIT = 65535
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
    """Quantizers by a walk over the graph's nodes; `quantizers` is the table for the file's metadata.

    Nothing is changed before the quantizers of everything are settled: where one that follows from a node's operands
    is too fine for its result, as in a sum, an operand gets a coarser one and the walk is repeated.
    """

    def __init__(
        self, graph: EditableGraph, inputs: Mapping[str, int], largest: Mapping[str, float], headroom: float
    ) -> None:
        self._graph = graph
        self._inputs = dict(inputs)
        self._largest = largest
        self._headroom = headroom
        self._met: set[tuple[Any, ...]] = set()
        self._limits: dict[str, int] = {}  # The quantizers of these tensors are bounded.
        self._sums: dict[str, tuple[float, int, int]] = {}  # They are kept, since summing weights takes time.
        self.quantizers: dict[str, int] = {}
        self._handlers: dict[str, Callable[[Any, list[int]], int]] = {
            "Conv": self._weighted, "ConvTranspose": self._weighted, "MatMul": self._weighted,
            "Gemm": self._weighted, "PRelu": self._prelu, "LeakyRelu": self._leaky_relu, "Add": self._sum,
            "Sub": self._sum, "Mul": self._product, "Max": self._extreme, "Min": self._extreme, "Clip": self._clip,
            "Where": self._choice, "Concat": self._lowest, "Pad": self._pad, "Pow": self._power,
        }  # fmt: skip

    def run(self) -> None:
        """Quantise everything."""
        while (node := self._walk()) is not None:
            self._lower(node)
        for name, quantizer in self._grids.items():
            integers = np.rint(self._graph.arrays[name].astype(np.float64) * 2.0**quantizer)
            rounded = np.clip(integers, -LARGEST, LARGEST) / 2.0**quantizer
            self._graph.set(name, rounded.astype(np.float32))

    def _walk(self) -> Any | None:
        """Settle one tensor after the other; the first node whose result saturates though it need not, or None."""
        self.quantizers = dict(self._inputs)
        self._tensors = dict(self._inputs)
        self._grids: dict[str, int] = {}
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
                if self._follows(node) and quantizer > self._wanted(node) and self._is_new(node, known):
                    return node
            for output in node.output:
                self._tensors[output] = quantizer
        return None

    # ---- quantizers that follow from the operands

    def _is_new(self, node: Any, known: list[int]) -> bool:
        """Whether a node has not been met with these quantizers before: some shifts are too far for the engine."""
        key, count = (node.output[0], self._wanted(node), *known), len(self._met)
        self._met.add(key)
        return len(self._met) > count

    def _follows(self, node: Any) -> bool:
        """Whether a node has no quantizer of its own to choose."""
        chooses = node.output[0] in self.quantizers or node.op_type in FUNCTION_OPERATIONS
        return not chooses and not (node.op_type in ("Add", "Sub") and self._constants(node))

    def _lower(self, node: Any) -> None:
        """Make the quantizer of a node's result as coarse as the result needs it."""
        limit, readers = self._wanted(node), self._graph.readers()
        operands = node.input[1:] if node.op_type == "Where" else node.input
        too_fine = [name for name in dict.fromkeys(operands) if self._tensors.get(name, limit) > limit]
        # The coarsest operand alone decides.
        if node.op_type in ("Add", "Sub", "Where", "Concat"):
            too_fine.sort(key=lambda name: (not self._is_free(name, readers), self._tensors[name]))
            too_fine = too_fine[:1]
        for name in too_fine:
            if self._is_free(name, readers):
                self._limits[name] = limit
            else:
                self._shift(node, name, limit)

    def _is_free(self, name: str, readers: Mapping[str, list[Any]]) -> bool:
        """Whether a coarser quantizer of a tensor concerns one node alone."""
        is_output = any(output.name == name for output in self._graph.model.graph.output)
        alone = any(list(node.output) == [name] for node in self._graph.nodes)
        return alone and not is_output and len(readers[name]) == 1

    def _shift(self, node: Any, name: str, limit: int) -> None:
        """Let a node read a tensor, which others read as it is, by way of a product with 1 at a coarser quantizer."""
        one, shifted = f"{node.output[0]}:one:{name}", f"{node.output[0]}:shifted:{name}"
        self._graph.set(one, np.ones(1, np.float32))
        node.input[:] = [shifted if each == name else each for each in node.input]
        self._graph.insert(node, "Mul", [name, one], shifted)
        self._limits[shifted] = limit

    # ---- constants

    def _wanted(self, node: Any) -> int:
        output: str = node.output[0]
        return min(
            fitting(self._largest.get(output, 0.0), self._headroom), self._limits.get(output, _HIGHEST)
        )

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
        self._grids[name] = quantizer
        return quantizer

    # ---- operations

    def _kept(self, node: Any, known: list[int]) -> int:
        return min(known)

    def _weight_quantizer(self, node: Any, index: int, name: str) -> int:
        if name not in self._sums:
            sums = _channel_sums(node, index, self._graph.arrays[name])
            terms = self._graph.arrays[name].size // max(sums.size, 1)
            self._sums[name] = float(sums.max(initial=0)), int(sums.argmax()), terms
        total, channel, terms = self._sums[name]
        by_sum = math.floor(math.log2((_SUM_LIMIT - terms) / total)) if total > 0 else _HIGHEST
        if by_sum < 0:
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
                self._on_grid(name, max(known))  # It becomes a limit of a clip.
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
