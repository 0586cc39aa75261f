# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Rate control: which QP each picture and block gets.

A *policy* (`crf`, `abr`, `two_pass`) chooses the QP level of the stream, picture by picture; `complexity` shapes it
by the scene; `vbv` raises it where the decoder's buffer would run empty; `block_qp` adds the offsets of layers,
adaptive quantisation and CUTree. All see the pictures to come through the `lookahead`. Everything is deterministic:
QPs depend on the pictures and on bits of pictures finished a fixed number of coding steps earlier.
"""

from inloop.lookahead.window import Lookahead
from inloop.ratecontrol.abr import AbrOptions, AverageBitrate
from inloop.ratecontrol.block_qp import BlockQpOptions
from inloop.ratecontrol.complexity import ComplexityOptions, SceneParameters
from inloop.ratecontrol.constant import ConstantQp
from inloop.ratecontrol.crf import ConstantRateFactor
from inloop.ratecontrol.interface import (
    GivesQpMaps,
    KeepsBuffer,
    LimitsPictures,
    MayIgnoreResults,
    PictureQp,
    PictureResult,
    RateController,
)
from inloop.ratecontrol.options import RateOptions, make_controller
from inloop.ratecontrol.steering import QpLevelController
from inloop.ratecontrol.two_pass import TwoPass
from inloop.ratecontrol.vbv import VbvOptions

__all__ = [
    "AbrOptions",
    "AverageBitrate",
    "BlockQpOptions",
    "ComplexityOptions",
    "ConstantQp",
    "ConstantRateFactor",
    "GivesQpMaps",
    "KeepsBuffer",
    "LimitsPictures",
    "Lookahead",
    "MayIgnoreResults",
    "PictureQp",
    "PictureResult",
    "QpLevelController",
    "RateController",
    "RateOptions",
    "SceneParameters",
    "TwoPass",
    "VbvOptions",
    "make_controller",
]
