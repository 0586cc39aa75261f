# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What handlers of ONNX operations work with: names, constants, values, quantizers, and the layers that they emit."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer import opsets
from inloop.convert.importer.node import Node
from inloop.convert.importer.quantizers import Quantizers
from inloop.convert.importer.sink import Sink
from inloop.convert.importer.sizes import Extent, Size, settled
from inloop.convert.importer.types import ElementTypes
from inloop.convert.importer.values import Axes, Value
from inloop.convert.network import EXACT_KEY, Constant, to_integers
from inloop.errors import ModelError

Array = NDArray[Any]


class GraphImporter(Sink, ABC):
    """What handlers of ONNX operations work with."""

    def __init__(self, model: Any, *, free_sizes: bool = False, for_integers: bool = False) -> None:
        """With `free_sizes`, heights and widths that the file declares are taken as not known.

        With `for_integers`, operations are said by others (`Node.parts`) that are precise in integers too.
        """
        from onnx import numpy_helper

        self.free_sizes = free_sizes
        self.multiple = 1  # Free heights and widths must be multiples of it.
        self.needs_its_size = False  # It is set where a constant holds for the declared size only.
        self.graph = model.graph
        self.nodes = [Node.of(node) for node in self.graph.node]
        self.domains = [node.domain for node in self.graph.node]
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        self.opset = opsets.checked(model)
        self.constants: dict[str, Array] = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in self.graph.initializer
        }
        self.types = ElementTypes(self.graph)
        self.values: dict[str, Value] = {}
        if EXACT_KEY in metadata:
            raise ModelError(
                "the file says an integer network's rules in ONNX's operations (export_exact_onnx), for other "
                "runtimes: import the network that it was made from"
            )
        self.quantizers = Quantizers(metadata)
        self.prepare()
        super().__init__(self.quantizers.is_float)
        self.for_integers = for_integers or not self.is_float
        self.network.metadata = {key: text for key, text in metadata.items() if key.startswith("inloop.")}

    @abstractmethod
    def prepare(self) -> None:
        """Change nodes, constants and quantizers before the walk, where a file says integers in other words."""

    @abstractmethod
    def take(self, node: Node) -> None:
        """Import one node."""

    @cached_property
    def producers(self) -> dict[str, Node]:
        """The node that makes each tensor."""
        return {name: node for node in self.nodes for name in node.outputs}

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
        return tuple(self.settle(node, number) for number in array.reshape(-1))

    def settle(self, node: Node, size: Extent) -> int:
        """A number that does not depend on the free sizes, as long as these are multiples of one, which is noted."""
        if not isinstance(size, Size):
            return int(size)
        found = settled(size.at)
        if found is None or found[0].denominator != 1:
            raise node.unsupported(f"depends on a size that is not fixed: {size}")
        self.multiple = math.lcm(self.multiple, found[1], size.assumed)
        return int(found[0])

    def sizes(self, node: Node, index: int) -> list[Extent] | None:
        """A constant operand of sizes, which may be symbols, or None where it is left out."""
        array = self.optional(node, index)
        if array is None:
            return None
        return [size if isinstance(size, Size) else int(size) for size in array.reshape(-1)]

    def is_only_reader(self, node: Node, x: Value) -> bool:
        """Whether a node alone needs the numbers of a value, which may have several names (Identity, Reshape)."""
        names = {name for name, value in self.values.items() if value.number == x.number}
        if any(output.name in names for output in self.graph.output):
            return False
        readers = [other for other in self.nodes if not names.isdisjoint(other.inputs)]
        return all(
            other is node or other.op in ("Shape", "Size") or not names.isdisjoint(other.outputs)
            for other in readers
        )

    def numbers(self, node: Node, name: str, array: Array, wanted: int | None = None) -> tuple[Constant, int]:
        """A constant in the network's type, and its quantizer: the declared one, or `wanted` with QDQ pairs."""
        if array.dtype == object:
            raise node.unsupported(f"constant '{name}' depends on a size that is not fixed")
        if array.dtype.kind not in "fiub":
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

    def is_read(self, name: str) -> bool:
        """Whether anything asks for a tensor."""
        return any(name in node.inputs for node in self.nodes) or any(
            output.name == name for output in self.graph.output
        )

    def renamed(self, x: Value, dims: tuple[Axes, ...]) -> Value:
        """The same value with other dimensions."""
        return replace(x, dims=dims)
