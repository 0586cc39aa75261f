# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Simulates the encoder's threads: python -m benchmarks.schedule CLIP... [options].

Each clip is encoded in one thread, by a build with INLOOP_TESTING; the parts of its pictures, in CPU time, are then put
onto any number of cores, under the dependencies that they have. Times are in percent of one thread's, behind them how
many cores are in use on average. Schemes: `picture` (a picture starts when its references are complete, one thread a
picture, 33 pictures in work), `rows` (when the rows that it needs are final), `wavefront` (rows of CTUs beside each
other, too; the encoder as it is) and `two-stage` (a filter's parameters are known after half of its blocks). Below
them, what limits the encoder as it is: fewer pictures in work (5 where QPs depend on results), a caller who takes no
time.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.schedule.encoder import SCHEMES, Rules, simulate
from benchmarks.schedule.parts import Encode
from benchmarks.schedule.trace import record
from inloop import Frame, PictureFilter, load_filter
from inloop.io import open_video
from inloop.ratecontrol.interface import FEEDBACK_DELAY

_LIMITS = {
    "wavefront, 5 in work": Rules(in_work=FEEDBACK_DELAY),
    "wavefront, 16 in work": Rules(in_work=16),
    "wavefront, a free caller": Rules(free_caller=True),
}


def read_frames(path: Path, count: int) -> tuple[list[Frame], Fraction]:
    """Return pictures and their rate; where the clip has fewer, it is played backward and forward again."""
    with open_video(str(path)) as video:
        fps = Fraction(video.info.fps)
        there = list(islice(video, count))
    back = there[-2:0:-1]
    frames = [(there + back)[index % max(len(there) + len(back), 1)] for index in range(count)]
    return [replace(frame, pts=index) for index, frame in enumerate(frames)], fps


def shares(encode: Encode) -> str:
    """Return the parts in percent of all of them."""
    total = {
        "lookahead": sum(call.push for call in encode.calls),
        "search": sum(p.setup + p.search for p in encode.pictures),
        "loop filters": sum(p.filters for p in encode.pictures),
        "network": sum(p.network for p in encode.pictures),
        "its decisions": sum(p.decide for p in encode.pictures),
        "entropy coding": sum(p.write for p in encode.pictures),
        "hash": sum(p.hash for p in encode.pictures),
        "rate control, load": sum(p.prepare for p in encode.pictures),
        "errors, copies": sum(p.packet - p.hash for p in encode.pictures),
    }
    everything = sum(total.values())
    return ", ".join(f"{name} {100 * seconds / everything:.1f}" for name, seconds in total.items())


def table(encode: Encode, cores: Sequence[int], efficiency: float) -> Iterator[str]:
    """Yield lines: a scheme, and its time and cores in use on each number of cores."""
    one = simulate(encode, 1, Rules()).seconds
    for name, rules in (SCHEMES | _LIMITS).items():
        if rules.stage_one < 1 and not any(picture.loops for picture in encode.pictures):
            continue
        cells = []
        for count in cores:
            outcome = simulate(encode, count, rules, efficiency)
            cells.append(f"{100 * outcome.seconds / one:6.2f} % ({outcome.busy_s / outcome.seconds:4.1f})")
        yield f"{name:26}" + "  ".join(cells)


def options_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the encoder's options."""
    network = arguments.filter
    return {
        "qp": arguments.qp,
        "preset": arguments.preset,
        "structure": arguments.structure,
        "gop": arguments.gop,
        "nnlf": None if network == "off" else PictureFilter(load_filter(network), decision_rows=1),
        "md5": arguments.md5,
    }


def main() -> None:
    """Measure and simulate."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--frames", type=int, default=33)
    parser.add_argument("--preset", default="medium")
    parser.add_argument("--qp", type=int, default=32)
    parser.add_argument("--structure", default="ra")
    parser.add_argument("--gop", type=int, default=16)
    parser.add_argument("--filter", default="off", help="off, or a network that the package has")
    parser.add_argument("--md5", action="store_true", help="write picture hashes")
    parser.add_argument("--cores", type=int, nargs="+", default=[2, 14, 64])
    parser.add_argument("--groups", type=int, default=1, help="how often the last group of pictures comes")
    parser.add_argument("--efficiency", type=float, default=1.0, help="of a core, where all are in use")
    arguments = parser.parse_args()
    for path in arguments.clips:
        frames, fps = read_frames(path, arguments.frames)
        encode = record(frames, fps, options_of(arguments))
        print(
            f"{path.stem}: {len(frames)} pictures in {encode.seconds:.2f} s; {shares(encode)} %", flush=True
        )
        group = arguments.gop if arguments.structure == "ra" else 1
        for line in table(encode.repeated(group, arguments.groups), arguments.cores, arguments.efficiency):
            print(line, flush=True)


if __name__ == "__main__":
    main()
