# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Bits of latents by the context model, with gradients written out.

The network is so small that passing whole grids through memory operation by operation would take most of the time.
The work is done in pieces that stay in the cache, and gradients are made in the same pass as the bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

CONTEXT_ROWS = {
    8: ((-2, -1, 0), (-1, -1, 2), (0, -2, -1)),
    16: ((-3, 0, 1), (-2, -2, 2), (-1, -3, 2), (0, -3, -1)),
    24: ((-4, 0, 0), (-3, -2, 2), (-2, -3, 3), (-1, -3, 3), (0, -4, -1)),
    32: ((-4, -2, 1), (-3, -3, 3), (-2, -3, 4), (-1, -4, 4), (0, -4, -1)),
}
"""Rows of the context by its size: (row, first column, last column), relative to the latent."""
_REACH = 4
_PIECE = 1 << 14
_LEAST_PROBABILITY = 2.0**-16
_LOG_SCALE = (-10.0, 885 / 64)

Shapes = Sequence[tuple[int, int]]


def context_offsets(size: int) -> list[tuple[int, int]]:
    """Return (row, column) of the samples of a context, in the order of the network's inputs."""
    return [(row, column) for row, first, last in CONTEXT_ROWS[size] for column in range(first, last + 1)]


def latent_bits(
    values: Tensor, shapes: Shapes, weights: Sequence[Tensor], biases: Sequence[Tensor]
) -> Tensor:
    """Return the bits of quantized latents.

    Args:
        values: The grids one after the other, row by row.
        shapes: Rows and columns of each grid.
        weights: Matrices of the context model, the last one with two rows: location and scale.
        biases: Their biases.
    """
    bits: Tensor = _LatentBits.apply(values, tuple(shapes), *weights, *biases)
    return bits


class _LatentBits(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(ctx: Any, values: Tensor, shapes: Shapes, *parameters: Tensor) -> Tensor:
        layers = len(parameters) // 2
        model = _ContextModel(parameters[:layers], parameters[layers:])
        contexts = gather_contexts(values, shapes, parameters[0].shape[1])
        wanted = any(ctx.needs_input_grad)
        bits = torch.zeros(())
        value_gradient = torch.empty_like(values)
        for start in range(0, values.numel(), _PIECE):
            piece = slice(start, start + _PIECE)
            sum_, own = model.run(contexts[:, piece], values[piece], wanted)
            bits += sum_
            if own is not None:
                value_gradient[piece] = own
        if wanted:
            scatter_contexts(contexts, shapes, value_gradient)
            ctx.gradients = (value_gradient, None, *model.weight_gradients, *model.bias_gradients)
        return bits

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, ...]:
        return tuple(None if own is None else own * gradient for own in ctx.gradients)


class _ContextModel:
    """The network on pieces of its inputs; sums the gradients of its parameters."""

    def __init__(self, weights: Sequence[Tensor], biases: Sequence[Tensor]) -> None:
        self._weights = [weight.detach() for weight in weights]
        self._biases = [bias.detach()[:, None] for bias in biases]
        self.weight_gradients = [torch.zeros_like(weight) for weight in self._weights]
        self.bias_gradients = [torch.zeros(len(bias)) for bias in self._biases]

    def run(self, contexts: Tensor, values: Tensor, gradients: bool) -> tuple[Tensor, Tensor | None]:
        """Return the bits and, if wanted, the gradient of the values; that of the contexts replaces the contexts."""
        inputs = [contexts]
        for weight, bias in zip(self._weights[:-1], self._biases[:-1], strict=True):
            inputs.append(torch.addmm(bias, weight, inputs[-1]).add_(inputs[-1]).relu_())
        outputs = torch.addmm(self._biases[-1], self._weights[-1], inputs[-1])
        bits, gradient = laplace_bits(values, outputs[0], outputs[1], gradients)
        if gradient is None:
            return bits, None
        value_gradient = gradient[0].neg()
        for layer in range(len(self._weights) - 1, -1, -1):
            self.weight_gradients[layer].addmm_(gradient, inputs[layer].T)
            self.bias_gradients[layer] += gradient.sum(1)
            through = self._weights[layer].T @ gradient
            if layer < len(self._weights) - 1:
                through += gradient  # the residual connection
            gradient = through
            if layer > 0:
                gradient *= inputs[layer] > 0
        contexts.copy_(gradient)
        return bits, value_gradient


def laplace_bits(
    values: Tensor, location: Tensor, log_scale: Tensor, gradients: bool = False
) -> tuple[Tensor, Tensor | None]:
    """Return the bits of integers under Laplace distributions, and the gradient of location and scale, (2, N).

    The scale is exp(-log_scale / 2). That the gradient of the values is the negative of that of the locations
    follows from their difference alone being used.
    """
    limited = log_scale.clamp(*_LOG_SCALE)
    inverse = torch.exp(0.5 * limited)
    difference = values - location
    distance = difference.abs()
    near = distance - 0.5
    first = torch.exp(near.abs().mul_(inverse).neg_())
    second = torch.exp((distance + 0.5).mul_(inverse).neg_())
    half_difference = (first - second).mul_(0.5)
    probability = torch.where(near < 0, 1 - 0.5 * (first + second), half_difference)
    kept = probability.clamp_min(_LEAST_PROBABILITY)
    bits = -torch.log2(kept).sum()
    if not gradients:
        return bits, None
    slope = torch.where(probability > _LEAST_PROBABILITY, (-1 / log(2)) / kept, 0.0)
    gradient = torch.empty((2, values.numel()))
    torch.mul(half_difference.mul_(inverse).mul_(slope), torch.sign(difference), out=gradient[0])
    by_inverse = (distance + 0.5).mul_(second).sub_(near.mul_(first)).mul_(0.25)
    torch.mul(by_inverse.mul_(inverse), slope, out=gradient[1])
    gradient[1] *= limited == log_scale
    return bits, gradient


def gather_contexts(values: Tensor, shapes: Shapes, size: int) -> Tensor:
    """Return the context of every latent of all grids, (size, N)."""
    contexts = torch.empty((size, values.numel()))
    start = 0
    for rows, columns in shapes:
        end = start + rows * columns
        padded = F.pad(values[start:end].view(rows, columns), (_REACH, _REACH, _REACH, 0))
        for index, (dy, dx) in enumerate(context_offsets(size)):
            window = padded[_REACH + dy : _REACH + dy + rows, _REACH + dx : _REACH + dx + columns]
            contexts[index, start:end].view(rows, columns).copy_(window)
        start = end
    return contexts


def scatter_contexts(gradients: Tensor, shapes: Shapes, values: Tensor) -> None:
    """Add the gradients of contexts to those of the latents they were gathered from."""
    start = 0
    for rows, columns in shapes:
        end = start + rows * columns
        padded = torch.zeros((rows + _REACH, columns + 2 * _REACH))
        for index, (dy, dx) in enumerate(context_offsets(gradients.shape[0])):
            window = padded[_REACH + dy : _REACH + dy + rows, _REACH + dx : _REACH + dx + columns]
            window += gradients[index, start:end].view(rows, columns)
        values[start:end].view(rows, columns).add_(padded[_REACH:, _REACH : _REACH + columns])
        start = end
