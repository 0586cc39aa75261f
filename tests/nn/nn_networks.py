# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks that the engine's tests and benchmarks share."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper


def quantise_naively(source: Path, q_activation: int = 11, q_weight: int = 11) -> bytes:
    """Give a float ONNX file quantizers that are good for speed and exactness tests, not for quality."""
    model = onnx.load(str(source))
    constants = {t.name: t for t in model.graph.initializer}
    aliases = {n.output[0]: n.input[0] for n in model.graph.node if n.op_type == "Identity"}
    quantizers = {i.name: 13 for i in model.graph.input}

    def put(name: str, q: int) -> None:
        while name in aliases:
            name = aliases[name]
        array = numpy_helper.to_array(constants[name]).astype(np.float64)
        integers = np.clip(np.rint(array * 2**q), -32767, 32767)
        rounded = numpy_helper.from_array((integers / 2**q).astype(np.float32), name)
        constants[name].CopyFrom(rounded)
        quantizers[name] = q

    for node in model.graph.node:
        if node.op_type == "Conv":
            weights = np.abs(numpy_helper.to_array(constants[node.input[1]]))
            total = weights.reshape(weights.shape[0], -1).sum(1).max()
            put(node.input[1], min(q_weight, int(np.floor(np.log2(65000 / max(total, 1e-3))))))
            put(node.input[2], q_activation)
        elif node.op_type == "PRelu":
            put(node.input[1], 15)
    for key, value in (("inloop.version", "1"), ("inloop.quantizers", json.dumps(quantizers))):
        model.metadata_props.add(key=key, value=value)
    return model.SerializeToString()


class GraphBuilder:
    """Builds small integer ONNX networks: constants are given as integers with their quantizer."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.quantizers: dict[str, int] = {}
        self.inputs: list[onnx.ValueInfoProto] = []
        self._count = 0

    def name(self) -> str:
        self._count += 1
        return f"t{self._count}"

    def input(self, name: str, channels: int, q: int = 13) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, 1, [1, channels, "h", "w"]))
        self.quantizers[name] = q
        return name

    def constant(self, integers: np.ndarray, q: int) -> str:
        name = self.name()
        array = (np.asarray(integers, np.float64) / 2.0**q).astype(np.float32)
        self.constants.append(numpy_helper.from_array(array, name))
        self.quantizers[name] = q
        return name

    def raw(self, array: np.ndarray) -> str:
        name = self.name()
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, op: str, inputs: list[str], q: int | None = None, **attributes: object) -> str:
        name = self.name()
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        if q is not None:
            self.quantizers[name] = q
        return name

    def build(
        self,
        *outputs: str,
        opset: int = 13,
        metadata: dict[str, str] | None = None,
        quantised: bool = True,
    ) -> bytes:
        """The file; not `quantised` it is the float network of the same numbers."""
        infos = [helper.make_tensor_value_info(name, 1, None) for name in outputs]
        graph = helper.make_graph(self.nodes, "g", self.inputs, infos, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        properties = {"inloop.version": "1"} | (metadata or {})
        if quantised:
            properties["inloop.quantizers"] = json.dumps(self.quantizers)
        for key, value in properties.items():
            model.metadata_props.add(key=key, value=value)
        return model.SerializeToString()


def two_outputs(quantised: bool = True) -> bytes:
    """Inputs a and b, a 3x3 convolution with bias and PReLU, and a 1x1 one of it with stride 2; both are outputs."""
    rng = np.random.default_rng(5)
    g = GraphBuilder()
    x = g.node("Concat", [g.input("a", 3), g.input("b", 2)], axis=1)
    w = g.constant(rng.integers(-300, 300, (20, 5, 3, 3)), 11)
    x = g.node("Conv", [x, w, g.constant(rng.integers(-900, 900, 20), 12)], kernel_shape=[3, 3], pads=[1] * 4)
    y = g.node("PRelu", [x, g.constant(np.array([8000]), 15)])
    w = g.constant(rng.integers(-300, 300, (6, 20, 1, 1)), 11)
    z = g.node("Conv", [y, w], 12, kernel_shape=[1, 1], strides=[2, 2])
    return g.build(y, z, quantised=quantised)


def random_inputs(model, height: int, width: int, seed: int = 0, limit: int = 8192) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [
        rng.integers(-limit, limit, (1, height, width, info.channels), dtype=np.int16, endpoint=True)
        for info in model.inputs
    ]
