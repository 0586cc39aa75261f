# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Several pictures at a time: the stream, the packets and the errors are those of one thread."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable, Iterable
from io import StringIO
from typing import Any

import pytest
from test_encoder import make_frames

from inloop import Encoder, PictureFilter, load_filter
from inloop.codec.coding_line import pictures_in_work
from inloop.engine.thread_pool import ThreadPool
from inloop.errors import ConfigError
from inloop.nnlf.reference import ReferenceDecision
from inloop.pipeline import encode_frames
from inloop.ratecontrol import ConstantQp, RateOptions, make_controller
from inloop.ratecontrol.interface import (
    FEEDBACK_DELAY,
    NO_FEEDBACK_DELAY,
    PictureQp,
    PictureResult,
    usual_delay,
)

SIZE = (144, 128)
FRAMES = 19
THREADS = (2, 3, 8)


def rate(**options: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"rate_control": make_controller(RateOptions(lookahead=6, **options))}


def filtered(mode: str = "loop", **options: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"qp": 37, "nnlf": PictureFilter(load_filter("vlop"), mode, **options)}


class EveryOtherFiner:
    """A user's controller, which is slow at random and follows what it is told."""

    lookahead = 0

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self._rest = 0

    def plan(self, picture: Any, lookahead: Any) -> PictureQp:
        time.sleep(random.random() / 500)
        self.calls.append(("plan", picture.index))
        qp = 30 - 4 * (picture.index % 2) + self._rest
        return PictureQp(qp, picture.lmbda(qp))

    def update(self, result: PictureResult) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.calls.append(("update", result.plan.index))
        self._rest = result.bits % 3


MODES: dict[str, Callable[[], dict[str, Any]]] = {
    "all intra": lambda: {"qp": 34, "structure": "ai"},
    "low delay P": lambda: {"qp": 34, "structure": "ldp"},
    "low delay B": lambda: {"qp": 34, "structure": "ldb"},
    "random access": lambda: {"qp": 34, "gop": 8, "md5": True, "intra_period": 8},
    "wavefront syntax": lambda: {"qp": 34, "gop": 8, "wpp": True},
    "wavefront syntax and buffer": lambda: {
        **rate(bitrate_kbps=150, vbv_maxrate_kbps=150, vbv_bufsize_kbit=40)(),
        "wpp": True,
    },
    "rate factor": rate(crf=30),
    "bitrate": rate(bitrate_kbps=150),
    "buffer": rate(bitrate_kbps=150, vbv_maxrate_kbps=150, vbv_bufsize_kbit=40),
    "capped rate factor": rate(crf=12, vbv_maxrate_kbps=300, vbv_bufsize_kbit=60),
    "filter": filtered(),
    "filter for display": filtered("post"),
    "references by choice": lambda: {**filtered(reference=ReferenceDecision())(), "structure": "ldp"},
    "filter and buffer": lambda: {
        **rate(bitrate_kbps=150, vbv_maxrate_kbps=150, vbv_bufsize_kbit=40)(),
        "nnlf": PictureFilter(load_filter("vlop")),
    },
    "a user's controller": lambda: {"rate_control": EveryOtherFiner(), "gop": 8},
}


def encode(how: dict[str, Any], threads: int | ThreadPool) -> list[tuple[int, bytes, str]]:
    encoder = Encoder(*SIZE, 25, threads=threads, preset="faster", scene_cut=False, **how)
    return [
        (packet.index, packet.data, hashlib.sha256(packet.recon.to_bytes()).hexdigest())
        for packet in encode_frames(encoder, make_frames(*SIZE, FRAMES))
    ]


@pytest.mark.parametrize("mode", MODES)
def test_any_number_of_threads_gives_the_same_stream(mode: str) -> None:
    one = encode(MODES[mode](), 1)
    assert len(one) == FRAMES
    for threads in THREADS:
        assert encode(MODES[mode](), threads) == one


def test_the_first_of_two_passes_notes_the_same() -> None:
    def first_pass(threads: int) -> tuple[Any, str]:
        notes = StringIO()
        controller = make_controller(RateOptions(crf=30, pass_number=1, lookahead=6), stats=notes)
        return encode({"rate_control": controller}, threads), notes.getvalue()

    one = first_pass(1)
    assert len(one[1].splitlines()) > FRAMES
    assert first_pass(3) == one


def test_filter_and_pictures_share_a_pool() -> None:
    pool = ThreadPool.for_pictures(3, 5)
    how = {"qp": 37, "nnlf": PictureFilter(load_filter("vlop"), threads=pool)}
    assert encode(how, pool) == encode(MODES["filter"](), 1)


def test_a_filter_without_threads_of_its_own_takes_the_encoders() -> None:
    given, own = PictureFilter(load_filter("vlop")), PictureFilter(load_filter("vlop"), threads=2)
    for nnlf, is_lent in ((given, True), (own, False)):
        before = nnlf.network
        Encoder(64, 64, 25, qp=37, nnlf=nnlf, threads=3)
        assert (nnlf.network is not before) == is_lent


