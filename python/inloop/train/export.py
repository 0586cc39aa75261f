# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Writes an integer network as an ONNX file that any runtime executes, by the convention of `inloop.convert`."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from inloop.nnlf.features import CONTEXT
from inloop.train.graph import Node
from inloop.train.quantize import IntegerNetwork

OPSET = 13


def to_onnx(network: IntegerNetwork, name: str, extra: dict[str, str] | None = None) -> bytes:
    """Serialise to ONNX: float constants on the integer grid, quantizers in the metadata.

    Args:
        network: The quantised network.
        name: Its name, kept in the metadata.
        extra: More metadata; keys get the prefix ``inloop.``.
    """
    graph, nodes, constants = network.graph, [], []
    for node in graph.nodes:
        made, used = _convert(network, node)
        nodes += made
        constants += used

    def info(tensor: str, height: str, width: str) -> Any:
        return helper.make_tensor_value_info(
            tensor, TensorProto.FLOAT, [1, graph.channels(tensor), height, width]
        )

    inputs = [info(tensor, "height", "width") for tensor in graph.inputs]
    outputs = [info(graph.output, "out_height", "out_width")]
    model = helper.make_model(
        helper.make_graph(nodes, name, inputs, outputs, constants),
        producer_name="inloop.train",
        ir_version=8,
        opset_imports=[helper.make_opsetid("", OPSET)],
    )
    metadata = {
        "version": "1",
        "quantizers": json.dumps(network.q, sort_keys=True),
        "name": name,
        "context": str(CONTEXT),
        "bit_depth": "8-10",
    }
    helper.set_model_props(
        model, {f"inloop.{key}": value for key, value in (metadata | (extra or {})).items()}
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def _convert(network: IntegerNetwork, node: Node) -> tuple[list[Any], list[Any]]:
    """ONNX nodes and initialisers of one node."""
    constants = []

    def constant(suffix: str, shape: tuple[int, ...] | None = None) -> str:
        tensor = f"{node.name}.{suffix}"
        values = network.constants[tensor] / 2.0 ** network.q[tensor]
        array = np.asarray(values if shape is None else values.reshape(shape), np.float32)
        constants.append(numpy_helper.from_array(array, tensor))
        return tensor

    match node.op:
        case "conv":
            inputs = [node.inputs[0], constant("weight"), *([constant("bias")] if node.bias else [])]
            pads = [k // 2 for k in node.kernel] * 2
            attributes = {
                "kernel_shape": node.kernel,
                "strides": node.stride,
                "pads": pads,
                "group": node.groups,
            }
            return [helper.make_node("Conv", inputs, [node.name], node.name, **attributes)], constants
        case "prelu":
            return [
                helper.make_node("PRelu", [node.inputs[0], constant("slope", (1, 1, 1))], [node.name])
            ], constants
        case "add":
            return [helper.make_node("Add", list(node.inputs), [node.name])], []
        case "concat":
            return [helper.make_node("Concat", list(node.inputs), [node.name], axis=1)], []
        case "slice":
            limits = {"start": node.start, "end": node.start + node.channels, "axis": 1}
            for key, value in limits.items():
                constants.append(numpy_helper.from_array(np.array([value], np.int64), f"{node.name}.{key}"))
            names = [node.inputs[0], *(f"{node.name}.{key}" for key in limits)]
            return [helper.make_node("Slice", names, [node.name])], constants
        case _:
            raise ValueError(f"unknown operation {node.op}")
