# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sweeps: encoders x clips x QPs, one line of a CSV a point, resumable; BD-rates per clip and their mean."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import MISSING, asdict, dataclass, fields
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean
from time import process_time
from typing import Any

import inloop
from inloop.enhance import Enhancer, load_enhancer
from inloop.errors import ConfigError
from inloop.evaluate.bdrate import BdRates, bd_rates_where_possible
from inloop.evaluate.metrics import PsnrMeter, weighted_psnr
from inloop.evaluate.peer import de265_md5, ffmpeg_md5
from inloop.evaluate.peer_encoders import run_peer
from inloop.evaluate.sweep_spec import EncoderSpec, SweepSpec
from inloop.evaluate.trial import run_trial
from inloop.io import open_video
from inloop.nnlf import load_filter
from inloop.pipeline import SequenceMd5, select_frames
from inloop.video.frame import Frame, Psnr
from inloop.workers import process_pool


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One line of the CSV.

    Times are CPU seconds of one thread: of the codec alone for `inloop`, of the whole FFmpeg process
    for a peer, and of the network behind it where there is one.

    Attributes:
        encoder_md5, decoder_md5: Of the reconstruction and of our decoder's pictures (of a peer: twice that of
            the pictures shown); `ffmpeg_md5` is empty without PyAV, `de265_md5` without libde265's decoder.
        psnr_611, psnr_811: PSNR weighted 6:1:1 and 8:1:1 over Y, U and V.
        filtered_share: Of the samples, where decoding runs the filter's network.
    """

    encoder: str
    clip: str
    qp: int
    frames: int
    bits: int
    bitrate_kbps: float
    psnr_y: float
    psnr_u: float
    psnr_v: float
    encode_s: float
    decode_s: float
    encoder_md5: str
    decoder_md5: str
    ffmpeg_md5: str
    isa: str
    version: str
    command: str
    psnr_611: float = 0.0
    psnr_811: float = 0.0
    de265_md5: str = ""
    filtered_share: float = 0.0

    @property
    def psnr(self) -> Psnr:
        """PSNR of Y, U and V in dB."""
        return Psnr(self.psnr_y, self.psnr_u, self.psnr_v)

    @property
    def matches(self) -> bool:
        """Whether every decoder that ran gave the encoder's reconstruction; with a filter only ours can."""
        others = [self.decoder_md5]
        if "--nnlf" not in self.command:
            others += [self.ffmpeg_md5, self.de265_md5]
        return all(md5 in ("", self.encoder_md5) for md5 in others)

    @property
    def key(self) -> tuple[str, str]:
        """What tells a point from the others. The program's version does not: new results need a new file."""
        return self.encoder, self.command


@dataclass(frozen=True, slots=True)
class BdRow:
    """One encoder against the anchor on one clip.

    Attributes:
        encoder: Name of the encoder in the sweep.
        clip: Name of the clip.
        rates: BD-rates in percent.
        encode_fps, decode_fps: Pictures a second.
        encode_ratio: `encode_fps` over that of the anchor.
    """

    encoder: str
    clip: str
    rates: BdRates
    encode_fps: float
    decode_fps: float
    encode_ratio: float


def run_sweep(spec: SweepSpec, results: Path, jobs: int = 1) -> Iterator[SweepPoint]:
    """Measure the points that `results` lacks, append each to it at once, and yield every point of the sweep.

    Args:
        spec: What is measured.
        results: CSV file of the points.
        jobs: Processes; with more than one, they share memory bandwidth and clock, and times suffer a little.

    Raises what a trial raises.
    """
    known = {point.key: point for point in read_points(results)}
    wanted = [
        (encoder, clip, qp)
        for clip in spec.clips
        for encoder in spec.encoders
        for qp in encoder.qps or spec.qps
    ]
    todo = []
    for encoder, clip, qp in wanted:
        point = known.get((encoder.name, encoder.command(clip, qp, spec.frames)))
        if point is None:
            todo.append((encoder, clip, qp, spec.frames))
        else:
            yield point
    for point in _measure_all(todo, jobs):
        _append(results, point)
        yield point


def summarise(points: Iterable[SweepPoint], anchor: str) -> list[BdRow]:
    """Return a row for each clip and each encoder but the anchor, in the order of the points.

    Args:
        points: Measured points of a whole sweep.
        anchor: Name of the encoder that the others are compared with.
    """
    curves: dict[tuple[str, str], list[SweepPoint]] = {}
    for point in points:
        curves.setdefault((point.encoder, point.clip), []).append(point)
    return [
        BdRow(
            encoder,
            clip,
            bd_rates_where_possible(curves[anchor, clip], curve),
            _fps(curve, "encode_s"),
            _fps(curve, "decode_s"),
            _fps(curve, "encode_s") / _fps(curves[anchor, clip], "encode_s"),
        )
        for (encoder, clip), curve in curves.items()
        if encoder != anchor
    ]


def mean_rates(rows: Sequence[BdRow]) -> BdRates:
    """Return the mean over clips of per-clip BD-rates, of those that are there."""

    def mean(field: int) -> float:
        rates = [row.rates[field] for row in rows if not math.isnan(row.rates[field])]
        return fmean(rates) if rates else math.nan

    return BdRates(*map(mean, range(len(BdRates._fields))))


