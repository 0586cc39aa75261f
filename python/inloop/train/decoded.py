# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Training data for networks that see decoded pictures and nothing else: streams of other encoders."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from inloop.evaluate.clips import Pictures
from inloop.evaluate.codecs.ffmpeg_codec import FfmpegCodec
from inloop.evaluate.codecs.ffmpeg_options import Settings
from inloop.nnlf.picture import CodedPicture, Planes
from inloop.train.samples import save_picture
from inloop.video.frame import Frame


def store_decoded(
    prefix: Path,
    source: str,
    encoder: str,
    frames: list[Frame],
    quality: int,
    preset: str,
    keep_every: int = 1,
) -> int:
    """Encode frames with a peer and store every n-th as it decodes; return the number of pictures.

    Args:
        prefix: Path of the files, up to the number of the picture.
        source: Name of the clip.
        encoder: Key of `inloop.evaluate.codecs.ffmpeg_options.FFMPEG_ENCODERS`.
        frames: The originals, sizes multiples of 8.
        quality: Rate factor, or QP where the encoder has none.
        preset: Preset of the encoder.
        keep_every: Store every n-th picture.
    """
    codec = FfmpegCodec(encoder, preset)
    decoded = codec.code(
        Pictures(frames, Fraction(30)), Settings(codec.usual_target, quality, preset)
    ).pictures
    kept = range(0, len(frames), keep_every)
    for index in kept:
        path = prefix.with_name(f"{prefix.name}_{index:03d}.npz")
        coded = decoded_picture(decoded[index], quality, "B" if index else "I")
        save_picture(path, coded, _planes(frames[index]), source)
    return len(kept)


def decoded_picture(frame: Frame, quality: int, slice_type: str) -> CodedPicture:
    """Return a picture of which nothing is known but its samples: no prediction, no edges, nothing to deblock."""
    planes = _planes(frame)
    units = (frame.height // 4, frame.width // 4)
    nothing = np.zeros(units, np.uint8)
    none = (np.zeros_like(planes[0]), np.zeros_like(planes[1]), np.zeros_like(planes[2]))
    return CodedPicture(
        rec=planes,
        dbf=planes,
        pred=none,
        bs_ver=nothing,
        bs_hor=nothing,
        qp=np.full(units, quality, np.int8),
        pred_type=nothing,
        slice_qp=quality,
        slice_type=slice_type,
        bit_depth=frame.bit_depth,
    )


def _planes(frame: Frame) -> Planes:
    y, u, v = (plane.astype(np.uint16) for plane in frame.planes)
    return y, u, v
