# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Building blocks of `GraphNet` that torch has, but slower or less exact than needed."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional


class ScalarPRelu(torch.autograd.Function):  # type: ignore[misc]  # torch is not followed by mypy
    """PReLU with one slope for all channels.

    torch's own reduces the gradient of the slope a channel at a time, which takes a third of a training step on a CPU;
    LeakyReLU and its gradient are vectorised.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: Tensor) -> Tensor:
        """Return x where positive, x * slope elsewhere.

        Args:
            ctx: Where PyTorch keeps what `backward` needs.
            x: Tensor of any shape.
            slope: Tensor of one value.
        """
        ctx.slope = float(slope)
        ctx.save_for_backward(x)
        return functional.leaky_relu(x, ctx.slope)

    @staticmethod
    @once_differentiable  # type: ignore[untyped-decorator]
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor]:
        """Return the gradients of input and slope.

        Args:
            ctx: What `forward` kept.
            gradient: Gradient of the result.
        """
        (x,) = ctx.saved_tensors
        of_slope = (gradient * x.clamp(max=0)).sum(dtype=torch.float32).view(1)
        return torch.ops.aten.leaky_relu_backward(gradient, x, ctx.slope, False), of_slope


def conv_in_float32(conv: nn.Conv2d, x: Tensor) -> Tensor:
    """Apply a convolution in float32 wherever autocast would take bfloat16.

    Args:
        conv: The convolution.
        x: ``[n, c, h, w]``.
    """
    with torch.autocast(x.device.type, enabled=False):
        result: Tensor = conv(x.float())
        return result