def read_points(results: Path) -> list[SweepPoint]:
    """Return the points of a CSV; none where there is no such file. Raises ConfigError for another table."""
    if not results.exists():
        return []
    with results.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    types = {
        field.name: {"int": int, "float": float}.get(str(field.type), str) for field in fields(SweepPoint)
    }
    optional = {field.name for field in fields(SweepPoint) if field.default is not MISSING}
    try:
        return [
            SweepPoint(
                **{
                    name: convert(row[name])
                    for name, convert in types.items()
                    if name in row or name not in optional
                }
            )
            for row in rows
        ]
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigError(f"{results}: not a table of sweep points ({error!r})") from None


def measure(encoder: EncoderSpec, clip: Path, qp: int, frames: int | None) -> SweepPoint:
    """Run one trial and return its point.

    Args:
        encoder: The encoder and its options.
        clip: A video file.
        qp: What it is encoded at, on the scale of the encoder's `target`.
        frames: How many pictures from the start; None for all.
    """
    with open_video(clip) as video:
        fps = video.info.fps
        pictures = list(select_frames(video, 0, frames))
    measured = _measure_ours if encoder.program == "inloop" else _measure_peer
    return SweepPoint(
        encoder=encoder.name,
        clip=clip.stem,
        qp=qp,
        frames=len(pictures),
        isa=inloop.get_isa(),
        command=encoder.command(clip, qp, frames),
        **measured(encoder, pictures, fps, qp),
    )


def _measure_ours(encoder: EncoderSpec, pictures: list[Frame], fps: Fraction, qp: int) -> dict[str, Any]:
    model = None if encoder.nnlf == "off" else load_filter(encoder.nnlf)
    trial = run_trial(pictures, fps, encoder.settings(qp), model, clock=process_time)
    return {
        **_rates(trial.stream, trial.frames, fps, trial.psnr),
        "encode_s": trial.encode_s,
        "decode_s": trial.decode_s,
        "filtered_share": trial.filtered_share,
        "encoder_md5": trial.encoder_md5,
        "decoder_md5": trial.decoder_md5,
        "ffmpeg_md5": ffmpeg_md5(trial.stream) if find_spec("av") is not None else "",
        "de265_md5": de265_md5(trial.stream),
        "version": inloop.__version__,
    }


def _measure_peer(encoder: EncoderSpec, pictures: list[Frame], fps: Fraction, qp: int) -> dict[str, Any]:
    trial = run_peer(encoder.program, pictures, fps, qp, encoder.preset, encoder.parameters)
    shown, enhance_s = _enhanced(encoder, trial.pictures)
    meter, md5 = PsnrMeter(), SequenceMd5()
    for source, picture in zip(pictures, shown, strict=True):
        meter.add(source, picture)
        md5.add(picture)
    return {
        **_rates(trial.stream, len(pictures), fps, meter.psnr()),
        "encode_s": trial.encode_s,
        "decode_s": trial.decode_s + enhance_s,
        "encoder_md5": md5.hexdigest(),
        "decoder_md5": md5.hexdigest(),
        "ffmpeg_md5": md5.hexdigest(),
        "version": trial.version,
    }


def _enhanced(encoder: EncoderSpec, pictures: list[Frame]) -> tuple[list[Frame], float]:
    """Return the pictures to show and the CPU seconds that took."""
    if not encoder.enhance:
        return pictures, 0.0
    enhancer, start = Enhancer(load_enhancer(encoder.enhance)), process_time()
    return list(enhancer.enhance_frames(pictures)), process_time() - start


def _rates(stream: bytes, frames: int, fps: Fraction, psnr: Psnr) -> dict[str, Any]:
    return {
        "bits": 8 * len(stream),
        "bitrate_kbps": float(8 * len(stream) * fps / frames / 1000),
        "psnr_y": psnr.y,
        "psnr_u": psnr.u,
        "psnr_v": psnr.v,
        "psnr_611": weighted_psnr(psnr, 6),
        "psnr_811": weighted_psnr(psnr, 8),
    }


def _measure_all(
    tasks: Sequence[tuple[EncoderSpec, Path, int, int | None]], jobs: int
) -> Iterator[SweepPoint]:
    """Yield the points as they get done."""
    if jobs == 1:
        yield from (measure(*task) for task in tasks)
        return
    with process_pool(jobs) as pool:
        yield from (done.result() for done in as_completed([pool.submit(measure, *task) for task in tasks]))


def _append(results: Path, point: SweepPoint) -> None:
    """Add one line in a single write, so that an interrupted sweep leaves whole lines only."""
    with results.open("a", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(SweepPoint)])
        if stream.tell() == 0:
            writer.writeheader()
        writer.writerow(asdict(point))


def _fps(points: Sequence[SweepPoint], seconds: str) -> float:
    """Pictures a second over all points."""
    return sum(point.frames for point in points) / float(sum(getattr(point, seconds) for point in points))
