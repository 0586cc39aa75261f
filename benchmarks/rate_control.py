# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Measures rate control: python -m benchmarks.rate_control accuracy|buffer|bdrate CLIP... [--frames N].

accuracy: bitrates met in one and two passes. buffer: underflows at 1 s and 0.5 s. bdrate: CUTree and rate factors
against constant QP with the structure's offsets, PSNR from total errors. Prints a line of CSV a measurement.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from inloop import Encoder, Frame
from inloop.evaluate.bdrate import bd_rates
from inloop.evaluate.metrics import PsnrMeter
from inloop.frame import Psnr
from inloop.io import open_video
from inloop.pipeline import encode_frames
from inloop.ratecontrol import (
    BlockQpOptions,
    ComplexityOptions,
    RateController,
    RateOptions,
    VbvOptions,
    make_controller,
)
from inloop.ratecontrol.vbv import Buffer

BITRATES_KBPS = (75, 150, 300, 600)
LEVELS = (22, 27, 32, 37)
PLAIN = BlockQpOptions(cutree=False)


class Point(NamedTuple):
    """Rate and quality of an encode."""

    bitrate_kbps: float
    psnr: Psnr
    mean_qp: float


class Clip:
    """Pictures in memory, and their encodes."""

    def __init__(self, path: Path, count: int, preset: str) -> None:
        with open_video(str(path)) as video:
            self.fps = Fraction(video.info.fps)
            self.frames: list[Frame] = [replace(f, pts=i) for i, f in enumerate(islice(video, count))]
        self.name = path.stem
        self.preset = preset

    def encode(self, controller: RateController) -> tuple[list[int], Point]:
        """Return the bits of each picture in coding order, and rate and PSNR."""
        first = self.frames[0]
        encoder = Encoder(
            first.width,
            first.height,
            self.fps,
            rate_control=controller,
            bit_depth=first.bit_depth,
            preset=self.preset,
        )
        meter, bits, qps = PsnrMeter(), [], []
        for packet in encode_frames(encoder, self.frames):
            meter.add_errors(packet.sse, packet.recon)
            bits.append(packet.bits)
            qps.append(packet.mean_qp)
        kbps = float(sum(bits) * self.fps / len(bits) / 1000)
        return bits, Point(kbps, meter.psnr(), fmean(qps))


def accuracy(clip: Clip) -> Iterator[Sequence[object]]:
    """Yield (clip, mode, target, error in %)."""
    for target in BITRATES_KBPS:
        _, point = clip.encode(make_controller(RateOptions(bitrate_kbps=target)))
        yield clip.name, "one pass", target, f"{100 * (point.bitrate_kbps / target - 1):.2f}"
    stats = io.StringIO()
    clip.encode(make_controller(RateOptions(crf=30, pass_number=1), stats=stats))
    for target in BITRATES_KBPS:
        options = RateOptions(bitrate_kbps=target, pass_number=2)
        _, point = clip.encode(make_controller(options, stats=io.StringIO(stats.getvalue())))
        yield clip.name, "two passes", target, f"{100 * (point.bitrate_kbps / target - 1):.2f}"


def buffer(clip: Clip) -> Iterator[Sequence[object]]:
    """Yield (clip, seconds of buffer, target, underflows)."""
    for target in BITRATES_KBPS:
        for seconds in (1.0, 0.5):
            vbv = VbvOptions(target, target * seconds)
            options = RateOptions(
                bitrate_kbps=target, vbv_maxrate_kbps=vbv.maxrate_kbps, vbv_bufsize_kbit=vbv.bufsize_kbit
            )
            bits, _ = clip.encode(make_controller(options))
            model = Buffer(vbv, float(clip.fps))
            for size in bits:
                model.remove(size)
            yield clip.name, seconds, target, model.underflows


def bdrate(clip: Clip) -> Iterator[Sequence[object]]:
    """Yield (clip, mode, BD-rates in % against constant QP)."""

    def encode(level: float, **options: object) -> Point:
        target = "crf" if "complexity" in options else "qp"
        return clip.encode(make_controller(RateOptions(**{target: level, **options})))[1]  # type: ignore[arg-type]

    anchor = [encode(level, blocks=PLAIN) for level in LEVELS]
    modes = {
        "cutree": {"blocks": BlockQpOptions()},
        "classic": {"blocks": PLAIN, "complexity": ComplexityOptions("classic")},
        "scene": {"blocks": PLAIN, "complexity": ComplexityOptions("scene")},
        "cutree and classic": {"complexity": ComplexityOptions("classic")},
        "cutree and scene": {"complexity": ComplexityOptions("scene")},
    }
    for name, options in modes.items():
        # Rate factors are no QPs: bring the curves to the same range.
        shift = anchor[1].mean_qp - encode(LEVELS[1], **options).mean_qp
        points = [encode(level + shift, **options) for level in LEVELS]
        yield clip.name, name, *(f"{rate:.2f}" for rate in bd_rates(anchor, points))


def main() -> None:
    """Run one part on the clips."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("accuracy", "buffer", "bdrate"))
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--frames", type=int, default=65)
    parser.add_argument("--preset", default="faster")
    arguments = parser.parse_args()
    part = {"accuracy": accuracy, "buffer": buffer, "bdrate": bdrate}[arguments.part]
    for path in arguments.clips:
        for row in part(Clip(path, arguments.frames, arguments.preset)):
            print(*row, sep=",", flush=True)


if __name__ == "__main__":
    main()
