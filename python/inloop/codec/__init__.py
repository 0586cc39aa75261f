# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The hybrid codec: HEVC (Rec. ITU-T H.265) Main and Main 10, with a neural filter in its prediction loop."""

from inloop.codec.decoder import Decoder
from inloop.codec.encoder import Encoder, encoder_presets, encoder_tools
from inloop.codec.filtering import PictureFilterLike
from inloop.codec.options import EncoderOptions
from inloop.codec.packets import Packet
from inloop.codec.picture_encoder import AnalysedPicture, FinishedPicture, PictureEncoder

__all__ = [
    "AnalysedPicture",
    "Decoder",
    "Encoder",
    "EncoderOptions",
    "FinishedPicture",
    "Packet",
    "PictureEncoder",
    "PictureFilterLike",
    "encoder_presets",
    "encoder_tools",
]
