# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filter networks of the 2025 low-complexity form, and the torch module that runs any `Graph`."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from inloop.train.graph import Graph, Node
from inloop.train.layers import ScalarPRelu, conv_in_float32

INPUTS = {"rec": 6, "pred": 6, "bs": 3, "qp_base": 1, "qp_block": 1, "ipb": 1}


def lop(
    *,
    head_rec: int = 16,
    head_pred: int = 12,
    head_bs: int = 3,
    stem: int = 64,
    luma: int = 64,
    chroma: int = 32,
    width: int = 176,
    mid: int = 64,
    blocks: int = 6,
    chroma_width: int = 64,
    chroma_mid: int = 32,
    chroma_blocks: int = 2,
) -> Graph:
    """Network with Hadamard-packed inputs at 1/2 and separable residual blocks at 1/4 resolution.

    Head convolutions a group of inputs, fusion and stride-2 separable convolution, then a wide luma and a narrow chroma
    path of pre-activation blocks (PReLU, 1x1 reduce, 3x1, 1x3, 1x1 expand, add), and 24 channels of Hadamard
    coefficients of the residual.

    Args:
        head_rec: Filters of the reconstruction.
        head_pred: Filters of the prediction.
        head_bs: Filters of the boundary strength.
        stem: Channels at half resolution.
        luma: Channels handed to the luma path.
        chroma: Channels handed to the chroma path.
        width: Channels of the luma path.
        mid: Reduced channels inside a luma block.
        blocks: Luma blocks.
        chroma_width: Channels of the chroma path.
        chroma_mid: Reduced channels inside a chroma block.
        chroma_blocks: Chroma blocks.
    """
    g = Graph(dict(INPUTS))
    heads = [
        g.conv("head_rec", "rec", head_rec, (3, 3)),
        g.conv("head_pred", "pred", head_pred, (3, 3)),
        g.conv("head_bs", "bs", head_bs),
        g.conv("head_qp_base", "qp_base", 1),
        g.conv("head_qp_block", "qp_block", 1),
        g.conv("head_ipb", "ipb", 1),
    ]
    x = g.prelu("stem_act", g.conv("stem", g.concat("head", *heads), stem))
    x = g.separable("down", x, 2)
    x = g.prelu("fuse_act", g.conv("fuse", x, luma + chroma))
    y = _path(g, "y", g.slice("y_in", x, 0, luma), width, mid, blocks)
    c = _path(g, "c", g.slice("c_in", x, luma, chroma), chroma_width, chroma_mid, chroma_blocks)
    y = _tail(g, "y", y, mid, 16)
    c = _tail(g, "c", c, chroma_mid, 8)
    g.concat("out", y, c)
    return g


def _path(g: Graph, name: str, x: str, width: int, mid: int, blocks: int) -> str:
    x = g.conv(f"{name}_widen", x, width)
    for i in range(blocks):
        b = f"{name}{i}"
        t = g.conv(f"{b}_reduce", g.prelu(f"{b}_act", x), mid)
        t = g.conv(f"{b}_expand", g.separable(b, t), width)
        x = g.add(f"{b}_add", t, x)
    return x


def _tail(g: Graph, name: str, x: str, mid: int, channels: int) -> str:
    x = g.separable(f"{name}_tail", g.conv(f"{name}_tail_reduce", x, mid))
    x = g.prelu(f"{name}_tail_act", g.conv(f"{name}_tail_mix", x, mid))
    return g.conv(f"{name}_out", x, channels, (3, 3))


def vlop() -> Graph:
    """Return the network at about 5 kMAC/px."""
    return lop(
        head_rec=12,
        head_pred=8,
        head_bs=2,
        stem=40,
        luma=40,
        chroma=16,
        width=96,
        mid=32,
        blocks=5,
        chroma_width=32,
        chroma_mid=16,
        chroma_blocks=1,
    )


