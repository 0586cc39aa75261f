# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Small moving pictures for encoders, and made-up points."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from inloop import Frame
from inloop.evaluate.clips import Clip, find_clips
from inloop.evaluate.cost import Cost
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.sweeps.point import Conditions, Point

MakePoint = Callable[..., Point]


@pytest.fixture(scope="session")
def moving_frames() -> list[Frame]:
    """Seventeen pictures of 128x96 with waves that move."""
    y, x = np.mgrid[0:96, 0:128]
    luma = [(128 + 90 * np.sin((x + 2 * t) / 9) * np.cos(y / 11)).astype(np.uint8) for t in range(17)]
    grey = np.full((48, 64), 128, np.uint8)
    return [Frame(plane, grey, grey, pts=t) for t, plane in enumerate(luma)]


@pytest.fixture
def moving_clip(tmp_path: Path, moving_frames: list[Frame]) -> Clip:
    """The same as a file of 24 pictures a second."""
    write_pictures(tmp_path / "clip.y4m", moving_frames, Fraction(24))
    return find_clips(["clip.y4m"], tmp_path)[0]


@pytest.fixture(scope="session")
def make_point() -> MakePoint:
    """Makes a point on a curve that doubles its rate every six steps of QP; `rate` scales the rate."""

    def make(encoder: str, clip: str, qp: float, rate: float = 1.0, **others: object) -> Point:
        quality = {
            "psnr_y": 60.0 - qp,
            "psnr_u": 61.0 - qp,
            "psnr_v": 62.0 - qp,
            "ms_ssim": 1 - 10 ** (qp / 10 - 6),
        }
        fields: dict[str, object] = {
            "key": f"{encoder} {clip} {qp:g}",
            "conditions": Conditions(
                encoder, "inloop", clip, 416, 240, 25.0, 8, 10, "qp", qp, "inloop encode"
            ),
            "bits": 1000,
            "bitrate_kbps": 1000 * rate * 2 ** ((22 - qp) / 6),
            "quality": quality,
            "families": ("psnr", "vmaf"),
            "encode": Cost(2.0, 4.0),
            "decode": Cost(0.5, 1.0),
            "tools": {"codec": "inloop 1"},
        }
        return Point(**{**fields, **others})  # type: ignore[arg-type]

    return make
