# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What other decoders make of a stream: FFmpeg in process through PyAV (the [video] extra), and libde265."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from inloop.errors import BitstreamError
from inloop.extras import import_extra
from inloop.pipeline import SequenceMd5
from inloop.video.frame import Frame


def decode_with_ffmpeg(stream: bytes) -> Iterator[Frame]:
    """Yield the pictures FFmpeg decodes from an Annex B HEVC stream, in display order.

    Raises BitstreamError where FFmpeg reports an error, ModuleNotFoundError where PyAV is missing.
    """
    av: Any = import_extra("av", "video")
    try:
        with av.open(io.BytesIO(stream), format="hevc", options={"err_detect": "explode"}) as container:
            for index, picture in enumerate(container.decode(video=0)):
                yield Frame.from_av(picture, index)
    except av.FFmpegError as error:
        raise BitstreamError(f"FFmpeg: {error.strerror}") from None


def ffmpeg_md5(stream: bytes) -> str:
    """Return the MD5 over the planar bytes of the pictures FFmpeg decodes; errors as `decode_with_ffmpeg`."""
    md5 = SequenceMd5()
    for picture in decode_with_ffmpeg(stream):
        md5.add(picture)
    return md5.hexdigest()


def de265_md5(stream: bytes) -> str:
    """Return the MD5 over the planar bytes that libde265's decoder writes, or "" where it is not installed.

    Raises BitstreamError where it fails.
    """
    program = shutil.which("libde265-dec265") or shutil.which("dec265")
    if program is None:
        return ""
    with TemporaryDirectory() as folder:
        coded, planar = Path(folder, "in.hevc"), Path(folder, "planar")
        coded.write_bytes(stream)
        run = subprocess.run([program, "-q", "-o", str(planar), str(coded)], capture_output=True, text=True)
        if run.returncode or not planar.exists():
            raise BitstreamError(f"libde265: {run.stderr.strip()[-200:]}")
        return hashlib.md5(planar.read_bytes(), usedforsecurity=False).hexdigest()
