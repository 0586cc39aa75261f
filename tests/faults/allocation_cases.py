# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Runs the core while allocations fail, or threads that cannot be started: each in turn, alone or with all behind it.

`LD_PRELOAD=fault_library.so python tests/faults/allocation_cases.py CASE THREADS [--kind thread] [--sample N]
[--first N]` prints a line before each run with the number of the allocation that fails, and at the end how many there
are. What the run came to must be MemoryError, an error of the family or success, and it must leave no allocation
behind.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "fuzz"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "nn"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "capi"))

from c_structures import DecoderOptions
from fault_injection import Faults, Kind
from filtered_seeds import NETWORK, moving_frames

import inloop
from inloop import Decoder, Encoder, coolchic
from inloop.engine.model import Model
from inloop.engine.profiling import random_inputs
from inloop.errors import InloopError
from inloop.nnlf import PictureFilter
from inloop.ratecontrol import RateOptions, make_controller

TESTS = Path(__file__).resolve().parents[1]
Act = Callable[[], object]
STREAMS = TESTS / "fuzz" / "corpus_decoder"
COOLCHIC = TESTS / "fuzz" / "corpus_coolchic"
MODELS = TESTS / "fuzz" / "corpus_model"


def encode(threads: int, options: Callable[[], dict[str, Any]] = lambda: {"qp": 40}) -> Act:
    frames = moving_frames(3, 136, 136, 8)

    def act() -> None:
        encoder = Encoder(136, 136, 25, threads=threads, **options())
        try:
            for frame in frames:
                encoder.encode(frame)
            encoder.flush()
        finally:
            encoder.remaining()

    return act


def encode_filtered(threads: int) -> Act:
    model = Model(NETWORK.read_bytes())
    return encode(threads, lambda: {"qp": 40, "nnlf": PictureFilter(model), "structure": "ldp", "md5": True})


def encode_measured(threads: int) -> Act:
    rate = RateOptions.of("crf", 40.0, bit_depth=8)
    return encode(threads, lambda: {"rate_control": make_controller(rate), "structure": "ra", "gop": 2})


def decode(data: bytes, threads: int) -> None:
    decoder = Decoder([Model(NETWORK.read_bytes())], verify=True, threads=threads)
    try:
        decoder.decode(data)
        decoder.flush()
    except (MemoryError, InloopError):
        decoder.remaining()
        decoder.flush()  # repeats the error, or says that the decoder has ended


def decode_filtered(threads: int) -> Act:
    data = (STREAMS / "filtered_flags.265").read_bytes()
    return lambda: decode(data, threads)


def decode_held(threads: int) -> Act:
    data = (STREAMS / "filtered_hold.265").read_bytes()
    return lambda: decode(data, threads)


def decode_coolchic(threads: int) -> Act:
    data = (COOLCHIC / "ra.bin").read_bytes()

    def act() -> None:
        decoder = coolchic.Decoder(data, threads)
        try:
            list(decoder)
        except MemoryError:
            list(decoder)

    return act


def run_network(threads: int) -> Act:
    networks = [(MODELS / f"filter_like_{name}.inl").read_bytes() for name in ("int16", "float32")]
    inputs = [random_inputs(Model(data), 24, 40) for data in networks]

    def act() -> None:
        for data, given in zip(networks, inputs, strict=True):
            model = Model(data)
            model.session(24, 40).run(given)
            model.run(given, threads=threads)

    return act


def use_c_interface(threads: int) -> Act:
    """The calls of the C library, which must return codes."""
    library = ctypes.CDLL(inloop.get_library())
    network, stream = NETWORK.read_bytes(), (STREAMS / "filtered_flags.265").read_bytes()

    library.inloop_decoder_next.restype = ctypes.c_void_p

    def act() -> None:
        model, session, decoder = ctypes.c_void_p(), ctypes.c_void_p(), ctypes.c_void_p()
        size = ctypes.c_size_t(len(network))
        codes = [library.inloop_model_open_memory(network, size, 0, ctypes.byref(model))]
        if model:
            codes.append(library.inloop_session_create(model, 24, 40, ctypes.byref(session)))
            options = DecoderOptions(ctypes.sizeof(DecoderOptions), threads, 1, ctypes.pointer(model), 1)
            codes.append(library.inloop_decoder_create(ctypes.byref(options), ctypes.byref(decoder)))
        if decoder:
            codes.append(library.inloop_decoder_decode(decoder, stream, ctypes.c_size_t(len(stream))))
            codes.append(library.inloop_decoder_flush(decoder))
            while library.inloop_decoder_next(decoder):
                pass
        library.inloop_decoder_close(decoder)
        library.inloop_session_close(session)
        library.inloop_model_close(model)
        if any(codes):
            raise MemoryError

    return act


CASES: dict[str, Callable[[int], Act]] = {
    case.__name__: case
    for case in (
        encode,
        encode_filtered,
        encode_measured,
        decode_filtered,
        decode_held,
        decode_coolchic,
        run_network,
        use_c_interface,
    )
}


def run(faults: Faults, kind: Kind, act: Act, first: int, *, once: bool) -> int:
    """Run with an allocation, or the start of a thread, that fails; return how many there were."""
    with faults.counting(kind, first, once=once) as calls:
        try:
            act()
        except (MemoryError, InloopError) as error:
            if first == 0:
                raise
            outcome = type(error).__name__
        else:
            outcome = "done"
    print(outcome, flush=True)
    return calls[0]


def sampled(count: int, sample: int | None, first: int) -> list[int]:
    """Which allocations fail: all, or some that lie ever farther apart, as most of the set-up comes first."""
    if sample is None or sample >= count:
        return list(range(first, count + 1))
    steps = np.concatenate([np.geomspace(1, count, sample // 2), np.linspace(1, count, sample // 2)])
    return sorted({round(float(step)) for step in steps})


def main() -> None:
    """Run a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", choices=CASES)
    parser.add_argument("threads", type=int)
    parser.add_argument("--kind", choices=("allocation", "thread"), default="allocation")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--first", type=int, default=1)
    options = parser.parse_args()
    faults, kind = Faults(), Kind[options.kind.upper()]
    act = CASES[options.case](options.threads)
    for _ in range(3):  # so that everything that is made once is there
        count = run(faults, kind, act, 0, once=True)
    gc.freeze()  # What is loaded is not looked through before each count of what is alive.
    for number in sampled(count, options.sample, options.first):
        for once in (True, False):
            before = faults.live()
            print(f"{number} of {count}, {'once' if once else 'from there on'}: ", end="", flush=True)
            run(faults, kind, act, number, once=once)
            left = faults.live() - before
            if left > 0:
                print(f"LEFT {left} allocations", flush=True)
    print(f"complete: {count} {options.kind}s", flush=True)


if __name__ == "__main__":
    main()
