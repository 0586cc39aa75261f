# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The shapes of a picture's networks."""

from __future__ import annotations

from dataclasses import dataclass

from inloop.errors import ConfigError

GRIDS = 7
"""Latent grids of a picture, each half as large as the one before."""
OUTPUT_GROUPS = (3, 2, 1, 2, 1)
"""Outputs of the synthesis: residue, flow to the first reference, alpha, flow to the second, beta."""
ALPHA, BETA = 5, 8


@dataclass(frozen=True, slots=True)
class SynthesisLayer:
    """A convolution of the synthesis.

    Attributes:
        outputs: Channels it makes.
        kernel_size: Side of its kernel, odd.
        residual: Whether its input is added.
        relu: Whether negative values become 0.
    """

    outputs: int
    kernel_size: int = 1
    residual: bool = False
    relu: bool = False


@dataclass(frozen=True, slots=True)
class Architecture:
    """The networks of a picture.

    Attributes:
        context_size: Samples of the context, and width of the context model: 8, 16, 24 or 32.
        hidden_layers: Hidden layers of the context model.
        upsampling_size: Side of the upsampling kernel, even.
        layers: The synthesis.
    """

    context_size: int
    hidden_layers: int
    upsampling_size: int
    layers: tuple[SynthesisLayer, ...]

    @property
    def outputs(self) -> int:
        """Channels of the synthesis: 3 without references, 6 with one, 9 with two."""
        return self.layers[-1].outputs


def _refined(width: int, refinements: int) -> tuple[SynthesisLayer, ...]:
    """Return a synthesis of `width` channels whose picture is refined by residual layers of 3x3."""
    if not refinements:
        return (SynthesisLayer(width, relu=True), SynthesisLayer(3))
    inner = (SynthesisLayer(3, 3, residual=True, relu=True),) * (refinements - 1)
    last = SynthesisLayer(3, 3, residual=True)
    return (SynthesisLayer(width, relu=True), SynthesisLayer(3, relu=True), *inner, last)


_IMAGES = {
    "small": Architecture(8, 2, 8, _refined(8, 1)),
    "medium": Architecture(16, 2, 8, _refined(16, 2)),
    "large": Architecture(24, 2, 8, _refined(40, 2)),
}
IMAGE_SIZES = tuple(_IMAGES)


def image_architecture(size: str) -> Architecture:
    """Return the networks of an image: "small", "medium" or "large". Raises ConfigError for another name."""
    if size not in _IMAGES:
        raise ConfigError(f"networks of size {size!r}: choose {', '.join(_IMAGES)}")
    return _IMAGES[size]


def video_architecture(references: int) -> Architecture:
    """Return the networks of a picture of a clip by the number of its references, as in the released streams."""
    return Architecture(8, 2, 8, (SynthesisLayer(9, relu=True), SynthesisLayer(3 + 3 * references)))


def grid_shapes(height: int, width: int) -> list[tuple[int, int]]:
    """Return (rows, columns) of the latent grids of a picture, the finest first."""
    return [((height + (1 << i) - 1) >> i, (width + (1 << i) - 1) >> i) for i in range(GRIDS)]
