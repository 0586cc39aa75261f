# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The reference networks in every form that a contestant takes."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from inloop.convert import onnx_to_compact
from inloop.engine.model import Model

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "nn"))  # This is where nn_networks lies, which the tests use, too.

from nn_networks import GraphBuilder, quantise_naively  # noqa: E402

BLOCK = 144
PICTURE = (1080, 1920)
# Tiles of a 1080p picture that peers may be fed with, in luma samples; both sizes divide the picture's.
TILES = [(120, 128), (180, 192), (216, 240)]


@dataclass(frozen=True)
class Network:
    """A file of the shared models and the resolution of its inputs (luma size / scale)."""

    name: str
    scale: int

    @property
    def path(self) -> Path:
        """The float ONNX file. Raises FileNotFoundError where the shared models are not here."""
        shared = Path(os.environ.get("INLOOP_SHARED", ROOT.parent / "shared"))
        path = shared / "models" / f"{self.name}_like.onnx"
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; INLOOP_SHARED names the folder that holds models/")
        return path

    def size(self, luma: tuple[int, int]) -> tuple[int, int]:
        """Height and width of the network's inputs for that many luma samples."""
        return luma[0] // self.scale, luma[1] // self.scale


NETWORKS = {name: Network(name, scale) for name, scale in (("lop", 2), ("vlop", 2), ("enhance", 1))}


@cache
def int16_model(network: Network) -> Model:
    """The network with power-of-two quantizers good enough for speed."""
    return Model(onnx_to_compact(quantise_naively(network.path)))


@cache
def grouped_model() -> Model:
    """Four 3x3 convolutions of 64 channels in 8 groups with PReLU: the reference networks have no groups."""
    return _four_convolutions(groups=8, dilation=1)


@cache
def dilated_model() -> Model:
    """Four 3x3 convolutions of 64 channels with dilation 2 and PReLU: the reference networks have none."""
    return _four_convolutions(groups=1, dilation=2)


def _four_convolutions(groups: int, dilation: int) -> Model:
    rng = np.random.default_rng(0)
    g = GraphBuilder()
    x = g.input("x", 64)
    for _ in range(4):
        w = g.constant(rng.integers(-150, 150, (64, 64 // groups, 3, 3)), 11)
        x = g.node(
            "Conv",
            [x, w],
            13,
            kernel_shape=[3, 3],
            pads=[dilation] * 4,
            group=groups,
            dilations=[dilation] * 2,
        )
        x = g.node("PRelu", [x, g.constant(np.array([8000]), 15)])
    return Model(onnx_to_compact(g.build(x)))


@cache
def float_model(network: Network) -> Model:
    """The network as it is, in floats."""
    return Model(onnx_to_compact(network.path))


def peer_onnx(network: Network, luma: tuple[int, int], leaky: bool) -> onnx.ModelProto:
    """The float network at a fixed input size; `leaky` turns scalar PReLU into LeakyRelu, which peers run faster."""
    model = onnx.load(str(network.path))
    height, width = network.size(luma)
    for tensor in model.graph.input:
        for dim, value in zip(tensor.type.tensor_type.shape.dim[2:], (height, width), strict=True):
            dim.dim_value = value
    for tensor in model.graph.output:
        tensor.type.tensor_type.ClearField("shape")
    if leaky:
        _prelu_to_leaky_relu(model.graph)
    return onnx.shape_inference.infer_shapes(model)


def _prelu_to_leaky_relu(graph: onnx.GraphProto) -> None:
    constants = {tensor.name: tensor for tensor in graph.initializer}
    aliases = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Identity"}
    for index, node in enumerate(graph.node):
        if node.op_type != "PRelu":
            continue
        name = node.input[1]
        while name in aliases:
            name = aliases[name]
        slope = numpy_helper.to_array(constants[name])
        if slope.size == 1:
            graph.node[index].CopyFrom(
                helper.make_node("LeakyRelu", node.input[:1], node.output, node.name, alpha=slope.item())
            )


def int16_inputs(model: Model, height: int, width: int) -> list[NDArray[np.int16]]:
    """Inputs of a quantised model, NHWC: random numbers, but one value for the plane of the base QP, as in use."""
    rng = np.random.default_rng(0)
    arrays = []
    for tensor in model.inputs:
        array = rng.integers(-8192, 8192, (1, height, width, tensor.channels), np.int16)
        arrays.append(np.full_like(array, 4000) if tensor.name in ("qp", "qp_base") else array)
    return arrays


def float_inputs(model: Model, height: int, width: int) -> list[NDArray[np.float32]]:
    """The same as real numbers, NHWC."""
    return [array.astype(np.float32) / 2**13 for array in int16_inputs(model, height, width)]


def peer_inputs(network: Network, luma: tuple[int, int]) -> dict[str, NDArray[np.float32]]:
    """The same, NCHW and by name, as peers take them."""
    model = float_model(network)
    arrays = float_inputs(model, *network.size(luma))
    pairs = zip(model.inputs, arrays, strict=True)
    return {info.name: np.ascontiguousarray(np.moveaxis(array, 3, 1)) for info, array in pairs}
