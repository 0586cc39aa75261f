# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sweeps: encoders x clips x QPs, one line of a CSV a point, resumable; BD-rates per clip and their mean.

A specification is a TOML file:

    clips = ["../clips/*_416x240.mkv"]   # patterns, relative to the file
    qps = [22, 27, 32, 37]
    frames = 60                          # at most; without it, all

    [encoders.off]                       # the first one is the anchor
    structure = "ldp"

    [encoders.lop]
    structure = "ldp"
    nnlf = "lop"                         # as --nnlf
    nnlf_mode = "loop"
"""

from __future__ import annotations

import csv
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, fields
from importlib.util import find_spec
from pathlib import Path
from statistics import fmean

import inloop
from inloop.errors import ConfigError
from inloop.evaluate.bdrate import BdRates, bd_rates
from inloop.evaluate.peer import ffmpeg_md5
from inloop.evaluate.trial import FilterMode, Structure, TrialSettings, run_trial
from inloop.frame import Psnr
from inloop.io import open_video
from inloop.nnlf import load_filter
from inloop.pipeline import select_frames


@dataclass(frozen=True, slots=True)
class EncoderSpec:
    """One encoder of a sweep: how `inloop` is to encode."""

    name: str
    structure: Structure = "ldp"
    nnlf: str = "off"
    nnlf_mode: FilterMode = "loop"

    def command(self, clip: Path, qp: int, frames: int | None) -> str:
        """Return the command line that makes the same stream, beside the clip."""
        words = [
            "inloop",
            "encode",
            clip.name,
            "-o",
            "out.hevc",
            "--qp",
            str(qp),
            "--structure",
            self.structure,
        ]
        if self.nnlf != "off":
            words += ["--nnlf", self.nnlf, "--nnlf-mode", self.nnlf_mode]
        if frames is not None:
            words += ["--frames", str(frames)]
        return shlex.join(words)


@dataclass(frozen=True, slots=True)
class SweepSpec:
    """What a sweep measures; the first encoder is the anchor of the BD-rates."""

    encoders: tuple[EncoderSpec, ...]
    clips: tuple[Path, ...]
    qps: tuple[int, ...]
    frames: int | None = None


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One line of the CSV. Times are wall-clock seconds inside the codec; `ffmpeg_md5` is empty without PyAV."""

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

    @property
    def psnr(self) -> Psnr:
        """PSNR of Y, U and V in dB."""
        return Psnr(self.psnr_y, self.psnr_u, self.psnr_v)

    @property
    def key(self) -> tuple[str, str]:
        """What tells a point from the others; the program's version does not: new results need a new file."""
        return self.encoder, self.command


@dataclass(frozen=True, slots=True)
class BdRow:
    """BD-rates of one encoder against the anchor on one clip, in percent, and its pictures a second."""

    encoder: str
    clip: str
    rates: BdRates
    encode_fps: float
    decode_fps: float


