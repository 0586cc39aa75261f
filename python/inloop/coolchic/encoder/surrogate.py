# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Stand-ins for rounding through which gradients pass."""

from __future__ import annotations

from collections.abc import Callable
from math import tanh
from typing import Any

import torch
from torch import Tensor

Quantizer = Callable[[Tensor], Tensor]


def soft_round(values: Tensor, temperature: float) -> Tensor:
    """Return a smooth step function that tends to rounding as the temperature goes to 0."""
    middle = torch.floor(values) + 0.5
    return middle + torch.tanh((values - middle) / temperature) / (2 * tanh(0.5 / temperature))


def peaked_noise(shape: torch.Size, peak: float, generator: torch.Generator) -> Tensor:
    """Return noise in -1/2 .. 1/2 of Kumaraswamy's distribution, whose mode is 0; `peak` 1 is uniform noise."""
    uniform = torch.rand(shape, generator=generator)
    if peak == 1:
        return uniform.sub_(0.5)
    other = (2.0**peak * (peak - 1) + 1) / peak
    return uniform.neg_().add_(1).pow_(1 / other).neg_().add_(1).pow_(1 / peak).sub_(0.5)


def noisy_round(temperature: float, peak: float, generator: torch.Generator) -> Quantizer:
    """Return the quantizer of the first stages: soft rounding, noise, soft rounding."""

    def quantize(values: Tensor) -> Tensor:
        noisy = soft_round(values, temperature) + peaked_noise(values.shape, peak, generator)
        return soft_round(noisy, temperature)

    return quantize


class _StraightThrough(torch.autograd.Function):  # type: ignore[misc]
    """Rounds; the gradient passes as if nothing had been done.

    The slope of a soft rounding of temperature 1e-4, which the authors name here, is 0 nearly everywhere in single
    precision and huge beside the half; passing the gradient on unchanged moves a latent over that edge just as well.
    """

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        return torch.round(values)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        return gradient


def straight_through(values: Tensor) -> Tensor:
    """Return the rounded values with the gradient of the values."""
    rounded: Tensor = _StraightThrough.apply(values)
    return rounded
