# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Post-training quantisation to the engine's int16 arithmetic, and its exact simulation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from inloop.nnlf.features import INPUT_Q
from inloop.train.graph import Graph, Node
from inloop.train.networks import GraphNet

IntArray = npt.NDArray[np.int64]

LIMIT = 32767
HEADROOM = 1.6
"""How far activations may exceed the largest one met in calibration before they saturate."""
MAX_Q = {"activation": 15, "weight": 15, "slope": 14}
ACCUMULATOR_LIMIT = 65535
"""Bound of the sum of a channel's absolute integer weights: with it no accumulator leaves int32."""


@dataclass
class IntegerNetwork:
    """A graph with integer constants.

    Attributes:
        graph: The nodes.
        q: Quantizer of each tensor: inputs, node outputs, and constants ``<node>.weight``, ``.bias``, ``.slope``.
        constants: Their integers; weights ``[cout, cin / groups, kh, kw]``, biases ``[cout]``, slopes ``[1]``.
    """

    graph: Graph
    q: dict[str, int]
    constants: dict[str, IntArray] = field(default_factory=dict)

    def run(self, inputs: dict[str, Tensor]) -> Tensor:
        """Execute on integers (NCHW, any dtype); returns the integer output as float64, exactly the engine's."""
        values = {name: x.double() for name, x in inputs.items()}
        for node in self.graph.nodes:
            values[node.name] = self._apply(node, [values[name] for name in node.inputs])
        return values[self.graph.output]

    def _constant(self, name: str) -> Tensor:
        return torch.from_numpy(self.constants[name]).double()

    def _apply(self, node: Node, x: list[Tensor]) -> Tensor:
        q = self.q
        match node.op:
            case "conv":
                return self._conv(node, x[0])
            case "prelu":
                slope = self._constant(f"{node.name}.slope")
                return torch.where(
                    x[0] < 0, saturate(shift_right(x[0] * slope, q[f"{node.name}.slope"])), x[0]
                )
            case "add":
                a, b = (
                    shift_right(t, q[name] - q[node.name]) for t, name in zip(x, node.inputs, strict=True)
                )
                return saturate(a + b)
            case "concat":
                parts = [
                    shift_right(t, q[name] - q[node.name]) for t, name in zip(x, node.inputs, strict=True)
                ]
                return torch.cat(parts, 1)
            case "slice":
                return x[0][:, node.start : node.start + node.channels]
            case _:
                raise ValueError(f"unknown operation {node.op}")

    def _conv(self, node: Node, x: Tensor) -> Tensor:
        weight = self._constant(f"{node.name}.weight")
        padding = (node.kernel[0] // 2, node.kernel[1] // 2)
        acc = functional.conv2d(x, weight, None, node.stride, padding, groups=node.groups)
        shift = self.q[node.inputs[0]] + self.q[f"{node.name}.weight"] - self.q[node.name]
        y = saturate(shift_right(acc, shift))
        return saturate(y + self._constant(f"{node.name}.bias").view(-1, 1, 1)) if node.bias else y


def shift_right(x: Tensor, bits: int) -> Tensor:
    """Return the arithmetic floor shift of integers held as float64.

    Args:
        x: The integers.
        bits: How far, 0 or more.
    """
    return torch.floor(x / 2.0**bits)


def saturate(x: Tensor) -> Tensor:
    """Symmetric 16-bit saturation."""
    return x.clamp(-LIMIT, LIMIT)


def quantize(net: GraphNet, calibration: Iterable[dict[str, Tensor]]) -> IntegerNetwork:
    """Choose a power-of-two quantizer a tensor from the ranges on calibration inputs, and round the constants.

    Tensors that only move or add (slope, slice, sum, concatenation) share one quantizer, so that no precision is lost
    by aligning them. A bias also takes up the mean loss of the floor shifts before it.

    Args:
        net: The trained network.
        calibration: Sets of inputs by name, float32 ``[n, c, h, w]``.
    """
    graph = net.graph
    ranges = measure_ranges(net, calibration)
    q = _activation_quantizers(graph, ranges)
    result = IntegerNetwork(graph, q)
    for node in graph.nodes:
        if node.op == "prelu":
            slope = net.slopes[node.name].detach().numpy().astype(np.float64)
            q[f"{node.name}.slope"] = min(MAX_Q["slope"], _largest_q(float(np.abs(slope).max()), LIMIT))
            result.constants[f"{node.name}.slope"] = _round(slope * 2.0 ** q[f"{node.name}.slope"])
        elif node.op == "conv":
            _quantize_conv(result, node, net)
    return result


def measure_ranges(net: GraphNet, calibration: Iterable[dict[str, Tensor]]) -> dict[str, float]:
    """Return the largest absolute value of each node's output, biases included and excluded.

    Args:
        net: The network.
        calibration: Sets of inputs by name, float32 ``[n, c, h, w]``.
    """
    ranges = dict.fromkeys((node.name for node in net.graph.nodes), 1e-6)
    with torch.no_grad():
        for inputs in calibration:
            values = dict(inputs)
            for node in net.graph.nodes:
                y = net.apply_node(node, [values[name] for name in node.inputs])
                values[node.name] = y
                largest = float(y.abs().max())
                if node.op == "conv" and node.bias:
                    bias = net.convs[node.name].bias
                    largest = max(
                        largest, float((y - bias.view(-1, 1, 1)).abs().max()), float(bias.abs().max())
                    )
                ranges[node.name] = max(ranges[node.name], largest)
    return ranges


def _activation_quantizers(graph: Graph, ranges: dict[str, float]) -> dict[str, int]:
    """One quantizer a group of tensors tied by operations that do not scale."""
    group = {node.name: node.name for node in graph.nodes}

    def root(name: str) -> str:
        while group[name] != name:
            name = group[name]
        return name

    for node in graph.nodes:
        if node.op != "conv":
            for source in node.inputs:
                group[root(source)] = root(node.name)
    largest: dict[str, float] = {}
    for node in graph.nodes:
        r = root(node.name)
        largest[r] = max(largest.get(r, 0.0), ranges[node.name])
    q = dict.fromkeys(graph.inputs, INPUT_Q)
    for node in graph.nodes:
        q[node.name] = min(MAX_Q["activation"], _largest_q(largest[root(node.name)] * HEADROOM, LIMIT))
    return q


def _quantize_conv(result: IntegerNetwork, node: Node, net: GraphNet) -> None:
    q, conv = result.q, net.convs[node.name]
    weight = conv.weight.detach().numpy().astype(np.float64)
    sums = np.abs(weight).sum((1, 2, 3)).max()
    # Rounding can add half a unit a weight to the sum.
    bound = ACCUMULATOR_LIMIT - 0.5 * weight[0].size
    q_w = min(MAX_Q["weight"], _largest_q(float(np.abs(weight).max()), LIMIT), _largest_q(float(sums), bound))
    q_w = max(q_w, q[node.name] - q[node.inputs[0]])  # The shift may not be negative.
    q[f"{node.name}.weight"] = q_w
    result.constants[f"{node.name}.weight"] = _round(weight * 2.0**q_w)
    if node.bias:
        bias = conv.bias.detach().numpy().astype(np.float64) * 2.0 ** q[node.name]
        q[f"{node.name}.bias"] = q[node.name]
        lost = floor_loss(result.graph, node, weight, q)
        result.constants[f"{node.name}.bias"] = np.clip(_round(bias + lost), -LIMIT, LIMIT)


def floor_loss(
    graph: Graph, node: Node, weight: npt.NDArray[np.float64], q: Mapping[str, int]
) -> npt.NDArray[np.float64]:
    """What floor shifts take from the output of a convolution on average, in its integer units, a channel.

    Its own takes half a unit; the half that the one before it took, where that has no bias to make up for it, arrives
    through the weights ``[cout, cin / groups, kh, kw]``.
    """
    half = np.full(node.channels, 0.5)
    source = next((n for n in graph.nodes if n.name == node.inputs[0]), None)
    if source is None or source.op != "conv" or source.bias:
        return half
    return np.asarray(half + 0.5 * weight.sum((1, 2, 3)) * 2.0 ** (q[node.name] - q[source.name]))


def _largest_q(value: float, limit: float) -> int:
    """Largest q with value * 2^q <= limit."""
    return 24 if value <= 0 else math.floor(math.log2(limit / value))


def _round(x: npt.NDArray[np.float64]) -> IntArray:
    return np.rint(x).astype(np.int64)
