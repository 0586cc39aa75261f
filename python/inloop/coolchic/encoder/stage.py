# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""One stage of a fit: some iterations of the optimizer, of which the best state is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi

import torch
from torch import Tensor

from inloop.coolchic.encoder.adam import Adam
from inloop.coolchic.encoder.model import PictureModel
from inloop.coolchic.encoder.picture import Scene
from inloop.coolchic.encoder.surrogate import Quantizer

_GRADIENT_NORM = 0.1
_VALIDATIONS = 8
_LEAST_BETWEEN_VALIDATIONS = 10


@dataclass(frozen=True, slots=True)
class Stage:
    """What is done in a stage.

    Attributes:
        iterations: How often.
        rate: First learning rate.
        quantizer: The quantizer at a share 0 .. 1 of the stage.
        decay: Whether the rate falls to 0, by a cosine.
        networks: Whether the networks are fitted.
        latents: Whether the latents are fitted.
        patience: Validations without a gain that end the stage.
    """

    iterations: int
    rate: float
    quantizer: Callable[[float], Quantizer]
    decay: bool = False
    networks: bool = True
    latents: bool = True
    patience: int = _VALIDATIONS


@dataclass(frozen=True, slots=True)
class Objective:
    """What is minimised: mean squared error + lmbda bits / pixel."""

    scene: Scene
    lmbda: float

    def loss(self, model: PictureModel, quantizer: Quantizer) -> Tensor:
        """Return the loss with a stand-in for rounding."""
        return model.loss(self.scene, quantizer, self.lmbda)

    def validate(self, model: PictureModel) -> float:
        """Return the loss with rounded latents."""
        with torch.no_grad():
            return float(self.loss(model, torch.round))


def run_stage(model: PictureModel, objective: Objective, stage: Stage) -> float:
    """Fit a model and leave it in its best state, the first one included; return the loss of that."""
    best, best_state = objective.validate(model), model.state()
    if not stage.iterations:
        return best
    fitted = [*(model.networks.parameters() if stage.networks else []), *([model.latents] * stage.latents)]
    model.networks.require_gradients(stage.networks)
    model.latents.requires_grad_(stage.latents)
    optimizer = Adam(fitted, _GRADIENT_NORM)
    between = max(_LEAST_BETWEEN_VALIDATIONS, stage.iterations // _VALIDATIONS)
    waited = 0
    for iteration in range(stage.iterations):
        share = iteration / stage.iterations
        optimizer.clear_gradients()
        objective.loss(model, stage.quantizer(share)).backward()
        model.networks.hold_constants()
        optimizer.step(stage.rate * (1 + cos(pi * share)) / 2 if stage.decay else stage.rate)
        if (iteration + 1) % between == 0 or iteration + 1 == stage.iterations:
            loss = objective.validate(model)
            waited += 1
            if loss < best:
                best, best_state, waited = loss, model.state(), 0
            elif waited >= stage.patience:
                break
    model.networks.require_gradients(False)
    model.latents.requires_grad_(False)
    model.restore(best_state)
    return best
