# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The neural in-loop filter as the codec sees it."""

from inloop.nnlf.blocks import PictureBlocks
from inloop.nnlf.filter_model import FilterModel, ModelPair
from inloop.nnlf.function import AnyFilter, FilterFunction
from inloop.nnlf.judged import EveryNthBlock, EveryNthRow, JudgingPolicy
from inloop.nnlf.loop_filter import LoopFilter
from inloop.nnlf.picture import CodedPicture, FilterResult
from inloop.nnlf.picture_filter import PictureFilter
from inloop.nnlf.reference import ReferenceDecision
from inloop.nnlf.registry import contract_fault, filter_names, filter_stage, load_any_filter, load_filter
from inloop.nnlf.skipping import GainPolicy, SkipPolicy

__all__ = [
    "AnyFilter",
    "CodedPicture",
    "EveryNthBlock",
    "EveryNthRow",
    "FilterFunction",
    "FilterModel",
    "FilterResult",
    "GainPolicy",
    "JudgingPolicy",
    "LoopFilter",
    "ModelPair",
    "PictureBlocks",
    "PictureFilter",
    "ReferenceDecision",
    "SkipPolicy",
    "contract_fault",
    "filter_names",
    "filter_stage",
    "load_any_filter",
    "load_filter",
]
