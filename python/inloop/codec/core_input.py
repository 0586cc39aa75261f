# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What the core is told of a sequence and of each of its pictures."""

from __future__ import annotations

import math
from fractions import Fraction

from inloop import _core
from inloop.codec.options import EncoderOptions
from inloop.ratecontrol.vbv import Buffer, VbvOptions
from inloop.structure.plan import PicturePlan, SequenceLimits

_USUAL_QP = 32


def sequence_config(
    width: int,
    height: int,
    fps: Fraction,
    options: EncoderOptions,
    limits: SequenceLimits,
    *,
    feedback_delay: int,
    quantization_group: int,
    picture_hashes: bool,
    filtered_hashes: bool = False,
    shown_hashes: bool = False,
    vbv: VbvOptions | None = None,
) -> _core.SequenceConfig:
    """Return the core's configuration.

    Args:
        width: Luma samples in a row.
        height: Rows of luma samples.
        fps: Pictures a second.
        options: Those of the encode.
        limits: What its structure needs.
        feedback_delay: Places before a picture in coding order whose results it may depend on.
        quantization_group: Luma samples of the blocks that may have a QP of their own, which `options` may leave open.
        picture_hashes: Whether a hash follows each picture.
        filtered_hashes: Likewise, of pictures that a filter in the loop changes.
        shown_hashes: Whether hashes of what is shown follow pictures, too.
        vbv: The decoder's buffer to signal.

    Raises:
        ConfigError: A value is out of range; the core says so of others.
    """
    deblocking = options.deblocking
    config = _core.SequenceConfig(
        preset=options.preset,
        tools=dict(options.tools or {}),
        width=width,
        height=height,
        bit_depth=options.coded_bit_depth,
        fps_num=fps.numerator,
        fps_den=fps.denominator,
        max_dec_pic_buffering=limits.max_dec_pic_buffering,
        max_num_reorder_pics=limits.max_num_reorder_pics,
        max_latency_pictures=limits.max_latency_pictures,
        max_sub_layers=limits.max_sub_layers,
        feedback_delay=feedback_delay,
        log2_max_poc_lsb=limits.log2_max_poc_lsb,
        init_qp=_USUAL_QP if options.qp is None else options.qp,
        default_active_refs=limits.default_active_refs,
        reference_sets=limits.reference_sets,
        sao=options.sao,
        quantization_group=quantization_group,
        chroma_qp_offsets=options.chroma_qp_offsets,
        deblocking=deblocking is not False,
        deblocking_offsets=(0, 0) if isinstance(deblocking, bool) else deblocking,
        wpp=options.wpp,
        delimiters=options.aud,
        picture_hashes=picture_hashes,
        filtered_hashes=filtered_hashes,
        shown_hashes=shown_hashes,
        signal=options.signal.to_core(),
        average_bit_rate=math.ceil(1000 * options.level_kbps),
    )
    if vbv is not None:
        Buffer(vbv, float(fps))  # It raises where it is too small for the rate.
        config.hrd_bit_rate = math.ceil(1000 * vbv.maxrate_kbps)
        config.hrd_cpb_size = math.ceil(1000 * vbv.bufsize_kbit)
        config.hrd_initial_fullness = vbv.initial
    return config


def picture_request(plan: PicturePlan, *, keep_filter_inputs: bool) -> _core.PictureRequest:
    """Return the core's request for a planned picture."""
    return _core.PictureRequest(
        poc=plan.poc,
        slice_type=plan.slice_type,
        nal_type=plan.nal_type,
        temporal_id=plan.temporal_id,
        references=list(plan.references),
        kept=list(plan.kept),
        active=plan.active,
        is_reference=plan.is_reference,
        keep_filter_inputs=keep_filter_inputs,
        display_index=plan.index,
    )
