# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Muon for the convolutions that mix many channels and carry nearly all the weights, Adam for everything else.

Muon (K. Jordan and others, 2024) replaces the momentum of a weight matrix by the nearest matrix with orthonormal rows,
so that all directions learn at the same pace. On the networks here a step of it is worth about two of Adam alone.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn

OUTPUT_LR_SHARE = 0.05
"""Learning rate of the output layers relative to the others: residuals are some 50 times smaller than activations."""
MUON_LR_SHARE = 2.5
"""Learning rate of Muon relative to Adam's; its updates are scaled to about the size of Adam's."""
_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Coefficients of the quintic iteration: five rounds bring singular values from 0.001..1 to 0.7..1.2."""


def orthogonalise(matrices: Tensor, rounds: int = 5) -> Tensor:
    """Approximate ``U V^T`` of the singular value decompositions of ``[n, rows, columns]`` by Newton-Schulz rounds."""
    a, b, c = _NEWTON_SCHULZ
    x = matrices / (matrices.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    wide = x.shape[-2] <= x.shape[-1]
    if not wide:
        x = x.transpose(-2, -1)
    for _ in range(rounds):
        gram = x @ x.transpose(-2, -1)
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x if wide else x.transpose(-2, -1)


class Muon(torch.optim.Optimizer):  # type: ignore[misc]  # torch is not followed by mypy
    """Momentum, orthogonalised. Parameters are weights of convolutions, taken as matrices ``[cout, cin * kh * kw]``."""

    def __init__(self, parameters: list[nn.Parameter], lr: float, momentum: float = 0.95) -> None:
        by_shape: dict[tuple[int, ...], list[nn.Parameter]] = {}
        for parameter in parameters:
            by_shape.setdefault(tuple(parameter.shape), []).append(parameter)
        # There is one group for each shape, since its matrices are orthogonalised together.
        groups = [{"params": members, "momentum": momentum} for members in by_shape.values()]
        super().__init__(groups, {"lr": lr})

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, closure: Any = None) -> None:
        """Update all parameters."""
        for group in self.param_groups:
            updates = []
            for p in group["params"]:
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                average = state["momentum"].lerp_(p.grad, 1 - group["momentum"])
                updates.append(p.grad.lerp(average, group["momentum"]).flatten(1))
            directions = orthogonalise(torch.stack(updates))
            scale = 0.2 * math.sqrt(max(directions.shape[1:]))
            for p, direction in zip(group["params"], directions, strict=True):
                p.add_(direction.view_as(p), alpha=-group["lr"] * scale)


def is_for_muon(name: str, parameter: nn.Parameter) -> bool:
    """Whether Muon updates a parameter: inner convolutions that mix many channels."""
    return parameter.ndim == 4 and min(parameter.shape[:2]) >= 16 and "_out." not in name


class MixedOptimizer:
    """Muon and Adam over the parameters of a network, with one learning rate."""

    def __init__(self, net: nn.Module) -> None:
        named = list(net.named_parameters())
        matrices = [p for name, p in named if is_for_muon(name, p)]
        others = [(name, p) for name, p in named if not is_for_muon(name, p)]
        groups = [
            {"params": [p for name, p in others if "_out." not in name], "share": 1.0},
            {"params": [p for name, p in others if "_out." in name], "share": OUTPUT_LR_SHARE},
        ]
        adam = torch.optim.Adam(groups, lr=1.0, betas=(0.9, 0.98), eps=1e-9)
        self._parts = [adam]
        if matrices:
            muon = Muon(matrices, lr=1.0)
            for group in muon.param_groups:
                group["share"] = MUON_LR_SHARE
            self._parts.append(muon)

    def step(self, lr: float) -> None:
        """Update all parameters at a learning rate."""
        for part in self._parts:
            for group in part.param_groups:
                group["lr"] = lr * group["share"]
            part.step()

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for part in self._parts:
            part.zero_grad(set_to_none=True)

    def state_dict(self) -> list[Any]:
        """Return the state for a checkpoint."""
        return [part.state_dict() for part in self._parts]

    def load_state_dict(self, states: list[Any]) -> None:
        """Take over the state of a checkpoint."""
        for part, state in zip(self._parts, states, strict=True):
            part.load_state_dict(state)
