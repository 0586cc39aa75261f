# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""BD-rate of filters that run in the loop on clips that no training has seen: the figure that a training is for.

PSNR gains on stored pictures show neither what pictures inherit from filtered references nor what blocks and scales
cost. A few short clips take minutes, so this is done between rounds of training rather than at each line of a log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import fmean

from inloop.codec import Encoder, EncoderOptions
from inloop.errors import ConfigError
from inloop.evaluate.bdrate import bd_rates_where_possible
from inloop.evaluate.metrics import PsnrMeter
from inloop.executors.versions import installed_code
from inloop.nnlf import FilterModel, PictureFilter
from inloop.structure.by_name import StructureName
from inloop.train.dataset import DataConfig, load_source
from inloop.train.sources import clips_of
from inloop.train.table_file import append_row, read_rows
from inloop.video.frame import Frame, Psnr

QPS = (22, 27, 32, 37)
RATE = Fraction(30)
"""Pictures a second: BD-rates do not depend on it."""


@dataclass(frozen=True)
class LoopTest:
    """What is encoded.

    Attributes:
        sources: Folder with the clips.
        held_out: Beginnings of the names of those that are measured.
        structure: As for the encoder.
        frames: Consecutive pictures of a clip; all-intra: pictures evenly spread over it.
        qps: Constant QPs.
        preset: Preset of the encoder.
    """

    sources: Path
    held_out: tuple[str, ...]
    structure: StructureName = "ra"
    frames: int = 17
    qps: tuple[int, ...] = QPS
    preset: str = "medium"


@dataclass(frozen=True)
class Point:
    """Rate and quality of one encode."""

    bitrate_kbps: float
    psnr: Psnr


def measure_loop(test: LoopTest, model: FilterModel, anchors: Path) -> dict[str, tuple[float, float, float]]:
    """Return the BD-rates of Y, Cb and Cr in percent against the same encoder without a filter, a clip.

    Args:
        test: What is encoded.
        model: The filter.
        anchors: Table of the points without a filter, which grows by those that it lacks. Points of other code of
            this package do not count, since its encoder may have changed.

    Raises:
        ConfigError: No clip is held out.
    """
    config = DataConfig(test.sources, anchors.parent, test.structure, test.frames)
    clips = [path for path in clips_of(test.sources) if path.stem.startswith(test.held_out)]
    if not clips:
        raise ConfigError(f"no clip of {test.sources} begins with {' or '.join(test.held_out)}")
    rates = {}
    for clip in clips:
        frames = load_source(clip, config)
        anchor = _anchor_points(test, clip, frames, anchors)
        points = [_encode(test, frames, qp, model) for qp in test.qps]
        bd = bd_rates_where_possible(anchor, points)
        rates[clip.stem] = (bd.y, bd.u, bd.v)
    return rates


def mean_of(rates: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return the mean over clips."""
    y, u, v = (fmean(column) for column in zip(*rates, strict=True))
    return y, u, v


def _anchor_points(test: LoopTest, clip: Path, frames: list[Frame], table: Path) -> list[Point]:
    points = []
    for qp in test.qps:
        key = {
            "code": installed_code(),
            "clip": clip.stem,
            "structure": test.structure,
            "preset": test.preset,
            "frames": str(len(frames)),
            "qp": str(qp),
        }
        row = next((row for row in read_rows(table) if key.items() <= row.items()), None)
        if row is None:
            point = _encode(test, frames, qp, None)
            psnr = {f"psnr_{c}": f"{v:.5f}" for c, v in zip("yuv", point.psnr, strict=True)}
            row = key | {"kbps": f"{point.bitrate_kbps:.4f}"} | psnr
            append_row(table, row)
        points.append(Point(float(row["kbps"]), Psnr(*(float(row[f"psnr_{c}"]) for c in "yuv"))))
    return points


def _encode(test: LoopTest, frames: list[Frame], qp: int, model: FilterModel | None) -> Point:
    options = EncoderOptions(
        qp=qp,
        structure=test.structure,
        preset=test.preset,
        nnlf=None if model is None else PictureFilter(model),
        bit_depth=frames[0].bit_depth,
    )
    encoder = Encoder(frames[0].width, frames[0].height, RATE, options)
    packets = [packet for frame in frames for packet in encoder.encode(frame)]
    packets += encoder.flush()
    meter = PsnrMeter()
    for packet in packets:
        meter.add(frames[packet.index], packet.recon)
    return Point(float(sum(p.bits for p in packets) * RATE / len(frames) / 1000), meter.psnr())
