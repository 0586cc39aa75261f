# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A picture that is fitted: networks and latents, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from inloop.coolchic.encoder.architecture import grid_shapes
from inloop.coolchic.encoder.context_rate import latent_bits
from inloop.coolchic.encoder.networks import Networks
from inloop.coolchic.encoder.picture import Scene
from inloop.coolchic.encoder.surrogate import Quantizer


@dataclass(frozen=True, slots=True)
class ModelState:
    """A copy of all that is fitted."""

    networks: list[Tensor]
    latents: Tensor
    active: tuple[int, ...]


class PictureModel:
    """Networks and latents of one picture.

    Attributes:
        networks: The networks.
        latents: The grids that are not empty, one after the other, divided by `gain`.
        active: The numbers of these grids.
        gain: What a latent is multiplied with before it is quantized: how far a step of the optimizer takes it.

    Args:
        networks: The networks at their start.
        height: Of the picture, in samples.
        width: Likewise.
        gain: As above.
        finest: Whether there is a grid as large as the picture.
    """

    def __init__(self, networks: Networks, height: int, width: int, gain: float, finest: bool = True) -> None:
        self.networks = networks
        self.gain = gain
        self._shapes = grid_shapes(height, width)
        self.active = tuple(range(0 if finest else 1, len(self._shapes)))
        self.latents = torch.zeros(sum(rows * columns for rows, columns in self.shapes))

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Rows and columns of the grids that are not empty."""
        return [self._shapes[grid] for grid in self.active]

    def loss(self, scene: Scene, quantizer: Quantizer, lmbda: float) -> Tensor:
        """Return mean squared error + lmbda bits / pixel, parameters not counted."""
        quantized = quantizer(self.latents * self.gain)
        weights, biases = self.networks.context_weights, self.networks.context_biases
        bits = latent_bits(quantized, self.shapes, weights, biases)
        return scene.error(self.outputs(quantized, scene.halvings)) + lmbda / scene.pixels * bits

    def outputs(self, quantized: Tensor, halvings: int = 0) -> Tensor:
        """Return the outputs of the synthesis for quantized latents.

        The size may be halved where the finest grids are empty: the last doublings are then left out.
        """
        grids: list[Tensor | None] = [None] * len(self._shapes)
        for number, grid in zip(self.active, self._split(quantized), strict=True):
            grids[number] = grid
        channels = self.networks.upsample(grids[halvings:], self._shapes[halvings:])
        return self.networks.synthesise(channels, self.active)

    def integers(self) -> list[npt.NDArray[np.int16]]:
        """Return the rounded latents of all grids."""
        with torch.no_grad():
            rounded = torch.round(self.latents * self.gain).clamp(-32000, 32000)
        grids = [np.zeros(shape, np.int16) for shape in self._shapes]
        for number, grid in zip(self.active, self._split(rounded), strict=True):
            grids[number] = grid.numpy().astype(np.int16)
        return grids

    def set_integers(self, grids: Sequence[npt.NDArray[np.int16]]) -> None:
        """Take latents over, and which grids are empty."""
        self.active = tuple(number for number, grid in enumerate(grids) if grid.any())
        kept = [torch.from_numpy(grids[number].astype(np.float32)).flatten() for number in self.active]
        self.latents = torch.cat(kept) / self.gain if kept else torch.zeros(0)

    def add_finest(self) -> None:
        """Add the grid as large as the picture, all zero, to a model without."""
        rows, columns = self._shapes[0]
        self.latents = torch.cat([torch.zeros(rows * columns), self.latents])
        self.active = (0, *self.active)

    def drop_empty(self) -> None:
        """Leave out grids that round to zero everywhere."""
        parts = list(self._split(self.latents))
        kept = [i for i, part in enumerate(parts) if bool((part * self.gain).round().any())]
        self.latents = torch.cat([parts[i].detach().flatten() for i in kept]) if kept else torch.zeros(0)
        self.active = tuple(self.active[i] for i in kept)

    def state(self) -> ModelState:
        """Return a copy of all that is fitted."""
        return ModelState(self.networks.state(), self.latents.detach().clone(), self.active)

    def restore(self, state: ModelState) -> None:
        """Take over what `state` of a model of this shape returned."""
        self.networks.restore(state.networks)
        self.latents, self.active = state.latents.clone(), state.active

    def _split(self, flat: Tensor) -> list[Tensor]:
        sizes = [rows * columns for rows, columns in self.shapes]
        return [part.view(shape) for part, shape in zip(flat.split(sizes), self.shapes, strict=True)]
