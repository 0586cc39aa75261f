# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The walk over an ONNX graph: names, constants, values, quantizers, and the layers that handlers emit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer import folding, io_tensors, prepare
from inloop.convert.importer.damage import reported_for
from inloop.convert.importer.node import Node
from inloop.convert.importer.quantizers import Quantizers
from inloop.convert.importer.registry import HANDLERS
from inloop.convert.importer.sink import Sink
from inloop.convert.importer.sizes import Extent, Size
from inloop.convert.importer.values import Axes, Value
from inloop.convert.network import Constant, Network, to_integers
from inloop.errors import ModelError

Array = NDArray[Any]


class GraphImporter(Sink):
    """What handlers of ONNX operations work with."""

    def __init__(self, model: Any) -> None:
        from onnx import numpy_helper

        self.graph = model.graph
        self.nodes = [Node.of(node) for node in self.graph.node]
        self._domains = [node.domain for node in self.graph.node]
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        self.constants: dict[str, Array] = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in self.graph.initializer
        }
        self.values: dict[str, Value] = {}
        self.quantizers = Quantizers(metadata)
        prepare.declare_quantised(self)
        super().__init__(self.quantizers.is_float)
        self.network.metadata = {key: text for key, text in metadata.items() if key.startswith("inloop.")}
        self._readers: dict[str, int] = {}
        for name in [n for node in self.nodes for n in node.inputs] + [o.name for o in self.graph.output]:
            self._readers[name] = self._readers.get(name, 0) + 1

    def run(self) -> Network:
        """Import everything; the network."""
        io_tensors.declare_inputs(self)
        for node, domain in zip(self.nodes, self._domains, strict=True):
            if domain not in ("", "ai.onnx"):
                raise node.unsupported(f"operation of the domain '{domain}' is not supported")
            if not folding.fold(self, node):
                self._convert(node)
            for name in node.outputs:
                self._check_declared(name)
        io_tensors.declare_outputs(self)
        self.network.prune()
        return self.network

    def _convert(self, node: Node) -> None:
        handler = HANDLERS.get(node.op)
        if handler is None:
            raise node.unsupported("operation is not supported")
        with reported_for(f"node '{node.name}' ({node.op})"):
            handler(self, node)

    def _check_declared(self, name: str) -> None:
        declared, value = self.quantizers.declared.get(name), self.values.get(name)
        if declared is not None and value is not None and declared != value.quantizer:
            raise ModelError(
                f"quantizer {declared} of '{name}' disagrees with {value.quantizer}, which its operation gives"
            )

    # ---- operands

    def value(self, node: Node, index: int) -> Value:
        """A computed operand."""
        name = node.inputs[index] if len(node.inputs) > index else ""
        if name in self.values:
            return self.values[name]
        if name in self.constants:
            raise node.unsupported(f"operand '{name}' is a constant, which this operation does not take here")
        raise node.broken(f"reads '{name}', which nothing produces")

    def is_constant(self, node: Node, index: int) -> bool:
        """Whether an operand is a constant."""
        return node.has(index) and node.inputs[index] in self.constants

    def optional(self, node: Node, index: int) -> Array | None:
        """A constant operand or None where it is left out."""
        if not node.has(index):
            return None
        name = node.inputs[index]
        if name not in self.constants:
            raise node.unsupported(f"operand '{name}' must be a constant")
        return self.constants[name]

    def constant(self, node: Node, index: int) -> Array:
        """A constant operand that must be there."""
        array = self.optional(node, index)
        if array is None:
            raise node.broken(f"lacks operand {index}")
        return array

    def integers(self, node: Node, index: int) -> tuple[int, ...] | None:
        """A constant operand of integers, or None where it is left out."""
        array = self.optional(node, index)
        if array is None:
            return None
        if array.dtype == object:
            raise node.unsupported(f"operand '{node.inputs[index]}' depends on a size that is not fixed")
        return tuple(int(number) for number in array.reshape(-1))

    def sizes(self, node: Node, index: int) -> list[Extent] | None:
        """A constant operand of sizes, which may be symbols, or None where it is left out."""
        array = self.optional(node, index)
        if array is None:
            return None
        return [size if isinstance(size, Size) else int(size) for size in array.reshape(-1)]

    def is_only_reader(self, name: str) -> bool:
        """Whether one node alone reads a tensor."""
        return self._readers.get(name, 0) == 1

    def numbers(self, node: Node, name: str, array: Array, wanted: int | None = None) -> tuple[Constant, int]:
        """A constant in the network's type, and its quantizer: the declared one, or `wanted` with QDQ pairs."""
        if array.dtype == object or array.dtype.kind not in "fiub":
            raise node.unsupported(f"constant '{name}' is no array of numbers")
        if self.is_float:
            return array.astype(np.float32), 0
        quantizer = self.quantizers.of(name)
        if name in self.quantizers.rounded or (quantizer is None and self.quantizers.from_pairs):
            return self.quantizers.round(array, wanted)
        if quantizer is None:
            raise node.broken(f"'inloop.quantizers' lacks constant '{name}'")
        return to_integers(name, array, quantizer), quantizer

    # ---- results

    def put(self, node: Node, value: Value, output: int = 0) -> None:
        """Give a result its name."""
        name = node.outputs[output]
        if name in self.values or name in self.constants:
            raise node.broken(f"'{name}' is produced twice")
        self.values[name] = value

    def free_quantizer(self, node: Node, x: Value) -> int:
        """Of a result that may have any quantizer: the declared one, else the operand's."""
        declared = self.quantizers.declared.get(node.outputs[0])
        return x.quantizer if declared is None else declared

    def renamed(self, x: Value, dims: tuple[Axes, ...]) -> Value:
        """The same value with other dimensions."""
        return replace(x, dims=dims)
