# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What a picture is fitted to, and what it is predicted from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from inloop.coolchic.encoder.architecture import OUTPUT_GROUPS
from inloop.video.frame import plane_sse

Planes = tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16], npt.NDArray[np.uint16]]
"""Samples of Y, U, V or R, G, B."""


@dataclass(frozen=True, slots=True)
class Format:
    """What all pictures of a stream have in common.

    Attributes:
        width: Of the first plane, in samples.
        height: Likewise.
        bit_depth: 8, or 10 for 4:2:0.
        rgb: Whether planes are R, G, B, all of one size, rather than 4:2:0.
    """

    width: int
    height: int
    bit_depth: int
    rgb: bool

    @property
    def pixels(self) -> int:
        """Samples of the first plane."""
        return self.width * self.height

    @property
    def samples(self) -> int:
        """Samples of all planes."""
        return 3 * self.pixels if self.rgb else 3 * self.pixels // 2

    @property
    def peak(self) -> int:
        """The largest sample."""
        return (1 << self.bit_depth) - 1


def squared_errors(first: Planes, second: Planes) -> list[int]:
    """Return the sums of squared differences of the planes of two pictures."""
    return [plane_sse(a, b) for a, b in zip(first, second, strict=True)]


def as_tensors(planes: Planes, format_: Format) -> list[Tensor]:
    """Return planes in 0 .. 1."""
    return [torch.from_numpy(plane.astype(np.float32) / np.float32(format_.peak)) for plane in planes]


@dataclass(slots=True)
class Scene:
    """A picture, its references, and how they are put together.

    Attributes:
        target: Planes of the picture in 0 .. 1.
        references: Planes of each reference in 0 .. 1, all at the size of the first, (3, rows, columns).
        flow_gain: What flows are multiplied with.
        weights: Share of each plane in the error.
        pixels: Samples of the first plane at full size.
        halvings: How often the size was halved.
    """

    target: list[Tensor]
    references: list[Tensor]
    flow_gain: float
    weights: tuple[float, float, float]
    pixels: int
    halvings: int = 0
    _positions: Tensor = field(init=False)  # of samples, in -1 .. 1

    def __post_init__(self) -> None:
        rows, columns = self.target[0].shape
        axes = [torch.linspace(-1, 1, size) for size in (columns, rows)]
        self._positions = torch.stack(torch.meshgrid(*axes, indexing="xy"))

    @classmethod
    def of(cls, format_: Format, target: Planes, references: Sequence[Planes], flow_gain: int) -> Scene:
        """Return the scene of planes of samples."""
        third, sixth = 1 / 3, 1 / 6
        return cls(
            as_tensors(target, format_),
            [full_size(as_tensors(planes, format_)) for planes in references],
            flow_gain,
            (third, third, third) if format_.rgb else (4 * sixth, sixth, sixth),
            format_.pixels,
        )

    def halved(self) -> Scene:
        """Return the scene at half the size, which says nothing of the finest grid; 4:2:0 becomes 4:4:4."""
        small = [half_size(self.target[0][None])[0]]
        small += [
            plane if plane.shape == small[0].shape else half_size(plane[None])[0] for plane in self.target[1:]
        ]
        references = [half_size(planes) for planes in self.references]
        return Scene(small, references, self.flow_gain / 2, self.weights, self.pixels, self.halvings + 1)

    def error(self, outputs: Tensor) -> Tensor:
        """Return the mean squared error of the picture that outputs of the synthesis make."""
        if self.target[1].shape == self.target[0].shape:
            difference = self._compose(outputs, slice(0, 3), 1) - torch.stack(self.target)
            return difference.square().mean((1, 2)) @ torch.tensor(self.weights)
        luma = self._compose(outputs, slice(0, 1), 1) - self.target[0]
        chroma = self._compose(outputs[:, ::2, ::2], slice(1, 3), 2) - torch.stack(self.target[1:])
        return self.weights[0] * luma.square().mean() + 2 * self.weights[1] * chroma.square().mean()

    def _compose(self, outputs: Tensor, planes: slice, step: int) -> Tensor:
        """Return planes of the picture at every `step`-th row and column, where the outputs are."""
        residue, *rest = outputs.split(OUTPUT_GROUPS[: 1 + 2 * len(self.references)])
        picture = residue[planes]
        if not self.references:
            return picture
        predicted = self._warp(0, rest[0], planes, step)
        if len(self.references) > 1:
            beta = (rest[3] + 0.5).clamp(0, 1)
            predicted = beta * predicted + (1 - beta) * self._warp(1, rest[2], planes, step)
        return picture + (rest[1] + 0.5).clamp(0, 1) * predicted

    def _warp(self, number: int, flow: Tensor, planes: slice, step: int) -> Tensor:
        """Return planes of a reference moved by a flow, bilinear, borders repeated."""
        rows, columns = self.target[0].shape
        limits = torch.tensor([max(columns - 1, 1), max(rows - 1, 1)])
        factor = (2 * self.flow_gain / limits)[:, None, None]
        where = torch.addcmul(self._positions[:, ::step, ::step], flow, factor)
        source = self.references[number][planes][None]
        return F.grid_sample(source, where.permute(1, 2, 0)[None], padding_mode="border", align_corners=True)[
            0
        ]


def half_size(planes: Tensor) -> Tensor:
    """Return (channels, rows, columns) at half the size, rounded up, by means of 2x2 samples."""
    rows, columns = planes.shape[1:]
    even = F.pad(planes[None], (0, columns % 2, 0, rows % 2), mode="replicate")
    return F.avg_pool2d(even, 2)[0]


def full_size(planes: list[Tensor]) -> Tensor:
    """Return planes as (3, rows, columns), smaller ones with every sample repeated."""
    rows, columns = planes[0].shape
    if planes[1].shape == planes[0].shape:
        return torch.stack(planes)
    chroma = [plane.repeat_interleave(2, 0).repeat_interleave(2, 1)[:rows, :columns] for plane in planes[1:]]
    return torch.stack([planes[0], *chroma])
