# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What ships inside the package: the sample clip (its credit and licence stand in README.md beside it)."""

from __future__ import annotations

from pathlib import Path

SAMPLE_CLIP_CREDIT = "Big Buck Bunny, (c) 2008 Blender Foundation, CC BY 3.0"


def sample_clip() -> Path:
    """Return the path of the sample clip: 20 pictures of 416x240 at 25 a second, xz-compressed y4m."""
    return Path(__file__).with_name("big_buck_bunny_416x240.y4m.xz")
