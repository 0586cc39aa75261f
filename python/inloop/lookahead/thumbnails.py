# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Where one scene ends and another begins."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inloop.video.frame import Frame

_TILE = 8  # samples a side that become one of the thumbnail
_LEAST_CHANGE = 12.0  # mean change of a thumbnail sample, 8-bit scale
_RATIO = 3.5  # of that change to the changes before
_MEMORY = 0.75  # weight of the past in the mean of the changes before


class SceneCutDetector:
    """Finds cuts by source luma alone, from each picture's thumbnail (means of 8x8 samples).

    A cut is where the thumbnail changes by at least 12 (of 255) on average and 3.5 times as much as it has been
    changing: camera motion and fades change it in every picture, a cut once. What a picture's overall brightness
    does is left out, so that flashes are no cuts.
    """

    def __init__(self) -> None:
        """Start a video."""
        self._last: npt.NDArray[np.float32] | None = None
        self._usual: float | None = None

    def push(self, frame: Frame) -> bool:
        """Take the next picture; whether it shows another scene than the one before it."""
        thumbnail = _thumbnail(frame)
        last, self._last = self._last, thumbnail
        if last is None:
            return False
        change = float(np.abs(thumbnail - last).mean())
        usual = self._usual
        is_cut = change >= _LEAST_CHANGE and change >= _RATIO * (usual if usual is not None else 0.0)
        if usual is None:
            self._usual = change
        elif is_cut:
            self._usual = None
        else:
            self._usual = _MEMORY * usual + (1 - _MEMORY) * change
        return is_cut and usual is not None


def _thumbnail(frame: Frame) -> npt.NDArray[np.float32]:
    """Return the means of 8x8 luma samples on the 8-bit scale, less their own mean."""
    rows, columns = (size // _TILE * _TILE for size in frame.y.shape)
    tiles = frame.y[:rows, :columns].reshape(rows // _TILE, _TILE, columns // _TILE, _TILE)
    means = tiles.mean((1, 3), dtype=np.float32) / np.float32(1 << (frame.bit_depth - 8))
    return np.asarray(means - means.mean(), np.float32)
