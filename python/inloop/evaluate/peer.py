# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What FFmpeg makes of a stream, in process through PyAV (the [video] extra)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from inloop.errors import BitstreamError
from inloop.extras import import_extra
from inloop.frame import Frame
from inloop.io.container import to_frame
from inloop.pipeline import SequenceMd5


def decode_with_ffmpeg(stream: bytes) -> Iterator[Frame]:
    """Yield the pictures FFmpeg decodes from an Annex B HEVC stream, in display order.

    Raises BitstreamError where FFmpeg reports an error, ModuleNotFoundError where PyAV is missing.
    """
    av: Any = import_extra("av", "video")
    try:
        with av.open(io.BytesIO(stream), format="hevc", options={"err_detect": "explode"}) as container:
            for index, picture in enumerate(container.decode(video=0)):
                yield to_frame(picture, index)
    except av.FFmpegError as error:
        raise BitstreamError(f"FFmpeg: {error.strerror}") from None


def ffmpeg_md5(stream: bytes) -> str:
    """Return the MD5 over the planar bytes of the pictures FFmpeg decodes; errors as `decode_with_ffmpeg`."""
    md5 = SequenceMd5()
    for picture in decode_with_ffmpeg(stream):
        md5.add(picture)
    return md5.hexdigest()
