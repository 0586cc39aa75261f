# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Quantisation-aware fine-tuning: the forward pass computes on the integer grid, the gradient ignores the steps."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.func import functional_call

from inloop.train.graph import Node
from inloop.train.networks import GraphNet
from inloop.train.quantize import LIMIT, quantize


class QuantizedForward:
    """Runs a network with constants and activations held to the quantizers that its export would choose.

    Args:
        net: The network; its parameters are read anew in each call.
        calibration: Inputs that show the ranges of its activations.
    """

    def __init__(self, net: GraphNet, calibration: Iterable[dict[str, Tensor]]) -> None:
        self._net = net
        self._q = quantize(net, calibration).q

    def __call__(self, inputs: dict[str, Tensor]) -> Tensor:
        """Return the residual channels for inputs ``[n, c, h, w]``, float32."""
        parameters = {name: self._on_grid(name, p) for name, p in self._net.named_parameters()}
        result: Tensor = functional_call(self._net, parameters, (inputs, self._activation))
        return result

    def _on_grid(self, name: str, parameter: Tensor) -> Tensor:
        kind, node, *rest = name.split(".")  # convs.NODE.weight, convs.NODE.bias, slopes.NODE
        q = self._q[f"{node}.{rest[0] if kind == 'convs' else 'slope'}"]
        return _straight_through(parameter, torch.round(parameter * 2.0**q) / 2.0**q)

    def _activation(self, node: Node, y: Tensor) -> Tensor:
        scale = 2.0 ** self._q[node.name]
        # The half unit is there because biases are exported so as to make up for the mean loss of the floor.
        return _straight_through(y, torch.floor(y * scale + 0.5).clamp(-LIMIT, LIMIT) / scale)


def _straight_through(exact: Tensor, rounded: Tensor) -> Tensor:
    """Value of `rounded`, gradient of `exact`."""
    return exact + (rounded - exact).detach()
