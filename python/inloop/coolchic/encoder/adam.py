# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The optimizer of a fit: Adam (Kingma and Ba, 2015). That of torch loads its compiler, which takes seconds."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

_DECAY, _SQUARE_DECAY, _SMALL = 0.9, 0.999, 1e-8


class Adam:
    """Steps of a few tensors against their gradients, which are limited in their common norm.

    Args:
        tensors: What is fitted.
        gradient_norm: Largest norm of all gradients together; longer ones are scaled down to it.
    """

    def __init__(self, tensors: Sequence[Tensor], gradient_norm: float) -> None:
        self._tensors = tensors
        self._gradient_norm = gradient_norm
        self._means = [torch.zeros_like(tensor) for tensor in tensors]
        self._squares = [torch.zeros_like(tensor) for tensor in tensors]
        self._steps = 0

    def clear_gradients(self) -> None:
        """Forget the gradients of the last step."""
        for tensor in self._tensors:
            tensor.grad = None

    @torch.no_grad()  # type: ignore[untyped-decorator]
    def step(self, rate: float) -> None:
        """Move the tensors; one without a gradient stays."""
        self._steps += 1
        gradients = [tensor.grad for tensor in self._tensors]
        norm = sum(float(gradient.square().sum()) for gradient in gradients if gradient is not None) ** 0.5
        scale = min(1.0, self._gradient_norm / (norm + 1e-6))
        size = rate / (1 - _DECAY**self._steps)
        bias = (1 - _SQUARE_DECAY**self._steps) ** 0.5
        moments = zip(self._tensors, gradients, self._means, self._squares, strict=True)
        for tensor, gradient, mean, square in moments:
            if gradient is None:
                continue
            gradient.mul_(scale)
            mean.lerp_(gradient, 1 - _DECAY)
            square.mul_(_SQUARE_DECAY).addcmul_(gradient, gradient, value=1 - _SQUARE_DECAY)
            tensor.addcdiv_(mean, (square.sqrt() / bias).add_(_SMALL), value=-size)