def enhance(*, width: int = 64, blocks: int = 8) -> Graph:
    """Return a network over decoded samples alone, at half resolution: residual blocks of two 3x3 convolutions.

    The out-of-loop network of ConFRE on packed 4:2:0 samples: at 64 channels its 17 inner convolutions take the same
    158.4 kMAC/px as 32 channels at full resolution. Six output channels, packed as the input.

    Args:
        width: Channels inside.
        blocks: Number of residual blocks.
    """
    g = Graph({"rec": 6})
    x = first = g.conv("head_rec", "rec", width, (3, 3))
    for i in range(blocks):
        t = g.prelu(f"r{i}_act", g.conv(f"r{i}_in", x, width, (3, 3)))
        x = g.add(f"r{i}_add", g.conv(f"r{i}_expand", t, width, (3, 3)), x)
    x = g.add("body_add", g.conv("body_expand", x, width, (3, 3)), first)
    g.conv("enhance_out", x, 6, (3, 3))
    return g


NETWORKS = {"lop": lop, "vlop": vlop, "enhance": enhance}


class GraphNet(nn.Module):  # type: ignore[misc]  # torch is not followed by mypy
    """Executes a `Graph` in float. Inputs and output are NCHW tensors of real values."""

    def __init__(self, graph: Graph) -> None:
        super().__init__()
        self.graph = graph
        self.convs = nn.ModuleDict({node.name: _make_conv(node, cin) for node, cin in graph.convolutions()})
        self.slopes = nn.ParameterDict(
            {node.name: nn.Parameter(torch.tensor([0.25])) for node in graph.nodes if node.op == "prelu"}
        )
        self._initialise()

    def _initialise(self) -> None:
        """Start as the identity: zero output layers. `initialise.fit_to_data` gives the others their scale."""
        with torch.no_grad():
            for node, channels in self.graph.convolutions():
                conv = self.convs[node.name]
                if node.name.endswith("_out"):
                    conv.weight.zero_()
                elif node.groups > 1:
                    conv.weight.normal_(0, 0.6 if 2 in node.stride else 0.2)
                    if 2 not in node.stride:
                        conv.weight[..., node.kernel[0] // 2, node.kernel[1] // 2] += 1
                else:
                    conv.weight.normal_(0, 1.2 / math.sqrt(channels * node.kernel[0] * node.kernel[1]))
                if node.bias:
                    conv.bias.zero_()

    @property
    def output_scale(self) -> int:
        """Luma samples along the side of an output position."""
        return 2 if self.graph.channels(self.graph.output) == 6 else 4

    def forward(
        self, inputs: dict[str, Tensor], after: Callable[[Node, Tensor], Tensor] | None = None
    ) -> Tensor:
        """Return the residual, ``[n, 24, h/2, w/2]`` or ``[n, 6, h, w]``.

        Args:
            inputs: float32 ``[n, c, h, w]`` by name.
            after: Replaces the output of each node, where given.
        """
        values = dict(inputs)
        for node in self.graph.nodes:
            y = self.apply_node(node, [values[name] for name in node.inputs])
            values[node.name] = y if after is None else after(node, y)
        return values[self.graph.output]

    def apply_node(self, node: Node, x: list[Tensor]) -> Tensor:
        """Execute one node.

        Args:
            node: The node.
            x: What it reads, ``[n, c, h, w]`` each.

        Raises:
            ValueError: The operation is unknown.
        """
        match node.op:
            case "conv":
                # Heads see small differences of large samples. Strided depthwise convolutions have a slow gradient in
                # bfloat16.
                if node.name.startswith("head_") or 2 in node.stride:
                    return conv_in_float32(self.convs[node.name], x[0])
                return self.convs[node.name](x[0])
            case "prelu":
                return ScalarPRelu.apply(x[0], self.slopes[node.name])
            case "add":
                return x[0] + x[1]
            case "concat":
                return torch.cat(x, 1)
            case "slice":
                return x[0][:, node.start : node.start + node.channels]
            case _:
                raise ValueError(f"unknown operation {node.op}")


def _make_conv(node: Node, channels: int) -> nn.Conv2d:
    padding = (node.kernel[0] // 2, node.kernel[1] // 2)
    return nn.Conv2d(
        channels, node.channels, node.kernel, node.stride, padding, groups=node.groups, bias=node.bias
    )
