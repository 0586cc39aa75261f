# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A slow, obvious twin of the Cool-chic decoder, sample by sample or in whole arrays of single float operations."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

F32 = np.float32
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

# The context has rows from the one farthest above to the latent's own: (row, first column, last column).
CONTEXT = {
    8: [(-2, -1, 0), (-1, -1, 2), (0, -2, -1)],
    16: [(-3, 0, 1), (-2, -2, 2), (-1, -3, 2), (0, -3, -1)],
    24: [(-4, 0, 0), (-3, -2, 2), (-2, -3, 3), (-1, -3, 3), (0, -4, -1)],
    32: [(-4, -2, 1), (-3, -3, 3), (-2, -3, 4), (-1, -4, 4), (0, -4, -1)],
}


@dataclass
class Layer:
    """A synthesis layer; activation 0 none, 1 ReLU, 2 leaky."""

    outputs: int
    kernel_size: int = 1
    residual: bool = False
    activation: int = 0


@dataclass
class Picture:
    """What travels for a picture: shapes, integers of the networks, latents by grid (all zero: empty)."""

    context_size: int
    hidden_layers: int
    upsampling_size: int
    layers: list[Layer]
    flow_gain: int
    steps: list[int]  # indices: context weight, bias, upsampling weight, synthesis weight, bias
    parameters: list[Ints]  # of the same five sets
    maps: list[int]  # grids per resolution
    latents: list[Ints]
    parameter_range: int = 300
    latent_range: int = 20
    scales: list[int] = field(default_factory=lambda: [20, 20, 20, 20, 20])


def levels(picture: Picture) -> list[int]:
    return [level for level, count in enumerate(picture.maps) for _ in range(count)]


def wave_order(height: int, width: int) -> list[tuple[int, int]]:
    return sorted(
        ((y, x) for y in range(height) for x in range(width)), key=lambda at: (at[1] + 5 * at[0], at[0])
    )


def predict(picture: Picture, latents: Ints, y: int, x: int) -> tuple[int, int]:
    """Return location in 64ths and scale in 128ths of a latent from those before it."""
    height, width = latents.shape
    values = []
    for row, first, last in CONTEXT[picture.context_size]:
        for column in range(first, last + 1):
            inside = 0 <= y + row < height and 0 <= x + column < width
            values.append(64 * int(latents[y + row, x + column]) if inside else 0)
    n = picture.context_size
    shift = picture.steps[0] - 1
    weights = [w << shift if shift >= 0 else round(w / 2) for w in picture.parameters[0].tolist()]
    biases = [b << (picture.steps[1] + 5) for b in picture.parameters[1].tolist()]
    for layer in range(picture.hidden_layers):
        rows = [weights[(layer * n + o) * n :][:n] for o in range(n)]
        sums = [biases[layer * n + o] + sum(map(int.__mul__, rows[o], values)) for o in range(n)]
        values = [max(0, (sums[o] + 64 * values[o] + 32) >> 6) for o in range(n)]
    last = picture.hidden_layers * n
    o0, o1 = (
        (biases[last + o] + sum(map(int.__mul__, weights[(last + o) * n :][:n], values)) + 32) >> 6
        for o in (0, 1)
    )
    return o0, math.floor(128 * math.exp(-min(max(o1, -640), 885) / 128) + 0.5)


def lower_count(symbol: int, reach: int, location_64: int, scale_128: int) -> int:
    """Count of 2^24 below a symbol of -reach ... reach + 1."""
    low, high = -reach, reach + 1
    if symbol <= low:
        return 0
    if symbol > high:
        return 1 << 24
    free = float((1 << 24) - 1 - (high - low))
    distance = 64 * symbol - 32 - location_64
    if scale_128 == 0:
        share = 1.0 if distance > 0 else 0.0
    else:
        half = 0.5 * math.exp(-abs(2 * distance) / scale_128)
        share = 1 - half if distance > 0 else half
    return int(free * share) + symbol - low


