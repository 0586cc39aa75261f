# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The networks of a picture as tensors that are fitted."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

import torch
import torch.nn.functional as F
from torch import Tensor

from inloop.coolchic.encoder.architecture import ALPHA, BETA, GRIDS, Architecture
from inloop.coolchic.encoder.options import Ablation
from inloop.coolchic.encoder.upsampling import double, initial_kernel

_ALWAYS_PREDICTED = 1.0
"""Bias of alpha that stays above 1/2, from which on the prediction counts whole, whatever the step of the biases."""


def _constants(ablation: Ablation, outputs: int) -> dict[int, float]:
    """Return the biases of the outputs that an ablation keeps constant in a synthesis of so many."""
    alpha = {ALPHA: _ALWAYS_PREDICTED} if ablation.fixed_alpha and outputs > 3 else {}
    beta = {BETA: 0.0} if ablation.fixed_beta and outputs > 6 else {}
    return alpha | beta


class Networks:
    """Context model, upsampling kernel and synthesis.

    Attributes:
        architecture: Their shapes.
        context_weights: Matrices, the last one with two rows.
        context_biases: One vector for each of them.
        kernel: The upsampling kernel.
        synthesis_weights: Kernels [output][input][y][x].
        synthesis_biases: One vector for each of them.
    """

    def __init__(
        self, architecture: Architecture, ablation: Ablation, generator: torch.Generator, inputs: int = GRIDS
    ) -> None:
        self.architecture = architecture
        width = architecture.context_size
        hidden = architecture.hidden_layers
        self.context_weights = [torch.zeros(width, width) for _ in range(hidden)]
        self.context_weights.append(0.02 * torch.randn(2, width, generator=generator))
        self.context_biases = [torch.zeros(len(weight)) for weight in self.context_weights]
        self.kernel = initial_kernel(architecture.upsampling_size)
        self.synthesis_weights: list[Tensor] = []
        for layer in architecture.layers:
            shape = (layer.outputs, inputs, layer.kernel_size, layer.kernel_size)
            spread = 0.0 if layer.residual else 1 / sqrt(inputs)
            self.synthesis_weights.append(spread * (2 * torch.rand(shape, generator=generator) - 1))
            inputs = layer.outputs
        self.synthesis_biases = [torch.zeros(layer.outputs) for layer in architecture.layers]
        self._constants = _constants(ablation, architecture.outputs)
        self.apply_constants()

    def apply_constants(self) -> None:
        """Set what an ablation keeps constant."""
        for output, bias in self._constants.items():
            self.synthesis_weights[-1].data[output] = 0
            self.synthesis_biases[-1].data[output] = bias

    def hold_constants(self) -> None:
        """Take what an ablation keeps constant out of the gradients."""
        for output in self._constants:
            for parameter in (self.synthesis_weights[-1], self.synthesis_biases[-1]):
                if parameter.grad is not None:
                    parameter.grad[output] = 0

    def sets(self) -> tuple[Sequence[Tensor], ...]:
        """Return the five sets of parameters, in the order of a stream."""
        return (
            self.context_weights,
            self.context_biases,
            [self.kernel],
            self.synthesis_weights,
            self.synthesis_biases,
        )

    def parameters(self) -> list[Tensor]:
        """Return all tensors, in the order of a stream."""
        return [tensor for tensors in self.sets() for tensor in tensors]

    def require_gradients(self, required: bool) -> None:
        """Say whether the networks are fitted."""
        for parameter in self.parameters():
            parameter.requires_grad_(required)

    def start_from_colour(self, colour: Tensor) -> None:
        """Make the synthesis of a picture without references give one colour where all latents are zero.

        The colour comes from the first layer that makes a picture. Layers behind it refine that picture, and a ReLU in
        front of them leaves it as it is, which it could not do with differences to a colour.
        """
        first = next(i for i, layer in enumerate(self.architecture.layers) if layer.outputs == len(colour))
        self.synthesis_biases[first].copy_(colour)

    def state(self) -> list[Tensor]:
        """Return a copy of all tensors."""
        return [parameter.detach().clone() for parameter in self.parameters()]

    def restore(self, state: Sequence[Tensor]) -> None:
        """Take values over from `state` of networks of this shape."""
        for parameter, value in zip(self.parameters(), state, strict=True):
            parameter.data.copy_(value)
        self.apply_constants()

    def set_flat(self, values: Tensor) -> None:
        """Take all parameters over, one after the other in the order of a stream."""
        parameters = self.parameters()
        parts = values.split([parameter.numel() for parameter in parameters])
        self.restore([part.view_as(parameter) for part, parameter in zip(parts, parameters, strict=True)])

    def upsample(self, grids: Sequence[Tensor | None], shapes: Sequence[tuple[int, int]]) -> Tensor:
        """Return the grids (None where empty) at the size of the finest, stacked with the finest first."""
        stacked: Tensor | None = None
        for grid, shape in zip(reversed(grids), reversed(shapes), strict=True):
            if stacked is not None:
                stacked = double(stacked, self.kernel, *shape)
            if grid is not None:
                stacked = grid[None] if stacked is None else torch.cat([grid[None], stacked])
        return torch.zeros((0, *shapes[0])) if stacked is None else stacked

    def synthesise(self, channels: Tensor, used: Sequence[int]) -> Tensor:
        """Return the outputs of the synthesis.

        Args:
            channels: The upsampled grids that are not empty, (grids, rows, columns).
            used: Their numbers.
        """
        _, rows, columns = channels.shape
        x = channels
        layers = zip(self.architecture.layers, self.synthesis_weights, self.synthesis_biases, strict=True)
        for number, (layer, full_weight, bias) in enumerate(layers):
            weight = full_weight[:, list(used)] if number == 0 else full_weight
            if layer.kernel_size == 1:
                y = torch.addmm(bias[:, None], weight[:, :, 0, 0], x.reshape(len(x), rows * columns))
                y = y.view(-1, rows, columns)
            else:
                reach = layer.kernel_size // 2
                padded = F.pad(x[None], (reach,) * 4, mode="replicate")
                y = F.conv2d(padded, weight, bias)[0]
            if layer.residual:
                y = y + x
            x = torch.relu(y) if layer.relu else y
        return x
