# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Measures rate control: python -m benchmarks.rate_control PART CLIP... [--frames N] [--preset P] [--results FILE].

PART: accuracy (bitrates met in one and two passes), cost (BD-rate of an average bitrate and of two passes against a
constant QP level), buffer (underflows at 1 s and 0.5 s, by the arrival times of Annex C), bdrate (CUTree and rate
factors against constant QP with the structure's offsets), scene (complexity by scene against classic), share (of the
encode time that rate control and its lookahead take). CLIP: a file, or several joined by "+" for a clip with scene
changes, --frames of each. PSNR is from total errors. Prints a line of CSV a measurement, and appends it to the results.
"""

from __future__ import annotations

import argparse
import csv
import io
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any, NamedTuple

from inloop import Encoder, Frame
from inloop.errors import ConfigError
from inloop.evaluate.bdrate import bd_rates
from inloop.evaluate.metrics import PsnrMeter
from inloop.io import open_video
from inloop.lookahead.window import Lookahead
from inloop.pipeline import encode_frames
from inloop.ratecontrol import (
    BlockQpOptions,
    ComplexityOptions,
    PictureQp,
    PictureResult,
    RateController,
    RateOptions,
    make_controller,
)
from inloop.video.frame import Psnr

BITRATES_KBPS = (75, 150, 300, 600)
QPS = (22, 27, 32, 37)
PLAIN = BlockQpOptions(cutree=False)
Row = Sequence[object]


class Point(NamedTuple):
    """Rate and quality of an encode."""

    bitrate_kbps: float
    psnr: Psnr
    mean_qp: float


class Clip:
    """Pictures in memory, and their encodes."""

    def __init__(self, names: str, count: int, preset: str) -> None:
        """names: of files, joined by "+"; count: pictures of each."""
        paths = [Path(name) for name in names.split("+")]
        frames: list[Frame] = []
        for path in paths:
            with open_video(str(path)) as video:
                self.fps = Fraction(video.info.fps)
                frames += islice(video, count)
        self.frames = [replace(frame, pts=index) for index, frame in enumerate(frames)]
        self.name = "+".join(path.stem for path in paths)
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

    def curve(self, anchor: Sequence[Point], **options: Any) -> list[Point]:
        """Return the points of rate factors that cover the rates of the anchor: they are no QPs."""
        middle = (QPS[1] + QPS[2]) / 2
        probe = self.encode(make_controller(RateOptions(crf=middle, **options)))[1]
        wanted = (anchor[1].bitrate_kbps * anchor[2].bitrate_kbps) ** 0.5
        shift = round(5 * math.log2(probe.bitrate_kbps / wanted), 1)
        crfs = [min(qp + shift, 51.0) for qp in QPS]
        return [self.encode(make_controller(RateOptions(crf=crf, **options)))[1] for crf in crfs]

    def anchor(self) -> list[Point]:
        """Return the points of constant QP with the structure's own offsets."""
        return [self.encode(make_controller(RateOptions(qp=qp, blocks=PLAIN)))[1] for qp in QPS]


def accuracy(clip: Clip) -> Iterator[Row]:
    """Yield (clip, pictures, mode, target, error in %)."""
    stats = io.StringIO()
    clip.encode(make_controller(RateOptions(crf=30, pass_number=1), stats=stats))
    for target in BITRATES_KBPS:
        one = make_controller(RateOptions(bitrate_kbps=target))
        options = RateOptions(bitrate_kbps=target, pass_number=2)
        two = make_controller(options, stats=io.StringIO(stats.getvalue()))
        for mode, controller in (("one pass", one), ("two passes", two)):
            _, point = clip.encode(controller)
            yield clip.name, len(clip.frames), mode, target, f"{100 * (point.bitrate_kbps / target - 1):.2f}"


def cost(clip: Clip) -> Iterator[Row]:
    """Yield (clip, mode, BD-rates in %) of bitrates against a constant QP level with the same offsets of blocks."""
    tree = BlockQpOptions()
    anchors = {
        "constant QP": clip.anchor(),
        "constant level": [
            clip.encode(make_controller(RateOptions(qp=qp + 4, blocks=tree)))[1] for qp in QPS
        ],
    }
    for name, anchor in anchors.items():
        points = [
            clip.encode(make_controller(RateOptions(bitrate_kbps=point.bitrate_kbps)))[1] for point in anchor
        ]
        yield clip.name, f"bitrate against {name}", *_percent(bd_rates(anchor, points))


