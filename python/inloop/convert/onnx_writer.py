# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Nodes and constants of an ONNX graph that is written, with names that are met once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

OPSET = 20


class GraphWriter:
    """An ONNX graph that grows; inputs and outputs are float32, [1, channels, height, width] with free sizes."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.nodes: list[Any] = []
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []
        self._initializers: list[Any] = []
        self._shared: dict[tuple[Any, ...], str] = {}
        self._taken = set(taken)
        self._counts: dict[str, int] = {}

    def unique(self, wanted: str) -> str:
        """A name that nothing has yet."""
        name = wanted or "value"
        while name in self._taken:
            self._counts[wanted] = self._counts.get(wanted, 1) + 1
            name = f"{wanted or 'value'}.{self._counts[wanted]}"
        self._taken.add(name)
        return name

    def initializer(self, name: str, array: NDArray[Any]) -> str:
        """A constant; its name."""
        from onnx import numpy_helper

        name = self.unique(name)
        self._initializers.append(numpy_helper.from_array(np.array(array, order="C"), name))
        return name

    def shared(self, array: NDArray[Any]) -> str:
        """A small constant that is written once."""
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._shared:
            text = "x".join(map(str, array.reshape(-1).tolist()))
            self._shared[key] = self.initializer(f"number {text}", array)
        return self._shared[key]

    def node(self, op: str, name: str, inputs: list[str], **attributes: Any) -> str:
        """A node with one result, which has its name."""
        from onnx import helper

        name = self.unique(name)
        self.nodes.append(helper.make_node(op, inputs, [name], name, **attributes))
        return name

    def output(self, tensor: str, name: str) -> None:
        """Give a tensor the name of an output, which nothing else may have."""
        from onnx import helper

        self.nodes.append(helper.make_node("Identity", [tensor], [name], f"{name}:output"))

    def declare(self, where: list[Any], name: str, channels: int, prefix: str = "") -> None:
        """Make a tensor one of `inputs` or `outputs`."""
        from onnx import TensorProto, helper

        shape = [1, channels, f"{prefix}height", f"{prefix}width"]
        where.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def model(self, metadata: Mapping[str, str]) -> bytes:
        """The file's content."""
        from onnx import helper

        graph = helper.make_graph(self.nodes, "inloop", self.inputs, self.outputs, self._initializers)
        model = helper.make_model(
            graph, producer_name="inloop", ir_version=9, opset_imports=[helper.make_opsetid("", OPSET)]
        )
        helper.set_model_props(model, dict(metadata))
        return bytes(model.SerializeToString())


class Step:
    """Nodes and constants of one layer, named after it and numbered."""

    def __init__(self, writer: GraphWriter, name: str) -> None:
        self._writer = writer
        self._name = name

    def __call__(self, op: str, *inputs: str, **attributes: Any) -> str:
        """A node with one result; the result's name."""
        return self._writer.node(op, self._name, list(inputs), **attributes)

    def array(self, numbers: NDArray[Any]) -> str:
        """A constant of the layer's own."""
        return self._writer.initializer(f"{self._name}.constant", numbers)

    def ints(self, *numbers: int) -> str:
        """Integers of rank 1."""
        return self._writer.shared(np.array(numbers, np.int64))

    def integer(self, number: int) -> str:
        """An integer of rank 0."""
        return self._writer.shared(np.array(number, np.int64))

    def number(self, value: float) -> str:
        """A double of rank 0."""
        return self._writer.shared(np.array(value, np.float64))
