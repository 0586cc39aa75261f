# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Writes small Cool-chic streams from pictures of the twin, and makes such pictures at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from coolchic_twin import Ints, Layer, Picture, levels, lower_count, predict, wave_order

# Some scales by their index, in 128ths.
SCALE_128 = {8: 128, 12: 256, 20: 1024, 28: 4096, 40: 32768}


class RangeEncoder:
    """Range coder with a lower end of any length, so that nothing has to carry."""

    def __init__(self) -> None:
        self._lower, self._range, self._shifts = 0, (1 << 64) - 1, 0

    def encode(self, low: int, high: int) -> None:
        step = self._range >> 24
        self._lower += step * low
        self._range = step * (high - low)
        if self._range < 1 << 32:
            self._lower <<= 32
            self._range <<= 32
            self._shifts += 1

    def finish(self) -> bytes:
        """Return the message: the lowest point of the interval whose last word is zero, without that word."""
        words = self._shifts + 1
        point = (self._lower + 0xFFFFFFFF) >> 32
        values = [(point >> (32 * (words - 1 - i))) & 0xFFFFFFFF for i in range(words)]
        return b"".join(value.to_bytes(4, "little") for value in values)


def encode(symbols: Iterable[tuple[int, int, int]], reach: int) -> bytes:
    """Return the message of (symbol, location, scale)."""
    coder = RangeEncoder()
    for symbol, location, scale in symbols:
        coder.encode(*(lower_count(symbol + i, reach, location, scale) for i in (0, 1)))
    return coder.finish()


def grid_message(picture: Picture, latents: Ints) -> bytes:
    if not latents.any():
        return b""
    symbols = [(int(latents[y, x]), *predict(picture, latents, y, x)) for y, x in wave_order(*latents.shape)]
    return encode(symbols, picture.latent_range)


def picture_bytes(picture: Picture, display_index: int, early: bool = False) -> bytes:
    payloads = [
        encode(((value, 0, SCALE_128[scale]) for value in integers.tolist()), picture.parameter_range)
        for integers, scale in zip(picture.parameters, picture.scales, strict=True)
    ]
    grids = [grid_message(picture, latents) for latents in picture.latents]
    header = bytes([display_index, picture.context_size // 8 << 4 | picture.hidden_layers])
    header += bytes([picture.upsampling_size << 1, len(picture.layers)])
    for layer in picture.layers:
        header += bytes([layer.outputs, layer.kernel_size, layer.residual << 4 | layer.activation])
    header += bytes([picture.flow_gain])
    header += picture.parameter_range.to_bytes(2, "big") + picture.latent_range.to_bytes(2, "big")
    steps = picture.steps
    header += bytes([*steps[:3], 255, *steps[3:]])
    for scale in picture.scales:
        header += early_scale_index(SCALE_128[scale]).to_bytes(2, "big") if early else bytes([scale])
    header += b"".join(len(payload).to_bytes(2, "big") for payload in payloads)
    header += bytes([len(picture.maps), len(grids), *picture.maps])
    header += b"".join(len(grid).to_bytes(3, "big") for grid in grids)
    return b"".join([(len(header) + 2).to_bytes(2, "big"), header, *payloads, *grids])


def early_scale_index(scale_128: int) -> int:
    """Return the index of the early headers whose scale is the next one above the given, if that is exact."""
    exponent = np.log2(scale_128 / 128)
    return int(np.ceil((exponent - 1 / 1024) * 65534 / (16 - 1 / 1024)))


def stream_bytes(
    pictures: Sequence[tuple[int, Picture]],
    p_period: int = 0,
    bit_depth: int = 8,
    colour: int = 1,
    early: bool = False,
) -> bytes:
    """Return a stream of (display index, picture) in coding order; colour 0 RGB, 1 4:2:0."""
    height, width = pictures[0][1].latents[0].shape
    header = (9).to_bytes(2, "big") + height.to_bytes(2, "big") + width.to_bytes(2, "big")
    header += bytes([(bit_depth == 10) << 4 | colour, len(pictures) - 1, p_period])
    return header + b"".join(picture_bytes(picture, index, early) for index, picture in pictures)


def random_picture(
    random: np.random.Generator,
    width: int,
    height: int,
    outputs: int,
    *,
    context_size: int = 8,
    hidden_layers: int = 2,
    upsampling_size: int = 8,
    layers: Sequence[Layer] | None = None,
    maps: Sequence[int] = (1, 1, 1),
    empty: Sequence[int] = (),
    latent_range: int = 20,
    context_spread: int = 6,
    steps: Sequence[int] = (5, 4, 12, 10, 8),
    flow_gain: int = 1,
) -> Picture:
    """Return a picture with small random networks and latents; `empty` names grids without any."""
    layers = list(layers or [Layer(9, activation=1), Layer(outputs)])
    n = context_size
    counts = [hidden_layers * n * n + 2 * n, hidden_layers * n + 2, upsampling_size**2, 0, 0]
    inputs = sum(maps)
    for layer in layers:
        counts[3] += inputs * layer.outputs * layer.kernel_size**2
        counts[4] += layer.outputs
        inputs = layer.outputs
    spreads = [context_spread, 8, 8, 12, 100]
    parameters = [
        np.rint(random.laplace(0, spread / 2, count)).astype(np.int64).clip(-300, 300)
        for spread, count in zip(spreads, counts, strict=True)
    ]
    picture = Picture(
        n, hidden_layers, upsampling_size, layers, flow_gain, list(steps), parameters, list(maps), []
    )
    picture.latent_range = latent_range
    for number, level in enumerate(levels(picture)):
        shape = ((height + (1 << level) - 1) >> level, (width + (1 << level) - 1) >> level)
        values = np.rint(random.laplace(0, latent_range / 12, shape)).astype(np.int64)
        values = values.clip(-latent_range, latent_range + 1)
        picture.latents.append(values * (number not in empty))
    return picture
