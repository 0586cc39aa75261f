# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How players turn pictures before they show them, and pictures that are turned already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from inloop.errors import UnsupportedError
from inloop.io.video import SourceContainer, VideoInfo, VideoReader
from inloop.video.frame import Frame
from inloop.video.planes import Plane
from inloop.video.signal import LOCATIONS, SignalDescription

_ONE = 1 << 16
_UPRIGHT = (_ONE, 0, 0, 0, _ONE, 0, 0, 0, 1 << 30)
_SIDES: dict[int, tuple[int, int]] = {
    LOCATIONS["left"]: (-1, 0),
    LOCATIONS["center"]: (0, 0),
    LOCATIONS["topleft"]: (-1, -1),
    LOCATIONS["top"]: (0, -1),
    LOCATIONS["bottomleft"]: (-1, 1),
    LOCATIONS["bottom"]: (0, 1),
}
"""Where chroma samples lie among four of luma: right of the middle is 1, below it is 1."""


@dataclass(frozen=True)
class Orientation:
    """A display matrix.

    Attributes:
        matrix: Nine numbers as FFmpeg and ISO/IEC 14496-12 order them: a sample at (x, y) is shown at
            (m0 x + m3 y + m6, m1 x + m4 y + m7), in units of 1/65536.
    """

    matrix: tuple[int, ...]

    @property
    def is_upright(self) -> bool:
        """Whether pictures are shown as they are stored."""
        return self.matrix[:5] == _UPRIGHT[:5]

    @property
    def words(self) -> str:
        """What players do with the pictures."""
        a, b, _, c, d, *_ = self.matrix
        if self._quarters is None:
            return "players turn its pictures"
        mirrored = a * d - b * c < 0
        first, second = (-a, -b) if mirrored else (a, b)
        clockwise = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}[np.sign(first), np.sign(second)]
        parts = ["mirror its pictures"] if mirrored else []
        parts += (
            [f"turn {'them' if mirrored else 'its pictures'} by {clockwise} degrees clockwise"]
            if clockwise
            else []
        )
        return f"players {' and '.join(parts)}"

    @property
    def _quarters(self) -> tuple[bool, bool, bool] | None:
        """Whether rows become columns, and whether the result is mirrored across and up; None for other angles."""
        a, b, _, c, d, *_ = self.matrix
        if b == c == 0 and abs(a) == abs(d) == _ONE:
            return False, a < 0, d < 0
        if a == d == 0 and abs(b) == abs(c) == _ONE:
            return True, c < 0, b < 0
        return None

    def turned(self, frame: Frame) -> Frame:
        """Return a picture as it is shown. Raises UnsupportedError where that is not by quarter turns."""
        y, u, v = (self._turned(plane) for plane in frame.planes)
        return replace(frame, y=y, u=u, v=v)

    def turned_info(self, info: VideoInfo) -> VideoInfo:
        """Return size and signal of pictures that are turned.

        Raises UnsupportedError as `turned`, and for interlaced pictures.
        """
        swap, across, up = self._checked()
        signal = info.signal
        if signal.field_order is not None:
            raise UnsupportedError("interlaced pictures are not turned, since fields are rows: --rotate keep")
        # A file that says nothing has chroma on the left.
        sides = _SIDES.get(LOCATIONS["left"] if signal.chroma_location is None else signal.chroma_location)
        x, y = sides or (0, 0)
        x, y = (y, x) if swap else (x, y)
        x, y = (-x if across else x), (-y if up else y)
        location = next((code for code, place in _SIDES.items() if place == (x, y)), None)
        sar = 1 / signal.sar if swap and signal.sar else signal.sar
        size = (info.height, info.width) if swap else (info.width, info.height)
        changed = replace(signal, sar=sar, chroma_location=location)
        return replace(info, width=size[0], height=size[1], signal=changed)

    def _checked(self) -> tuple[bool, bool, bool]:
        if self._quarters is None:
            raise UnsupportedError("its pictures are shown turned by other angles than quarters of a circle")
        return self._quarters

    def _turned(self, plane: Plane) -> Plane:
        swap, across, up = self._checked()
        view = plane.T if swap else plane
        return cast(Plane, np.ascontiguousarray(view[:: -1 if up else 1, :: -1 if across else 1]))


class UprightReader:
    """The pictures of another reader as they are shown."""

    def __init__(self, video: VideoReader, container: SourceContainer, orientation: Orientation) -> None:
        self._video, self._orientation = video, orientation
        self.container: SourceContainer | None = replace(container, display_matrix=None)
        self.info = orientation.turned_info(video.info)

    def __iter__(self) -> Iterator[Frame]:
        return map(self._orientation.turned, self._video)


def orientation_of(container: SourceContainer | None) -> Orientation | None:
    """Return how players turn the pictures of a container, None where they do not."""
    if container is None or container.display_matrix is None:
        return None
    orientation = Orientation(container.display_matrix)
    return None if orientation.is_upright else orientation


def upright(video: VideoReader, said: SignalDescription | None = None) -> VideoReader:
    """Return a source whose pictures are turned as players would.

    Args:
        video: The source.
        said: What the samples are, if one knows better than the source.

    Raises:
        UnsupportedError: Players turn them by other than quarter turns, or they are interlaced.
    """
    orientation = orientation_of(video.container)
    if orientation is None or video.container is None:
        return video
    if said is not None:
        orientation.turned_info(replace(video.info, signal=said))
    return UprightReader(video, video.container, orientation)
