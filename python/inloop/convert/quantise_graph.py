# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A float ONNX graph made ready for quantising: single precision, every constant an initializer of one node."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.convert.importer.node import Node
from inloop.convert.importer.walk import GraphWalk

Array = NDArray[Any]
_OTHER_FLOATS = frozenset((10, 11, 16))  # float16, double, bfloat16


def _with_single_precision(model: Any) -> None:
    """Make a graph of any floating point type one of float32, which alone holds all numbers of 16 bits exactly."""
    from onnx import numpy_helper

    def converted(tensor: Any) -> None:
        if tensor.data_type in _OTHER_FLOATS:
            array = numpy_helper.to_array(tensor).astype(np.float32)
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))

    graph = model.graph
    del graph.value_info[:]  # It only repeats what follows from the inputs.
    for info in (*graph.input, *graph.output):
        if info.type.tensor_type.elem_type in _OTHER_FLOATS:
            info.type.tensor_type.elem_type = 1
    for tensor in graph.initializer:
        converted(tensor)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                converted(attribute.t)
            if attribute.name in ("to", "dtype") and attribute.i in _OTHER_FLOATS:
                attribute.i = 1


class EditableGraph:
    """An ONNX model whose nodes and constants can be exchanged."""

    def __init__(self, model: Any) -> None:
        from onnx import numpy_helper

        _with_single_precision(model)
        self.model = model
        self._from_array = numpy_helper.from_array
        self.initializers = {tensor.name: tensor for tensor in model.graph.initializer}
        self.arrays: dict[str, Array] = {
            name: numpy_helper.to_array(tensor) for name, tensor in self.initializers.items()
        }
        inputs = [info for info in model.graph.input if info.name not in self.initializers]
        del model.graph.input[:]  # Old files list their constants there, too.
        model.graph.input.extend(inputs)
        self._fold_constants()
        self._fold_normalisations()
        self._spread_products()
        self._separate_constants()

    @property
    def nodes(self) -> Any:
        """The nodes, in order."""
        return self.model.graph.node

    def is_number(self, name: str) -> bool:
        """Whether a name is that of a constant of real numbers."""
        return name in self.arrays and self.arrays[name].dtype.kind == "f"

    def set(self, name: str, array: Array) -> None:
        """Give a constant other numbers, or make one."""
        tensor = self._from_array(np.asarray(array), name)
        if name in self.initializers:
            self.initializers[name].CopyFrom(tensor)
        else:
            self.model.graph.initializer.append(tensor)
            self.initializers[name] = self.model.graph.initializer[-1]
        self.arrays[name] = np.asarray(array)

    def insert(self, before: Any, operation: str, inputs: list[str], output: str) -> Any:
        """Put a node in front of another one."""
        from onnx import helper

        index = list(self.nodes).index(before)
        self.nodes.insert(index, helper.make_node(operation, inputs, [output], output))
        return self.nodes[index]

    def _fold_constants(self) -> None:
        """What the importer computes without an input becomes an initializer, unless it depends on a free size."""
        from onnx import helper

        importer = GraphWalk(self.model, for_integers=True)
        importer.run()
        for node, plain in zip(list(self.nodes), importer.nodes, strict=True):
            if plain.parts is None:
                continue
            index = list(self.nodes).index(node)
            self.nodes.remove(node)
            for part in reversed(list(plain.simplest())):
                for name in part.inputs:
                    array = importer.constants.get(name)
                    if array is not None and array.dtype != object and name not in self.initializers:
                        self.set(name, array)
                made = helper.make_node(
                    part.op, part.inputs, part.outputs, part.outputs[0], **part.attributes
                )
                self.nodes.insert(index, made)
        for node in list(self.nodes):
            names = [name for name in node.output if name]
            found = [importer.constants.get(name) for name in names]
            if any(array is None or array.dtype == object for array in found):
                continue
            for name, array in zip(names, found, strict=True):
                self.set(name, np.asarray(array))
            self.nodes.remove(node)

    def readers(self) -> dict[str, list[Any]]:
        """The nodes that read each tensor."""
        readers: dict[str, list[Any]] = {}
        for node in self.nodes:
            for name in node.input:
                readers.setdefault(name, []).append(node)
        return readers

    def _fold_normalisations(self) -> None:
        """BatchNormalization becomes part of the convolution before it, or a factor and an offset."""
        outputs = {output.name for output in self.model.graph.output}
        for node in [n for n in self.nodes if n.op_type == "BatchNormalization"]:
            scale, shift, mean, variance = (self.arrays[name].astype(np.float64) for name in node.input[1:5])
            factor = scale / np.sqrt(variance + Node.of(node).number("epsilon", 1e-5))
            offset = shift - mean * factor
            source = next((n for n in self.nodes if node.input[0] in n.output), None)
            alone = len(self.readers()[node.input[0]]) == 1 and node.input[0] not in outputs
            if source is not None and source.op_type == "Conv" and alone:
                weights, y = self.arrays[source.input[1]], node.output[0]
                bias = self.arrays[source.input[2]] if len(source.input) > 2 else np.zeros(len(factor))
                self.set(f"{y}:weight", (weights * factor.reshape(-1, 1, 1, 1)).astype(np.float32))
                self.set(f"{y}:offset", (bias * factor + offset).astype(np.float32))
                source.input[:] = [source.input[0], f"{y}:weight", f"{y}:offset"]
                source.output[0] = y
                self.nodes.remove(node)
            else:
                self._replace(node, factor, offset)

    def _replace(self, node: Any, factor: Array, offset: Array) -> None:
        x, y = node.input[0], node.output[0]
        self.set(f"{y}:factor", factor.reshape(-1, 1, 1).astype(np.float32))
        self.set(f"{y}:offset", offset.reshape(-1, 1, 1).astype(np.float32))
        self.insert(node, "Mul", [x, f"{y}:factor"], f"{y}:scaled")
        self.insert(node, "Add", [f"{y}:scaled", f"{y}:offset"], y)
        self.nodes.remove(node)

    def _spread_products(self) -> None:
        """Divisions by constants become products, factors of Gemm move into its constants."""
        for node in self.nodes:
            if node.op_type == "Div" and self.is_number(node.input[1]):
                name = f"{node.output[0]}:factor"
                self.set(name, (1 / self.arrays[node.input[1]]).astype(np.float32))
                node.op_type, node.input[1] = "Mul", name
            if node.op_type == "Gemm":
                plain = Node.of(node)
                for index, key in ((1, "alpha"), (2, "beta")):
                    number = plain.number(key, 1.0)
                    if number != 1 and len(node.input) > index and self.is_number(node.input[index]):
                        name = f"{node.output[0]}:{key}"
                        self.set(name, (self.arrays[node.input[index]] * number).astype(np.float32))
                        node.input[index] = name
                kept = [a for a in node.attribute if a.name not in ("alpha", "beta")]
                del node.attribute[:]
                node.attribute.extend(kept)

    def _separate_constants(self) -> None:
        """A copy of a shared constant for every node but one, as each may need a quantizer of its own."""
        taken: set[str] = set()
        for node in self.nodes:
            for index, name in enumerate(node.input):
                if not self.is_number(name):
                    continue
                if name in taken:
                    copy = f"{node.output[0]}:{index}:{name}"
                    self.set(copy, self.arrays[name])
                    node.input[index] = copy
                taken.add(name)
        used = {name for node in self.nodes for name in node.input}
        for name in [name for name in self.initializers if name not in used]:
            self.model.graph.initializer.remove(self.initializers.pop(name))
            del self.arrays[name]