def upsample(plane: Floats, kernel: Floats, height: int, width: int) -> Floats:
    size = len(kernel)
    rows, columns = plane.shape
    padded = np.pad(plane, size, "edge")
    out = np.empty((2 * rows, 2 * columns), F32)
    for phase_y in (0, 1):
        for phase_x in (0, 1):
            total = None
            for ky in range(size):
                for kx in range(size):
                    j, odd_j = divmod(phase_y + size // 2 - 1 - ky, 2)
                    i, odd_i = divmod(phase_x + size // 2 - 1 - kx, 2)
                    if odd_j or odd_i:
                        continue
                    term = kernel[ky, kx] * padded[size + j :, size + i :][:rows, :columns]
                    total = term if total is None else total + term
            out[phase_y::2, phase_x::2] = total
    return out[:height, :width]


def synthesis_inputs(picture: Picture) -> list[Floats | None]:
    """Grids upsampled to the size of the picture; None where a grid is empty."""
    size = picture.upsampling_size
    kernel = (picture.parameters[2].reshape(size, size) * 2.0 ** (picture.steps[2] - 16)).astype(F32)
    sizes = {level: grid.shape for level, grid in zip(levels(picture), picture.latents, strict=True)}
    inputs: list[Floats | None] = []
    for level, grid in zip(levels(picture), picture.latents, strict=True):
        plane = grid.astype(F32)
        for finer in range(level - 1, -1, -1):
            plane = upsample(plane, kernel, *sizes[finer])
        inputs.append(plane if grid.any() else None)
    return inputs


def synthesise(picture: Picture) -> list[Floats]:
    channels = synthesis_inputs(picture)
    shape = picture.latents[0].shape
    if picture.layers[0].residual:
        channels = [np.zeros(shape, F32) if plane is None else plane for plane in channels]
    weights = (picture.parameters[3] * 2.0 ** (picture.steps[3] - 16)).astype(F32)
    biases = (picture.parameters[4] * 2.0 ** (picture.steps[4] - 16)).astype(F32)
    for layer in picture.layers:
        k, inputs = layer.kernel_size, len(channels)
        padded = [None if plane is None else np.pad(plane, k // 2, "edge") for plane in channels]
        out: list[Floats | None] = []
        for o in range(layer.outputs):
            total = np.full(shape, biases[o], F32)
            taps = weights[o * inputs * k * k :][: inputs * k * k].reshape(inputs, k, k)
            for i, plane in enumerate(padded):
                for ky in range(k) if plane is not None else ():
                    for kx in range(k):
                        total = total + taps[i, ky, kx] * plane[ky:, kx:][: shape[0], : shape[1]]
            if layer.residual:
                total = total + channels[o]
            slope = F32((1, 0, 0.01)[layer.activation])
            out.append(np.where(total > 0, total, total * slope))
        weights, biases = weights[layer.outputs * inputs * k * k :], biases[layer.outputs :]
        channels = out
    return [plane for plane in channels if plane is not None]


def warp(reference: Ints, flow_x: Floats, flow_y: Floats, gain: int, halved: bool) -> Floats:
    """Bilinear samples of a plane; flows and positions are those of the full-size picture."""
    rows, columns = flow_x.shape
    step = 2 if halved else 1
    height, width = reference.shape[0] * step, reference.shape[1] * step
    position_y, position_x = np.mgrid[: rows * step : step, : columns * step : step].astype(F32)
    x = np.clip(position_x + flow_x * F32(gain), F32(0), F32(width - 1))
    y = np.clip(position_y + flow_y * F32(gain), F32(0), F32(height - 1))
    x0, y0 = x.astype(int), y.astype(int)
    x1, y1 = np.minimum(x0 + 1, width - 1), np.minimum(y0 + 1, height - 1)
    right, below = x - x0.astype(F32), y - y0.astype(F32)
    at = [[reference[j // step, i // step].astype(F32) for i in (x0, x1)] for j in (y0, y1)]
    upper, lower = (left + right * (next_ - left) for left, next_ in at)
    return upper + below * (lower - upper)


def reconstruct(
    picture: Picture, references: list[list[Ints]], bit_depth: int, halved_chroma: bool
) -> list[Ints]:
    """Return the planes of a picture from the planes of its references."""
    channels = synthesise(picture)
    peak = F32((1 << bit_depth) - 1)
    planes = []
    for c in range(3):
        halved = halved_chroma and c > 0
        own = [plane[::2, ::2] if halved else plane for plane in channels]
        value = own[c] * peak
        if references:
            gain = picture.flow_gain
            predicted = warp(references[0][c], own[3], own[4], gain, halved)
            if len(references) > 1:
                beta = np.clip(own[8] + F32(0.5), F32(0), F32(1))
                other = warp(references[1][c], own[6], own[7], gain, halved)
                predicted = beta * predicted + (F32(1) - beta) * other
            value = value + np.clip(own[5] + F32(0.5), F32(0), F32(1)) * predicted
        planes.append(np.rint(np.clip(value, F32(0), peak)).astype(np.int64))
    return planes
