# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Clips of a camera that moves over a photograph: contents and motion that a handful of clips lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, exp, pi, sin
from typing import Self, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inloop.video.frame import Frame
from inloop.video.planes import Plane, sample_dtype

WINDOW = (240, 416)
"""Height and width of the pictures."""
SHRINK = (0.7, 1.0)
ROOM = 1.15
"""A photograph stays at least so much wider and higher than the pictures, unless it is smaller to begin with."""
SPEED = (0.3, 4.0)
"""Luma samples a picture; most motion of a camera is horizontal, so vertically 0.6 of that."""
ZOOM = 0.004
TURN = 0.002
"""Largest change of scale (logarithm) and angle (radians) from picture to picture."""


@dataclass(frozen=True)
class CameraPath:
    """How a camera moves, the same from picture to picture.

    Attributes:
        scale: Size of the photograph before the motion, relative to what it was.
        velocity: Luma samples right and down.
        zoom: Change of the logarithm of the scale.
        turn: Change of the angle in radians.
    """

    scale: float
    velocity: tuple[float, float]
    zoom: float
    turn: float

    @classmethod
    def draw(cls, rng: np.random.Generator, height: int, width: int) -> Self:
        """Draw a path over a photograph of a size."""
        smallest = min(1.0, max(SHRINK[0], ROOM * WINDOW[0] / height, ROOM * WINDOW[1] / width))
        speed, direction = rng.uniform(*SPEED), rng.uniform(0, 2 * pi)
        return cls(
            rng.uniform(smallest, SHRINK[1]),
            (speed * cos(direction), 0.6 * speed * sin(direction)),
            rng.uniform(-ZOOM, ZOOM),
            rng.uniform(-TURN, TURN),
        )

    def transform(self, time: float, height: int, width: int) -> Tensor:
        """Return the affine map ``[1, 2, 3]`` from a picture to a photograph of a size, both from -1 to 1 across."""
        size = exp(self.zoom * time)
        c, s = size * cos(self.turn * time), size * sin(self.turn * time)
        h, w = WINDOW
        x, y = (2 * speed * time / side for speed, side in zip(self.velocity, (width, height), strict=True))
        return torch.tensor([[[c * w / width, -s * h / width, x], [s * w / height, c * h / height, y]]])


def moving_photo(photo: Frame, count: int, rng: np.random.Generator) -> Iterator[Frame]:
    """Yield `count` pictures of `WINDOW` that a camera takes of a photograph, in the middle of it half-way.

    Planes are resampled bicubically at positions between samples; beyond its edges the photograph is mirrored.
    """
    path = CameraPath.draw(rng, photo.height, photo.width)
    planes = [_resized(plane, path.scale) for plane in (photo.y, photo.u, photo.v)]
    for index in range(count):
        transform = path.transform(index - (count - 1) / 2, *planes[0].shape[2:])
        y, u, v = (
            sample_window(plane, transform, WINDOW[0] // step, WINDOW[1] // step, photo.bit_depth)
            for plane, step in zip(planes, (1, 2, 2), strict=True)
        )
        yield Frame(y, u, v, photo.bit_depth, pts=index)


def _resized(plane: Plane, scale: float) -> Tensor:
    """Return a plane as float ``[1, 1, h, w]`` of another size."""
    samples = torch.from_numpy(plane.astype(np.float32))[None, None]
    size = [round(side * scale) for side in plane.shape]
    return functional.interpolate(samples, size, mode="bicubic", antialias=True, align_corners=False)


def sample_window(plane: Tensor, transform: Tensor, height: int, width: int, bit_depth: int) -> Plane:
    """Return what a camera sees of a plane ``[1, 1, h, w]`` through an affine map, rounded to samples."""
    grid = functional.affine_grid(transform, [1, 1, height, width], align_corners=False)
    window = functional.grid_sample(plane, grid, "bicubic", "reflection", align_corners=False)
    samples = window[0, 0].round().clamp(0, (1 << bit_depth) - 1).numpy()
    return cast(Plane, samples.astype(sample_dtype(bit_depth)))