def buffer(clip: Clip) -> Iterator[Row]:
    """Yield (clip, seconds of buffer, target, underflows, error of the rate in %); what no QP keeps: "refused"."""
    for target in BITRATES_KBPS:
        for seconds in (1.0, 0.5):
            options = RateOptions(bitrate_kbps=target, vbv_bufsize_kbit=target * seconds)
            try:
                bits, point = clip.encode(make_controller(options))
            except ConfigError:
                yield clip.name, seconds, target, "refused", ""
                continue
            late = late_pictures(bits, clip.fps, 1000 * target, Fraction(9, 10) * Fraction(seconds))
            yield (
                clip.name,
                seconds,
                target,
                late,
                f"{100 * (point.bitrate_kbps / target - 1):.2f}",
            )


def late_pictures(bits: Sequence[int], fps: Fraction, rate: int, delay_s: Fraction) -> int:
    """Count pictures whose last bit arrives after they are due (Rec. ITU-T H.265, C.2: a constant rate).

    delay_s: from the arrival of the first bit to the removal of the first picture.
    """
    arrived, late = Fraction(0), 0
    for number, size in enumerate(bits):
        due = delay_s + number / fps
        # The buffer is full while nothing more than its size has arrived ahead of the next removal.
        arrived = max(arrived, due - delay_s / Fraction(9, 10)) + Fraction(size, rate)
        late += arrived > due
    return late


def bdrate(clip: Clip) -> Iterator[Row]:
    """Yield (clip, mode, BD-rates in %) against constant QP with the structure's own offsets."""
    anchor = clip.anchor()
    modes: dict[str, dict[str, Any]] = {
        "cutree by picture": {"blocks": BlockQpOptions(cutree_contrast=0)},
        "cutree": {},
        "cutree and scene": {"complexity": ComplexityOptions("scene")},
    }
    for name, options in modes.items():
        yield clip.name, name, *_percent(bd_rates(anchor, clip.curve(anchor, **options)))


def scene(clip: Clip) -> Iterator[Row]:
    """Yield (clip, blocks, BD-rates in %) of equation (4) against (1) to (3)."""
    scale = clip.anchor()
    for name, blocks in (("without CUTree", PLAIN), ("with CUTree", BlockQpOptions())):
        classic, by_scene = (
            clip.curve(scale, blocks=blocks, complexity=ComplexityOptions(kind))
            for kind in ("classic", "scene")
        )
        yield clip.name, name, *_percent(bd_rates(classic, by_scene))


@dataclass
class Timed:
    """A controller that counts the seconds it takes."""

    inner: RateController
    spent_s: float = 0.0
    per_block: bool = True

    @property
    def lookahead(self) -> int:
        """As the inner one."""
        return self.inner.lookahead

    def plan(self, picture: Any, lookahead: Lookahead) -> PictureQp:
        """Plan on the clock."""
        return timed(self, self.inner.plan, picture, lookahead)

    def update(self, result: PictureResult) -> None:
        """Update on the clock."""
        timed(self, self.inner.update, result)


def timed(clock: Timed, call: Callable[..., Any], *arguments: Any) -> Any:
    """Call something on the clock."""
    start = process_time()
    result = call(*arguments)
    clock.spent_s += process_time() - start
    return result


def share(clip: Clip) -> Iterator[Row]:
    """Yield (clip, preset, share of the CPU time that lookahead and control take in %)."""
    controller = Timed(make_controller(RateOptions(crf=30)))
    push = Lookahead.push

    def timed_push(self: Lookahead, frame: Frame) -> Any:
        return timed(controller, push, self, frame)

    Lookahead.push = timed_push  # type: ignore[method-assign]
    try:
        start = process_time()
        clip.encode(controller)
        total = process_time() - start
    finally:
        Lookahead.push = push  # type: ignore[method-assign]
    yield clip.name, clip.preset, f"{100 * controller.spent_s / total:.1f}"


def _percent(rates: Sequence[float]) -> list[str]:
    return [f"{rate:.2f}" for rate in rates]


PARTS: dict[str, Callable[[Clip], Iterator[Row]]] = {
    part.__name__: part for part in (accuracy, cost, buffer, bdrate, scene, share)
}


def main() -> None:
    """Run one part on the clips."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("clips", nargs="+")
    parser.add_argument("--frames", type=int, default=65)
    parser.add_argument("--preset", default="faster")
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    for names in arguments.clips:
        for row in PARTS[arguments.part](Clip(names, arguments.frames, arguments.preset)):
            csv.writer(sys.stdout).writerow(row)
            sys.stdout.flush()
            if arguments.results is not None:
                with arguments.results.open("a", newline="") as stream:
                    csv.writer(stream).writerow([arguments.part, arguments.preset, arguments.frames, *row])


if __name__ == "__main__":
    main()
