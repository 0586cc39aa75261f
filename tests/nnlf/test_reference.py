# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Which filtered pictures become references: Algorithm 1 by hand, and streams that mix both uses."""

from __future__ import annotations

import pytest
from test_picture_filter import assert_same, decode, encode, moving_frames

from inloop import ConfigError, PictureFilter, load_filter
from inloop.nnlf import ReferenceDecision


def test_free_uses_are_renewed_with_the_period() -> None:
    decision = ReferenceDecision(period=4, free_uses=1, progressive=0)
    chosen = [decision.choose(100, 10, 101, 9) for _ in range(10)]
    assert chosen == [True, False, False, False, True, False, False, False, True, False]
    decision.restart()
    assert decision.choose(100, 10, 101, 9)


def test_cheap_uses_are_not_counted_against() -> None:
    decision = ReferenceDecision(period=32, free_uses=0, progressive=0)
    assert [decision.choose(100, 10, 100, 9) for _ in range(5)] == [True] * 5
    assert not decision.choose(100, 10, 100, 10)
    assert not decision.choose(100, 10, 90, 11)


def test_allowance_falls_over_the_sequence() -> None:
    decision = ReferenceDecision(period=100, free_uses=0, progressive=0.2, sequence_length=10)
    assert [decision.choose(100, 10, 110, 9) for _ in range(12)] == [True] * 5 + [False] * 7
    free = ReferenceDecision(period=10, free_uses=0, progressive=0.2)
    assert [free.choose(100, 10, 110, 9) for _ in range(12)] == [True] * 5 + [False] * 5 + [True] * 2


@pytest.mark.parametrize(
    "options", [{"period": 0}, {"free_uses": -1}, {"progressive": -0.1}, {"sequence_length": -3}]
)
def test_numbers_out_of_range(options: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="reference decision"):
        ReferenceDecision(**options)


def test_belongs_to_loop_mode() -> None:
    with pytest.raises(ConfigError, match="loop mode"):
        PictureFilter(load_filter("lop"), "post", reference=ReferenceDecision())


class EverySecond(ReferenceDecision):
    """Decides without regard to anything."""

    def choose(self, *_: float) -> bool:
        self._picture += 1
        return self._picture % 2 == 0


@pytest.mark.parametrize("structure", ["ra", "ldp"])
@pytest.mark.parametrize(
    "reference", [EverySecond(), ReferenceDecision(free_uses=0, progressive=0)], ids=["second", "cheap"]
)
def test_streams_that_mix_both_decode(reference: ReferenceDecision, structure: str) -> None:
    frames = moving_frames(6, 72, 152)
    streams = []
    for decision in (None, reference):
        nnlf = PictureFilter(load_filter("lop"), reference=decision, skip=0)
        packets = encode(frames, nnlf, structure)
        assert_same(decode(packets), sorted(packets, key=lambda packet: packet.index))
        streams.append(b"".join(packet.data for packet in packets))
    assert streams[0] != streams[1]
