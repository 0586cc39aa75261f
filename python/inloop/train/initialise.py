# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Initial weights fitted to data: the network starts as the identity with activations of unit size.

Training is short, so conditioning decides. Samples differ by a few percent from their neighbours: a network whose first
layers see mostly brightness spends its first minutes on finding the texture.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from inloop.errors import ConfigError
from inloop.train.networks import NETWORKS, GraphNet

PLANE_HEADS = ("head_rec", "head_pred")
BRIGHTNESS_CHANNELS = [0, 4, 5]
"""Channels of ``rec`` and ``pred`` that carry brightness: sum of luma, Cb, Cr."""
BRIGHTNESS_FILTERS = 2
"""Filters of a plane head that may see the brightness itself; the others see differences only."""
EXPAND_SCALE = 0.3
"""Size of what a residual block adds, relative to unit activations: the sum of many blocks stays about as large."""
MIN_DEVIATION = 0.02
"""Activations that vary less on the data at hand (one QP only, say) are not blown up to unit size."""
WIDENED_TOLERANCE = 1e-3
"""Largest difference, relative to the largest output, that rounding may leave between a network and its wider form."""


@torch.no_grad()  # type: ignore[untyped-decorator]
def fit_to_data(net: GraphNet, inputs: dict[str, Tensor]) -> None:
    """Give every convolution but the output layers zero mean and unit deviation on `inputs`, in order."""
    for name in PLANE_HEADS:  # The order counts, as all of them draw from one generator.
        if name in net.convs:
            _make_difference_filters(net.convs[name].weight)
    values = dict(inputs)
    for node in net.graph.nodes:
        sources = [values[name] for name in node.inputs]
        if node.op == "conv" and not node.name.endswith("_out"):
            conv = net.convs[node.name]
            y = net.apply_node(node, sources)
            deviation = y.std((0, 2, 3)).view(-1, 1, 1, 1) if node.name in PLANE_HEADS else y.std()
            size = EXPAND_SCALE if node.name.endswith("_expand") else 1.0
            conv.weight.mul_(size / deviation.clamp(min=MIN_DEVIATION))
            if node.bias:
                conv.bias.sub_(net.apply_node(node, sources).mean((0, 2, 3)))
        values[node.name] = net.apply_node(node, sources)


def _make_difference_filters(weight: Tensor) -> None:
    """Fill ``[filters, 6, 3, 3]`` with noise whose response to a constant brightness is zero in most filters."""
    weight.normal_(0, 1)
    brightness = weight[:-BRIGHTNESS_FILTERS, BRIGHTNESS_CHANNELS]
    weight[:-BRIGHTNESS_FILTERS, BRIGHTNESS_CHANNELS] = brightness - brightness.mean((2, 3), keepdim=True)
    # Chroma says less about luma than luma does.
    weight[:, BRIGHTNESS_CHANNELS[1:]] *= 0.5


@torch.no_grad()  # type: ignore[untyped-decorator]
def start_from(net: GraphNet, checkpoint: Mapping[str, Any], inputs: dict[str, Tensor]) -> None:
    """Give a network the averaged weights of a checkpoint, or those of a narrower network that computes the same.

    A narrow network learns faster at first. The further filters of the wider one are fitted to `inputs` and not heard
    by those that were there before, until training changes that.

    Args:
        net: The network that starts.
        checkpoint: A trainer's state.
        inputs: Patches to fit to and to compare on.

    Raises:
        ConfigError: The checkpoint's network is no narrower form of this one.
    """
    weights = checkpoint["average"]
    shapes = {name: value.shape for name, value in net.state_dict().items()}
    if shapes == {name: value.shape for name, value in weights.items()}:
        net.load_state_dict(weights)
        return
    narrow = GraphNet(NETWORKS[checkpoint["network"]](**checkpoint["options"]))
    narrow.load_state_dict(weights)
    fit_to_data(net, inputs)
    if weights.keys() == shapes.keys():
        net.load_state_dict({name: _embed(weights[name], value) for name, value in net.state_dict().items()})
        expected = narrow(inputs)
        if (net(inputs) - expected).abs().max() <= WIDENED_TOLERANCE * expected.abs().max():
            return
    raise ConfigError("the network to start from is neither of the same size nor a narrower form of this one")


def _embed(narrow: Tensor, wide: Tensor) -> Tensor:
    """Put weights in the first filters and channels of `wide`; its further channels do not reach these filters."""
    if any(n > w for n, w in zip(narrow.shape, wide.shape, strict=True)):
        raise ConfigError("the network to start from is wider than this one")
    filters = narrow.shape[0]
    result = wide.clone()
    result[:filters] = 0
    result[tuple(slice(n) for n in narrow.shape)] = narrow
    return result
