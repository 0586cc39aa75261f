# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The decoder's buffer holds through a stream of chunks, and its messages say so."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import hrd_oracle
import pytest

from inloop import Decoder
from inloop.chunks import ChunkRule, ChunkSettings, encode_in_chunks
from inloop.codec import EncoderOptions
from inloop.executors import InThisProcess
from inloop.io import VideoInfo
from inloop.pipeline import decode_chunks
from inloop.ratecontrol import RateOptions

CHUNK = 4


@pytest.mark.parametrize(("structure", "intra_period"), [("ra", -1), ("ldp", 3)])
@pytest.mark.parametrize(("target", "is_tight"), [({"crf": 12}, True), ({"bitrate_kbps": 95}, False)])
def test_buffer_holds(small_frames, structure, intra_period, target, is_tight):
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    frames = [replace(small_frames[abs(3 - i % 6)], pts=i) for i in range(5 * CHUNK)]
    rate = RateOptions(vbv_maxrate_kbps=100, vbv_bufsize_kbit=60, **target)
    options = EncoderOptions(structure=structure, gop=4, intra_period=intra_period, preset="faster")
    settings = ChunkSettings(VideoInfo(100, 72), options, rate, threads=1)
    repaired: list[int] = []

    def encoded(settings):
        rule = ChunkRule(CHUNK, None)
        return list(encode_in_chunks(frames, settings, rule, InThisProcess(), on_repair=repaired.append))

    packets = encoded(settings)
    stream = b"".join(packet.data for packet in packets)
    head, units = hrd_oracle.schedule(
        hrd_oracle.trace_headers(ffmpeg, stream), [packet.bits for packet in packets]
    )
    assert head["nal_hrd_parameters_present_flag"] == 1
    assert hrd_oracle.underflows(head, units) == 0
    assert bool(repaired) == is_tight, "the chunks before leave too little for some of a tight stream"
    assert set(repaired) <= {CHUNK, 2 * CHUNK, 3 * CHUNK, 4 * CHUNK}

    periods = [n for n, unit in enumerate(units) if "nal_initial_cpb_removal_delay[0]" in unit.fields]
    assert periods[0] == 0
    assert {0, CHUNK, 4 * CHUNK} <= set(periods)
    for before, period in pairwise(periods):
        assert units[period].fields["au_cpb_removal_delay_minus1"] == period - before - 1
    shown = [number + unit.fields["pic_dpb_output_delay"] for number, unit in enumerate(units)]
    order = [packet.index for packet in packets]
    assert sorted(order, key=lambda index: shown[order.index(index)]) == sorted(order)

    pictures = list(decode_chunks(Decoder(), [stream]))
    assert all(frames[packet.index].sse(pictures[packet.index]) == packet.sse for packet in packets)
