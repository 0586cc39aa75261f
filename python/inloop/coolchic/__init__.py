# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Cool-chic v3.1 streams: pictures whose own small networks and latent grids travel in the stream."""

from inloop.coolchic.decoder import Decoder, RgbPicture, starts_like_stream
from inloop.coolchic.stream_info import PictureInfo, StreamInfo, describe_stream, latents_sha256, read_latents

__all__ = [
    "Decoder",
    "PictureInfo",
    "RgbPicture",
    "StreamInfo",
    "describe_stream",
    "latents_sha256",
    "read_latents",
    "starts_like_stream",
]
