# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""ONNX files damaged in their bytes and in their structure: errors of the family, or other networks."""

from collections.abc import Callable

import numpy as np
import onnx
from float_graphs import FloatGraph
from onnx import numpy_helper
from test_onnx_ops import CASES
from test_quantise import many_operations

from inloop.convert import import_onnx
from inloop.engine.model import Model
from inloop.errors import InloopError


def files() -> list[bytes]:
    g = FloatGraph(3)
    built = [g.build(many_operations(g))]
    for name in list(CASES)[::4]:
        g = FloatGraph()
        built.append(g.build(CASES[name](g, g.input("x", [1, 4, 6, 10]))))
    return built


def damage_bytes(data: bytes, rng: np.random.Generator) -> bytes:
    damaged = bytearray(data)
    for position in rng.integers(0, len(data), int(rng.integers(1, 5))):
        damaged[position] = rng.integers(256)
    return bytes(damaged)


def damage_constant(tensor: onnx.TensorProto, rng: np.random.Generator) -> None:
    array = numpy_helper.to_array(tensor)
    flat = array.reshape(-1).copy()
    if flat.size:
        flat[rng.integers(flat.size)] = rng.choice([-3, 0, 1, 2, 9, 1e6])
    flat = flat.reshape(array.shape) if rng.random() < 0.7 else flat
    tensor.CopyFrom(numpy_helper.from_array(flat, tensor.name))


def damage_attribute(attribute: onnx.AttributeProto, rng: np.random.Generator) -> None:
    if attribute.ints:
        attribute.ints[rng.integers(len(attribute.ints))] = int(
            rng.choice([-1, 0, 1, 2, 5, 99, 2**31, -(2**40)])
        )
    elif attribute.type == onnx.AttributeProto.INT:
        attribute.i = int(rng.choice([-1, 0, 1, 2, 3, 7, 99, 2**31]))
    elif attribute.type == onnx.AttributeProto.STRING:
        attribute.s = b"nonsense"


def damage_structure(data: bytes, rng: np.random.Generator) -> bytes:
    """Names, attributes, constants, operations and sizes exchanged or dropped."""
    model = onnx.load_model_from_string(data)
    graph = model.graph
    names = [t.name for t in graph.initializer] + [name for n in graph.node for name in n.output] + ["x", ""]
    for _ in range(int(rng.integers(1, 4))):
        node = graph.node[rng.integers(len(graph.node))]
        kind = rng.integers(7)
        if kind == 0 and node.input:
            node.input[rng.integers(len(node.input))] = names[rng.integers(len(names))]
        elif kind == 1 and node.attribute:
            damage_attribute(node.attribute[rng.integers(len(node.attribute))], rng)
        elif kind == 2 and graph.initializer:
            damage_constant(graph.initializer[rng.integers(len(graph.initializer))], rng)
        elif kind == 3:
            node.op_type = graph.node[rng.integers(len(graph.node))].op_type
        elif kind == 4 and node.attribute:
            del node.attribute[rng.integers(len(node.attribute))]
        elif kind == 5 and node.input:
            del node.input[rng.integers(len(node.input))]
        elif kind == 6:
            graph.input[0].type.tensor_type.shape.dim[rng.integers(4)].dim_value = int(rng.integers(0, 12))
    return bytes(model.SerializeToString())


def survivors(damage: Callable[[bytes, np.random.Generator], bytes], count: int) -> int:
    """How many damaged files are networks still; any error but ours ends the test."""
    rng, sources, good = np.random.default_rng(5), files(), 0
    for index in range(count):
        try:
            Model(import_onnx(damage(sources[index % len(sources)], rng)).to_bytes())
        except InloopError:
            continue
        good += 1
    return good


def test_damaged_bytes() -> None:
    assert 200 < survivors(damage_bytes, 3000) < 2800


def test_damaged_structure() -> None:
    assert 400 < survivors(damage_structure, 3000) < 2600
