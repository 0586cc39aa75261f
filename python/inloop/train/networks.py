# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filter networks of the 2025 low-complexity form, and the torch module that runs any `Graph`."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from inloop.train.graph import Graph, Node

INPUTS = {"rec": 6, "pred": 6, "bs": 3, "qp_base": 1, "qp_block": 1, "ipb": 1}
HEAD_GAIN = (1.5, 20.0, 20.0, 20.0, 4.0, 4.0)
"""Initial gain of the channels of `rec` and `pred`: sum, differences, Cb, Cr."""


def lop(
    *,
    stem: int = 48,
    luma: int = 48,
    chroma: int = 16,
    width: int = 112,
    mid: int = 40,
    blocks: int = 6,
    chroma_width: int = 32,
    chroma_mid: int = 16,
    chroma_blocks: int = 1,
) -> Graph:
    """Network with Hadamard-packed inputs at 1/2 and separable residual blocks at 1/4 resolution.

    Head convolutions a group of inputs, fusion and stride-2 separable convolution, then a wide luma and a narrow chroma
    path of pre-activation blocks (PReLU, 1x1 reduce, 3x1, 1x3, 1x1 expand, add), and 24 channels of Hadamard
    coefficients of the residual.

    Args:
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
        g.conv("head_rec", "rec", 8, (3, 3)),
        g.conv("head_pred", "pred", 4, (3, 3)),
        g.conv("head_bs", "bs", 2),
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
        luma=32, chroma=16, width=96, mid=28, blocks=6, chroma_width=32, chroma_mid=16, chroma_blocks=1
    )


NETWORKS = {"lop": lop, "vlop": vlop}


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
        """Start as the identity (zero output layers) with activations of about unit size everywhere else.

        Training is short, so conditioning decides: with torch's default the signal shrinks by a factor of 100 on its
        way, and the output layers need hundreds of steps to make up for it.
        """
        with torch.no_grad():
            for node, channels in self.graph.convolutions():
                weight = self.convs[node.name].weight
                if node.groups > 1:
                    weight.normal_(0, 0.6 if 2 in node.stride else 0.2)
                    if 2 not in node.stride:
                        weight[..., node.kernel[0] // 2, node.kernel[1] // 2] += 1
                else:
                    weight.normal_(0, 1.2 / math.sqrt(channels * node.kernel[0] * node.kernel[1]))
                weight.mul_(
                    0.0 if node.name.endswith("_out") else 0.25 if node.name.endswith("_expand") else 1.0
                )
                if node.bias:
                    self.convs[node.name].bias.zero_()
            # Differences of neighbouring samples are far smaller than samples: without gain the first layers would
            # see brightness only.
            for name in ("head_rec", "head_pred"):
                self.convs[name].weight.mul_(torch.tensor(HEAD_GAIN).view(1, 6, 1, 1))

    def forward(self, inputs: dict[str, Tensor]) -> Tensor:
        """Return the 24 residual channels ``[n, 24, h/2, w/2]`` for inputs ``[n, c, h, w]``."""
        values = dict(inputs)
        for node in self.graph.nodes:
            values[node.name] = self.apply_node(node, [values[name] for name in node.inputs])
        return values[self.graph.output]

    def apply_node(self, node: Node, x: list[Tensor]) -> Tensor:
        """Execute one node."""
        match node.op:
            case "conv":
                return self.convs[node.name](x[0])
            case "prelu":
                return nn.functional.prelu(x[0], self.slopes[node.name])
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
