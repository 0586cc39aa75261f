# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A filter network as a list of nodes: the one description that training, quantisation and export all execute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Node:
    """One operation; `name` is also the name of its output tensor.

    Attributes:
        op: ``conv``, ``prelu`` (one slope), ``add``, ``concat`` or ``slice`` (of channels).
        name: Name of the node and of its output.
        inputs: Names of the tensors it reads.
        channels: Channels of its output.
        kernel: Rows and columns of a convolution; padding is zero, half the kernel on each side.
        stride: Rows and columns.
        groups: Groups of a convolution (1 or the channel count).
        bias: Whether a convolution adds a bias.
        start: First channel of a slice.
    """

    op: str
    name: str
    inputs: tuple[str, ...]
    channels: int
    kernel: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    groups: int = 1
    bias: bool = True
    start: int = 0


@dataclass
class Graph:
    """Nodes in topological order, with the inputs they start from."""

    inputs: dict[str, int]
    nodes: list[Node] = field(default_factory=list)

    @property
    def output(self) -> str:
        """Name of the result, the last node's output."""
        return self.nodes[-1].name

    def channels(self, tensor: str) -> int:
        """Channel count of a tensor."""
        if tensor in self.inputs:
            return self.inputs[tensor]
        return next(node.channels for node in self.nodes if node.name == tensor)

    def convolutions(self) -> Iterator[tuple[Node, int]]:
        """Each convolution with its input channel count."""
        for node in self.nodes:
            if node.op == "conv":
                yield node, self.channels(node.inputs[0])

    def conv(
        self,
        name: str,
        source: str,
        channels: int,
        kernel: tuple[int, int] = (1, 1),
        stride: tuple[int, int] = (1, 1),
        *,
        depthwise: bool = False,
        bias: bool = True,
    ) -> str:
        """Append a convolution; returns its name."""
        groups = channels if depthwise else 1
        self.nodes.append(Node("conv", name, (source,), channels, kernel, stride, groups, bias))
        return name

    def prelu(self, name: str, source: str) -> str:
        """Append a PReLU with one slope; returns its name."""
        self.nodes.append(Node("prelu", name, (source,), self.channels(source)))
        return name

    def add(self, name: str, first: str, second: str) -> str:
        """Append a sum of two tensors; returns its name."""
        self.nodes.append(Node("add", name, (first, second), self.channels(first)))
        return name

    def concat(self, name: str, *sources: str) -> str:
        """Append a concatenation of channels; returns its name."""
        self.nodes.append(Node("concat", name, sources, sum(map(self.channels, sources))))
        return name

    def slice(self, name: str, source: str, start: int, channels: int) -> str:
        """Append a slice of channels; returns its name."""
        self.nodes.append(Node("slice", name, (source,), channels, start=start))
        return name

    def separable(self, name: str, source: str, stride: int = 1) -> str:
        """Append a depthwise 3x1 and a depthwise 1x3 convolution; returns the name of the second."""
        channels = self.channels(source)
        rows = self.conv(f"{name}_v", source, channels, (3, 1), (stride, 1), depthwise=True, bias=False)
        return self.conv(f"{name}_h", rows, channels, (1, 3), (1, stride), depthwise=True)

    def macs(self, height: int, width: int) -> int:
        """Multiply-accumulates for inputs of the given size (half the luma resolution)."""
        sizes = dict.fromkeys(self.inputs, (height, width))
        total = 0
        for node in self.nodes:
            rows, columns = sizes[node.inputs[0]]
            rows, columns = -(-rows // node.stride[0]), -(-columns // node.stride[1])
            sizes[node.name] = (rows, columns)
            if node.op == "conv":
                fan_in = self.channels(node.inputs[0]) // node.groups * node.kernel[0] * node.kernel[1]
                total += rows * columns * node.channels * fan_in
        return total

    def kmac_per_px(self, block: int = 128, context: int = 8) -> float:
        """Thousand multiply-accumulates per luma pixel of a block, its context included in the work."""
        side = block // 2 + context
        return self.macs(side, side) / (block * block) / 1000

    def parameters(self) -> int:
        """Number of trained constants."""
        total = sum(node.op == "prelu" for node in self.nodes)
        for node, channels in self.convolutions():
            total += node.channels * (channels // node.groups * node.kernel[0] * node.kernel[1] + node.bias)
        return total
