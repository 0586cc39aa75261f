# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Objective quality of a sequence."""

from __future__ import annotations

from inloop.errors import ConfigError
from inloop.video.frame import Frame, Psnr, psnr_db


class PsnrMeter:
    """PSNR per plane of a sequence, from the total squared error (not the mean of per-picture values)."""

    def __init__(self) -> None:
        self._sse = [0, 0, 0]
        self._samples = [0, 0, 0]
        self._bit_depth = 0
        self.frames = 0

    def add(self, reference: Frame, test: Frame) -> Psnr:
        """Add one pair of pictures and return its own PSNR in dB.

        Args:
            reference: The source.
            test: The picture that is measured.

        Raises:
            ConfigError: Sizes or bit depths differ.
        """
        return self.add_errors(reference.sse(test), reference)

    def add_errors(self, errors: tuple[int, int, int], frame: Frame) -> Psnr:
        """Add the squared errors of a picture and return its own PSNR in dB.

        Args:
            errors: Sums of squared errors of Y, U and V.
            frame: A picture of the size and depth that they were measured on.

        Raises:
            ConfigError: The bit depth changes.
        """
        if self.frames and frame.bit_depth != self._bit_depth:
            raise ConfigError(f"bit depth changes from {self._bit_depth} to {frame.bit_depth}")
        sizes = [plane.size for plane in frame.planes]
        for index, (sse, size) in enumerate(zip(errors, sizes, strict=True)):
            self._sse[index] += sse
            self._samples[index] += size
        self._bit_depth = frame.bit_depth
        self.frames += 1
        return _psnr(errors, sizes, self._bit_depth)

    def psnr(self) -> Psnr:
        """Return the PSNR of all pictures so far. Raises ConfigError before the first one."""
        if not self.frames:
            raise ConfigError("no pictures were compared")
        return _psnr(self._sse, self._samples, self._bit_depth)


def weighted_psnr(psnr: Psnr, luma_weight: int) -> float:
    """Return the PSNR weighted over Y, U and V in dB.

    Args:
        psnr: PSNR of the components in dB.
        luma_weight: Weight of Y, the chroma components having 1 each; 6 and 8 are in use.
    """
    return (luma_weight * psnr.y + psnr.u + psnr.v) / (luma_weight + 2)


def _psnr(sse: list[int] | tuple[int, ...], samples: list[int], bit_depth: int) -> Psnr:
    return Psnr(*(psnr_db(error, size, bit_depth) for error, size in zip(sse, samples, strict=True)))
