# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Threads that stop at random wherever work passes between them: streams, pictures and errors stay what they are."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_encoder import make_frames

from inloop import Decoder, Encoder, PictureFilter, _core, load_filter
from inloop.codec import Packet
from inloop.errors import BitstreamError
from inloop.pipeline import encode_frames
from inloop.ratecontrol import ConstantQp, RateOptions, make_controller
from inloop.ratecontrol.interface import PictureQp
from need_testing import need_testing

need_testing()

SIZE = (144, 144)  # three rows of CTUs
FRAMES = 12
LONGEST_US = 300
TASKS = Path("/proc/self/task")

MODES: dict[str, Callable[[], dict[str, Any]]] = {
    "random access": lambda: {"qp": 32, "gop": 8, "md5": True},
    "low delay B": lambda: {"qp": 32, "structure": "ldb", "md5": True},
    "all intra": lambda: {"qp": 32, "structure": "ai", "md5": True},
    "filter": lambda: {"qp": 37, "gop": 4, "nnlf": PictureFilter(load_filter("vlop"), md5=True)},
    "filter for display": lambda: {
        "qp": 37,
        "structure": "ldp",
        "nnlf": PictureFilter(load_filter("vlop"), "post"),
    },
    "buffer": lambda: {
        "rate_control": make_controller(
            RateOptions(bitrate_kbps=150, vbv_maxrate_kbps=150, vbv_bufsize_kbit=40, lookahead=4)
        ),
        "gop": 4,
    },
}


@pytest.fixture
def delays() -> Iterator[None]:
    """Delay hand-overs during a test, which has some."""
    before = _core.delayed_hand_overs()
    _core.delay_hand_overs(LONGEST_US)
    yield
    _core.delay_hand_overs(0)
    assert _core.delayed_hand_overs() > before


def encoder_of(threads: int, **how: Any) -> Encoder:
    return Encoder(*SIZE, 25, threads=threads, preset="faster", scene_cut=False, **how)


def packets_of(mode: str, threads: int) -> list[bytes]:
    encoder = encoder_of(threads, **MODES[mode]())
    return [packet.data for packet in encode_frames(encoder, make_frames(*SIZE, FRAMES))]


def shown(stream: bytes, threads: int) -> list[bytes]:
    decoder = Decoder(threads=threads, verify=True)
    return [frame.to_bytes() for frame in decoder.pictures([stream])]


def threads_now() -> int:
    """Threads of this process, those of the core included, which Python's `threading` does not know."""
    gc.collect()
    if not TASKS.exists():
        pytest.skip("this system does not list a process's threads")
    return len(os.listdir(TASKS))


@pytest.mark.parametrize("mode", MODES)
def test_streams_and_pictures_stay_the_same(mode: str, delays: None) -> None:
    packets = packets_of(mode, 1)
    stream = b"".join(packets)
    pictures = shown(stream, 1)
    assert len(packets) == len(pictures) == FRAMES
    for threads in range(2, 9):
        assert packets_of(mode, threads) == packets, threads
        assert shown(stream, threads) == pictures, threads


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
def test_pictures_before_damage_stay_the_same(threads: int, delays: None) -> None:
    packets = packets_of("low delay B", 3)
    torn = bytearray(b"".join(packets))
    torn[-len(packets[-1]) - len(packets[-2]) // 2] ^= 0x55  # in the last picture but one
    found = []
    decoder = Decoder(threads=threads, verify=True)
    with pytest.raises(BitstreamError):
        for frame in decoder.pictures([bytes(torn)]):
            found.append(frame.to_bytes())
    assert found == shown(b"".join(packets), 1)[: FRAMES - 2]


class Stops(ConstantQp):
    """Raises where it is asked about a picture."""

    def __init__(self, at: int, error: type[BaseException]) -> None:
        super().__init__(34)
        self._at, self._error = at, error

    def plan(self, picture: Any, lookahead: Any) -> PictureQp:
        if picture.index == self._at:
            raise self._error(f"at {picture.index}")
        return super().plan(picture, lookahead)


class FilterStops:
    """A filter that raises at its second picture."""

    def __init__(self, error: type[BaseException]) -> None:
        self._error = error
        self._filter = PictureFilter(load_filter("vlop"))
        self._calls = 0

    def filter_picture(self, coded: Any, original: Any) -> Any:
        self._calls += 1
        if self._calls == 2:
            raise self._error("at 2")
        return self._filter.filter_picture(coded, original)


def collect(encoder: Encoder, into: list[Packet]) -> None:
    for frame in make_frames(*SIZE, FRAMES):
        into += encoder.encode(frame)
    into += encoder.flush()


CALLBACKS: dict[str, tuple[Callable[[type[BaseException]], dict[str, Any]], list[int]]] = {
    "rate control": (lambda error: {"rate_control": Stops(3, error)}, [0, 8, 4, 2, 1]),
    "filter": (lambda error: {"qp": 37, "nnlf": FilterStops(error)}, [0]),
}


@pytest.mark.parametrize("callback", CALLBACKS)
@pytest.mark.parametrize("threads", [1, 2, 5, 8])
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_a_callback_raises_ends_all_threads(
    callback: str, threads: int, error: type[BaseException], delays: None
) -> None:
    before = threads_now()
    how, expected = CALLBACKS[callback]
    found: list[Packet] = []
    encoder = encoder_of(threads, gop=8, **how(error))
    with pytest.raises(error, match="at "):
        collect(encoder, found)
    found += encoder.remaining()
    indices = [packet.index for packet in found]
    if error is KeyboardInterrupt:  # Nobody waits for pictures after it; those that are there are whole.
        assert indices == expected[: len(indices)]
    else:
        assert indices == expected
    assert len(shown(b"".join(packet.data for packet in found), 2)) == len(found)
    del encoder
    assert threads_now() == before


@pytest.mark.parametrize("threads", [2, 8])
def test_dropped_coders_end_their_threads(threads: int, delays: None) -> None:
    stream = b"".join(packets_of("random access", 2))
    before = threads_now()
    encoder = encoder_of(threads, qp=30, gop=4)
    for frame in make_frames(*SIZE, FRAMES):
        encoder.encode(frame)
    decoder = Decoder(threads=threads)
    decoder.decode(stream)
    assert threads_now() > before
    del encoder, decoder
    assert threads_now() == before