def test_calls_of_a_controller_have_a_fixed_order() -> None:
    calls = []
    for threads in (1, 8):
        how = MODES["a user's controller"]()
        encode(how, threads)
        calls.append(how["rate_control"].calls)
    assert calls[0] == calls[1]
    planned = [index for name, index in calls[0] if name == "plan"]
    assert [index for name, index in calls[0] if name == "update"] == planned


class Fails(ConstantQp):
    """Raises at a picture."""

    def __init__(self, at: int, error: type[BaseException]) -> None:
        super().__init__(34)
        self._at, self._error = at, error

    def plan(self, picture: Any, lookahead: Any) -> PictureQp:
        if picture.index == self._at:
            raise self._error(f"at {picture.index}")
        return super().plan(picture, lookahead)


def collect(packets: Iterable[Any], into: list[int]) -> None:
    for packet in packets:
        into.append(packet.index)


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_pictures_before_an_error_come_out(threads: int) -> None:
    found: list[int] = []
    encoder = Encoder(
        *SIZE, 25, threads=threads, preset="faster", scene_cut=False, gop=8, rate_control=Fails(3, ValueError)
    )
    with pytest.raises(ValueError, match="at 3"):
        collect(encode_frames(encoder, make_frames(*SIZE, FRAMES)), found)
    assert found == [0, 8, 4, 2, 1]


class FilterFails:
    """A filter that raises at a picture."""

    def __init__(self, at: int) -> None:
        self._at = at
        self._calls = 0

    def filter_picture(self, coded: Any, original: Any) -> Any:
        self._calls += 1
        if self._calls > self._at:
            raise ArithmeticError
        return PictureFilter(load_filter("vlop")).filter_picture(coded, original)


@pytest.mark.parametrize("at", [0, 1, 4])  # the first two are references that others wait for
@pytest.mark.parametrize("threads", [1, 3, 8])
def test_pictures_before_an_error_of_the_filter_come_out(threads: int, at: int) -> None:
    found: list[int] = []
    encoder = Encoder(
        *SIZE, 25, threads=threads, preset="faster", scene_cut=False, gop=8, qp=34, nnlf=FilterFails(at)
    )
    with pytest.raises(ArithmeticError):
        collect(encode_frames(encoder, make_frames(*SIZE, FRAMES)), found)
    assert found == [0, 8, 4, 2][:at]


@pytest.mark.parametrize("threads", [2, 8])
def test_an_interrupt_ends_all_threads(threads: int) -> None:
    before = threading.active_count()
    encoder = Encoder(
        *SIZE, 25, threads=threads, preset="medium", scene_cut=False, rate_control=Fails(2, KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        collect(encode_frames(encoder, make_frames(*SIZE, FRAMES)), [])
    with pytest.raises(ConfigError, match="failed before"):
        encoder.flush()
    del encoder
    assert threading.active_count() == before


def test_an_encoder_that_is_dropped_ends() -> None:
    encoder = Encoder(*SIZE, 25, threads=4, qp=30)
    for frame in make_frames(*SIZE, FRAMES):
        encoder.encode(frame)
    del encoder  # It would hang here if a picture waited for one that is gone.


@pytest.mark.parametrize("threads", [0, 65, -1])
def test_bad_numbers_of_threads(threads: int) -> None:
    with pytest.raises(ConfigError, match="threads"):
        Encoder(*SIZE, 25, qp=30, threads=threads)


@pytest.mark.parametrize("delay", [0, 65])
def test_bad_delays(delay: int) -> None:
    with pytest.raises(ConfigError, match="in work"):
        Encoder(*SIZE, 25, qp=30, feedback_delay=delay)


@pytest.mark.parametrize(
    ("threads", "delay", "expected"),
    [(1, 33, 1), (2, 33, 5), (3, 33, 6), (8, 33, 16), (8, 5, 5), (64, 33, 33)],
)
def test_pictures_in_work(threads: int, delay: int, expected: int) -> None:
    assert pictures_in_work(threads, delay) == expected


@pytest.mark.parametrize(
    ("options", "delay"),
    [
        (RateOptions(qp=30), NO_FEEDBACK_DELAY),
        (RateOptions(crf=30), NO_FEEDBACK_DELAY),
        (RateOptions(crf=30, vbv_maxrate_kbps=100, vbv_bufsize_kbit=100), FEEDBACK_DELAY),
        (RateOptions(bitrate_kbps=100), FEEDBACK_DELAY),
    ],
)
def test_more_pictures_are_in_work_where_no_qp_depends_on_results(options: RateOptions, delay: int) -> None:
    assert usual_delay(make_controller(options)) == delay