def read_spec(path: Path) -> SweepSpec:
    """Return the specification in a TOML file.

    Raises OSError, and ConfigError where the file is no TOML, lacks something or names what is not there.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        encoders = tuple(EncoderSpec(name, **options) for name, options in table["encoders"].items())
        clips = tuple(clip for pattern in table["clips"] for clip in _matching(path.parent, pattern))
        spec = SweepSpec(encoders, clips, tuple(table.get("qps", (22, 27, 32, 37))), table.get("frames"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    except KeyError as error:
        raise ConfigError(f"{path}: no entry {error}") from None
    if not spec.encoders:
        raise ConfigError(f"{path}: no encoders")
    return spec


def run_sweep(spec: SweepSpec, results: Path, jobs: int = 1) -> Iterator[SweepPoint]:
    """Measure the points that `results` lacks, append each to it at once, and yield every point of the sweep.

    jobs: processes; with more than one, times are those of a shared machine. Raises what a trial raises.
    """
    known = {point.key: point for point in read_points(results)}
    wanted = [(encoder, clip, qp) for clip in spec.clips for encoder in spec.encoders for qp in spec.qps]
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
    """Return a row for each clip and each encoder but the anchor, in the order of the points; errors as `bd_rates`."""
    curves: dict[tuple[str, str], list[SweepPoint]] = {}
    for point in points:
        curves.setdefault((point.encoder, point.clip), []).append(point)
    return [
        BdRow(
            encoder,
            clip,
            bd_rates(curves[anchor, clip], curve),
            _fps(curve, "encode_s"),
            _fps(curve, "decode_s"),
        )
        for (encoder, clip), curve in curves.items()
        if encoder != anchor
    ]


def mean_rates(rows: Sequence[BdRow]) -> BdRates:
    """Return the mean over clips of per-clip BD-rates."""
    return BdRates(*(fmean(row.rates[plane] for row in rows) for plane in range(3)))


def read_points(results: Path) -> list[SweepPoint]:
    """Return the points of a CSV; none where there is no such file. Raises ConfigError for another table."""
    if not results.exists():
        return []
    with results.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    types = {
        field.name: {"int": int, "float": float}.get(str(field.type), str) for field in fields(SweepPoint)
    }
    try:
        return [SweepPoint(**{name: convert(row[name]) for name, convert in types.items()}) for row in rows]
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigError(f"{results}: not a table of sweep points ({error!r})") from None


def measure(encoder: EncoderSpec, clip: Path, qp: int, frames: int | None) -> SweepPoint:
    """Run one trial and return its point."""
    with open_video(clip) as video:
        fps = video.info.fps
        pictures = list(select_frames(video, 0, frames))
    mode = None if encoder.nnlf == "off" else encoder.nnlf_mode
    model = None if mode is None else load_filter(encoder.nnlf)
    trial = run_trial(pictures, fps, TrialSettings(qp, encoder.structure, mode), model)
    return SweepPoint(
        encoder=encoder.name,
        clip=clip.stem,
        qp=qp,
        frames=trial.frames,
        bits=trial.bits,
        bitrate_kbps=trial.bitrate_kbps,
        psnr_y=trial.psnr.y,
        psnr_u=trial.psnr.u,
        psnr_v=trial.psnr.v,
        encode_s=trial.encode_s,
        decode_s=trial.decode_s,
        encoder_md5=trial.encoder_md5,
        decoder_md5=trial.decoder_md5,
        ffmpeg_md5=_peer_md5(trial.stream),
        isa=inloop.get_isa(),
        version=inloop.__version__,
        command=encoder.command(clip, qp, frames),
    )


def _measure_all(
    tasks: Sequence[tuple[EncoderSpec, Path, int, int | None]], jobs: int
) -> Iterator[SweepPoint]:
    """Yield the points as they get done."""
    if jobs == 1:
        yield from (measure(*task) for task in tasks)
        return
    with ProcessPoolExecutor(jobs) as pool:
        pending = [pool.submit(measure, *task) for task in tasks]
        try:
            yield from (done.result() for done in as_completed(pending))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _append(results: Path, point: SweepPoint) -> None:
    """Add one line in a single write, so that an interrupted sweep leaves whole lines only."""
    with results.open("a", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(SweepPoint)])
        if stream.tell() == 0:
            writer.writeheader()
        writer.writerow(asdict(point))


def _peer_md5(stream: bytes) -> str:
    return ffmpeg_md5(stream) if find_spec("av") is not None else ""


def _fps(points: Sequence[SweepPoint], seconds: str) -> float:
    """Pictures a second over all points."""
    return sum(point.frames for point in points) / float(sum(getattr(point, seconds) for point in points))


def _matching(folder: Path, pattern: str) -> list[Path]:
    clips = sorted(folder.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
    if not clips:
        raise ConfigError(f"no clip matches {folder / pattern}")
    return clips
