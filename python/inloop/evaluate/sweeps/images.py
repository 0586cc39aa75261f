# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Pictures to be looked at in a report, without loss and of a size that a page can bear."""

from __future__ import annotations

import base64
import io

from inloop.evaluate.report import to_rgb
from inloop.extras import import_extra
from inloop.video.frame import Frame

LARGEST = (480, 270)
"""Of larger pictures the middle is shown."""


def to_image(frame: Frame) -> bytes:
    """Return the middle of a picture, at most `LARGEST` samples, as a lossless WebP file.

    Raises ModuleNotFoundError where the extra `eval` is not installed.
    """
    rgb = to_rgb(frame)
    height, width = rgb.shape[:2]
    left, top = (max(0, (size - limit) // 2) for size, limit in zip((width, height), LARGEST, strict=True))
    part = rgb[top : top + LARGEST[1], left : left + LARGEST[0]]
    buffer = io.BytesIO()
    import_extra("PIL.Image", "eval").fromarray(part).save(buffer, "WEBP", lossless=True, method=4)
    return buffer.getvalue()


def data_uri(image: bytes) -> str:
    """Return an image file as an address that holds it."""
    return "data:image/webp;base64," + base64.b64encode(image).decode("ascii")
