# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Steps for the parameters of the networks, chosen by what the decoder makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from inloop import _core
from inloop.coolchic.encoder.coded_picture import (
    STEP_BIASES,
    CodedNetworks,
    Grid,
    Integers,
    grid_messages,
    latent_bits,
    latent_range,
    picture_bytes,
)
from inloop.coolchic.encoder.networks import Networks
from inloop.coolchic.encoder.picture import Format, Planes, squared_errors

_STEP_COUNTS = (8, 8, 17, 17, 17)
_FIRST_STEPS = (0, 0, 6, 6, 6)
_MOST_INTEGER = 0xFFFF
_CONTEXT = (0, 1)
_SAMPLES = (3, 4, 2)  # synthesis weights and biases, upsampling kernel


@dataclass(frozen=True)
class Judge:
    """Tells what a coded picture costs: mean squared error + lmbda bits / pixel, both as a decoder finds them.

    Attributes:
        format: Of the pictures.
        header: The header of their group.
        target: The picture.
        references: The decoded pictures it refers to.
        lmbda: The weight of bits.
        display_index: The picture's place in display order.
        flow_gain: What its flows are multiplied with.
    """

    format: Format
    header: bytes
    target: Planes
    references: Sequence[Planes]
    lmbda: float
    display_index: int
    flow_gain: int

    def encode(self, networks: CodedNetworks, grids: Sequence[Grid]) -> bytes:
        """Return the bytes of a picture."""
        return self._bytes(networks, latent_range(grids), grid_messages(networks, grids))

    def decode(self, data: bytes) -> Planes:
        """Return the samples that a decoder makes of the bytes."""
        return _core.coolchic_decode_picture(self.header, data, list(self.references))

    def cost(self, data: bytes) -> float:
        """Return what the bytes of a picture cost."""
        error = sum(squared_errors(self.target, self.decode(data))) / (
            self.format.samples * self.format.peak**2
        )
        return error + self.lmbda * 8 * len(data) / self.format.pixels

    def of_networks(self, range_: int, messages: Sequence[bytes]) -> Callable[[CodedNetworks], float]:
        """Return what tells the cost of networks for grids that are coded already."""
        return lambda networks: self.cost(self._bytes(networks, range_, messages))

    def _bytes(self, networks: CodedNetworks, range_: int, messages: Sequence[bytes]) -> bytes:
        return picture_bytes(networks, range_, messages, self.display_index, self.flow_gain)


def quantize(networks: Networks, grids: Sequence[Grid], judge: Judge) -> CodedNetworks:
    """Return the networks in integers.

    The steps are chosen set by set, weights before biases, each at the least cost with the others as they are: for the
    synthesis and the upsampling by decoding the picture, for the context model by the bits of the latents.
    """
    sets = [_flat(tensors) for tensors in networks.sets()]
    coded = _at_steps(CodedNetworks(networks.architecture, (), ()), sets, _FIRST_STEPS)
    of_samples = judge.of_networks(latent_range(grids), grid_messages(coded, grids))
    for number in _SAMPLES:
        coded = _best_step(coded, sets, number, of_samples)
    for number in _CONTEXT:
        coded = _best_step(coded, sets, number, lambda tried: tried.bits + latent_bits(tried, grids))
    return coded


def _flat(tensors: Sequence[torch.Tensor]) -> npt.NDArray[np.float64]:
    return np.concatenate([tensor.detach().double().flatten().numpy() for tensor in tensors])


def _at_steps(
    coded: CodedNetworks, sets: Sequence[npt.NDArray[np.float64]], steps: Sequence[int]
) -> CodedNetworks:
    rounded: list[Integers] = []
    used = []
    for values, index, bias in zip(sets, steps, STEP_BIASES, strict=True):
        most = np.abs(values).max(initial=0)
        while most * 2.0 ** (bias - index) > _MOST_INTEGER:
            index += 1
        rounded.append(np.rint(np.ldexp(values, bias - index)).astype(np.int32))
        used.append(index)
    return replace(coded, integers=tuple(rounded), step_indices=tuple(used))


def _best_step(
    coded: CodedNetworks,
    sets: Sequence[npt.NDArray[np.float64]],
    number: int,
    cost: Callable[[CodedNetworks], float],
) -> CodedNetworks:
    best: tuple[float, CodedNetworks] | None = None
    for index in range(_STEP_COUNTS[number]):
        steps = [*coded.step_indices[:number], index, *coded.step_indices[number + 1 :]]
        tried = _at_steps(coded, sets, steps)
        if tried.step_indices[number] != index:  # the integers would be too large
            continue
        costs = cost(tried)
        if best is None or costs < best[0]:
            best = costs, tried
    assert best is not None  # the largest step always is possible
    return best[1]
