# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A picture in integers, and its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from inloop import _core
from inloop.coolchic.encoder.architecture import Architecture
from inloop.coolchic.encoder.picture import Format
from inloop.errors import UnsupportedError

SCALES = 41
"""Laplace scales that a set of parameters can have."""
STEP_BIASES = (7, 7, 16, 16, 16)
"""What is added to the binary logarithm of a step to give its index, for the five sets of parameters."""
_ABSENT = 255
_MOST_PARAMETER_BYTES = 0xFFFF
_MOST_GRID_BYTES = 0xFFFFFF

Integers = npt.NDArray[np.int32]
Grid = npt.NDArray[np.int16]


@dataclass(frozen=True)
class CodedNetworks:
    """The parameters of a picture's networks as integers.

    Attributes:
        architecture: Their shapes.
        integers: The five sets, flat: weights and biases of the context model, upsampling kernel, weights and
            biases of the synthesis.
        step_indices: Their steps as they are coded: context model 0 .. 7, others 0 .. 16.
    """

    architecture: Architecture
    integers: tuple[Integers, ...]
    step_indices: tuple[int, ...]

    @cached_property
    def range(self) -> int:
        """Half of the range of the integers."""
        return max(1, max(int(np.abs(integers).max(initial=0)) for integers in self.integers))

    @cached_property
    def scale_indices(self) -> tuple[int, ...]:
        """The best Laplace scale of each set, by its index."""
        return tuple(_best_scale(integers.tobytes(), self.range) for integers in self.integers)

    @cached_property
    def messages(self) -> tuple[bytes, ...]:
        """The bytes of the sets."""
        sets = zip(self.integers, self.scale_indices, strict=True)
        return tuple(_core.coolchic_encode_integers(values, self.range, index) for values, index in sets)

    @property
    def bits(self) -> float:
        """What the integers cost before messages are rounded to words."""
        sets = zip(self.integers, self.scale_indices, strict=True)
        return sum(_core.coolchic_integer_bits(values, self.range, index) for values, index in sets)

    def values(self) -> npt.NDArray[np.float32]:
        """Return the parameters themselves, one after the other."""
        sets = zip(self.integers, self.step_indices, STEP_BIASES, strict=True)
        parts = [np.ldexp(integers.astype(np.float32), index - bias) for integers, index, bias in sets]
        return np.concatenate(parts)

    def grid_coder(self, latent_range: int) -> _core.CoolchicGridCoder:
        """Return what codes grids by the context model."""
        return _core.CoolchicGridCoder(
            self.architecture.context_size,
            self.architecture.hidden_layers,
            self.integers[0],
            self.step_indices[0] - STEP_BIASES[0],
            self.integers[1],
            self.step_indices[1] - STEP_BIASES[1],
            latent_range,
        )


@lru_cache(maxsize=1024)  # while one set of parameters is tried, the others stay
def _best_scale(integers: bytes, range_: int) -> int:
    values = np.frombuffer(integers, np.int32)
    return min(range(SCALES), key=lambda index: _core.coolchic_integer_bits(values, range_, index))


def latent_range(grids: Sequence[Grid]) -> int:
    """Return half of the symbol range that latents need."""
    return max(1, max(int(np.abs(grid.astype(np.int32)).max(initial=0)) for grid in grids))


def latent_bits(networks: CodedNetworks, grids: Sequence[Grid]) -> float:
    """Return what grids cost before messages are rounded to words."""
    coder = networks.grid_coder(latent_range(grids))
    return sum(coder.bits(grid) for grid in grids if grid.any())


def grid_messages(networks: CodedNetworks, grids: Sequence[Grid]) -> list[bytes]:
    """Return the bytes of grids, none for those that are zero everywhere."""
    coder = networks.grid_coder(latent_range(grids))
    return [coder.encode(grid) if grid.any() else b"" for grid in grids]


def picture_bytes(
    networks: CodedNetworks, range_: int, messages: Sequence[bytes], display_index: int, flow_gain: int
) -> bytes:
    """Return a picture as it is in a stream: header, networks, grids.

    Args:
        networks: Its networks.
        range_: Half of the symbol range of its latents.
        messages: Its grids, as of `grid_messages`.
        display_index: Its place in display order.
        flow_gain: What its flows are multiplied with.

    Raises:
        UnsupportedError: A message is longer than the header can say.
    """
    shapes = networks.architecture
    header = bytes([display_index, shapes.context_size // 8 << 4 | shapes.hidden_layers])
    header += bytes([shapes.upsampling_size << 1, len(shapes.layers)])
    for layer in shapes.layers:
        header += bytes([layer.outputs, layer.kernel_size, layer.residual << 4 | layer.relu])
    header += bytes([flow_gain]) + networks.range.to_bytes(2, "big") + range_.to_bytes(2, "big")
    header += bytes([*networks.step_indices[:3], _ABSENT, *networks.step_indices[3:]])
    header += bytes(networks.scale_indices)
    header += b"".join(_size(message, 2, _MOST_PARAMETER_BYTES) for message in networks.messages)
    header += bytes([len(messages), len(messages), *([1] * len(messages))])
    header += b"".join(_size(message, 3, _MOST_GRID_BYTES) for message in messages)
    return b"".join([(len(header) + 2).to_bytes(2, "big"), header, *networks.messages, *messages])


def sequence_bytes(format_: Format, intra_period: int, p_period: int) -> bytes:
    """Return the header of a group of pictures."""
    kind = (format_.bit_depth == 10) << 4 | (not format_.rgb)
    size = format_.height.to_bytes(2, "big") + format_.width.to_bytes(2, "big")
    return (9).to_bytes(2, "big") + size + bytes([kind, intra_period, p_period])


def _size(message: bytes, bytes_: int, most: int) -> bytes:
    if len(message) > most:
        raise UnsupportedError(f"a message of {len(message)} bytes: the format ends at {most}")
    return len(message).to_bytes(bytes_, "big")
