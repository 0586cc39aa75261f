# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Builds training data: runs our encoder over clips and photographs and stores what the filter would see."""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self, TextIO

import av
import numpy as np
import numpy.typing as npt

from inloop.codec import Encoder, EncoderOptions
from inloop.errors import ConfigError, InloopError
from inloop.evaluate.codecs.ffmpeg_codec import FfmpegCodec
from inloop.evaluate.codecs.networks import network_at, network_bundles
from inloop.evaluate.sweeps.versions import SweepVersions
from inloop.executors import Bundle, Outcome, executor_for, package_versions
from inloop.executors.interface import Result
from inloop.nnlf import PictureFilter, load_filter
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.structure.by_name import StructureName
from inloop.train.decoded import store_decoded
from inloop.train.samples import save_picture
from inloop.train.sources import PHOTO_SUFFIXES, Source, find_sources, unknown_files
from inloop.train.table_file import append_row, read_rows
from inloop.video.frame import Frame

Plane = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

PHOTO_SIZE = (512, 768)
"""Largest height and width taken from the middle of a picture."""
STANDARD_QPS = (20, 22, 24, 27, 29, 32, 34, 37, 39, 42, 44)
MANIFEST = "manifest.csv"
_STEP = 16
"""Sizes are cut to multiples of it."""
_TEN_BIT_FORMATS = ("p10", "10le")
_BAR_WIDTH = 30


@dataclass(frozen=True)
class DataConfig:
    """What the data step makes.

    Attributes:
        sources: Folder with clips and sub-folders ``photos*`` with images, as `inloop.train.sources` finds them.
        out: Folder for the .npz files and the manifest.
        structure: As for the encoder: ``ai``, ``ldp``, ``ldb`` or ``ra``.
        frames: All-intra: pictures a clip, evenly spread. Otherwise: consecutive pictures of one encode.
        keep_every: Other than all-intra: store every n-th picture.
        begin: Other than all-intra: share of a clip in front of the encoded pictures, less where it is short of them.
        qps: QPs to draw from.
        qps_per_source: How many of them each clip (or photograph) is encoded at.
        encoder: ``inloop``, or a key of `inloop.evaluate.codecs.ffmpeg_options.FFMPEG_ENCODERS`: decoded pictures for
            networks that see nothing else, at rate factors in place of QPs, with the encoder's own structure.
        preset: Preset of the encoder.
        bit_depth: Internal bit depth; None: that of the source.
        clips: Whether clips are sources; otherwise photographs alone.
        moving_photos: Other than all-intra: the images serve, too, as clips of a camera that moves over them; otherwise
            they are for all-intra only.
        nnlf: Name or path of a filter that runs in the loop while the data is made: the second round. None: no filter.
    """

    sources: Path
    out: Path
    structure: StructureName = "ra"
    frames: int = 33
    keep_every: int = 2
    qps: tuple[int, ...] = STANDARD_QPS
    qps_per_source: int = 6
    preset: str = "medium"
    encoder: str = "inloop"
    bit_depth: int | None = None
    nnlf: str | None = None
    begin: float = 0.0
    moving_photos: bool = False
    clips: bool = True


@dataclass(frozen=True)
class Job:
    """One source at one QP.

    Attributes:
        source: Clip or photograph.
        qp: What it is encoded at.
        name: Name of its files and of its row in the manifest.
    """

    source: Source
    qp: int
    name: str


@dataclass(frozen=True)
class DistantJob:
    """A job on a machine that may not have the folders of this one.

    Attributes:
        config: What the data step makes.
        job: The source and its QP.
        path: Where the source lies here, for messages.
    """

    config: DataConfig
    job: Job
    path: Path

    def bundles(self) -> Sequence[Bundle]:
        """Return the source and the filter. Raises OSError where one cannot be read."""
        return (Bundle.of(self.path), *network_bundles(self.config.nnlf or ""))

    def at(self, places: Mapping[Path, Path]) -> Self:
        """Return the same job with files at other places."""
        nnlf = None if self.config.nnlf is None else network_at(self.config.nnlf, places)
        source = replace(self.job.source, path=places.get(self.path, self.path))
        return replace(self, config=replace(self.config, nnlf=nnlf), job=replace(self.job, source=source))


class Recorder:
    """Stands in for the filter: stores what the encoder hands over, then filters or leaves the picture as it is."""

    def __init__(
        self, prefix: Path, source: str, keep_every: int = 1, inner: PictureFilter | None = None
    ) -> None:
        self.prefix, self.source, self.keep_every, self.inner = prefix, source, keep_every, inner
        self.count = 0
        self.stored = 0

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Store one picture; the empty payload means unfiltered.

        Args:
            coded: The picture up to deblocking.
            original: Y, Cb, Cr of the source, padded to the coded size.
        """
        if self.count % self.keep_every == 0:
            path = self.prefix.with_name(f"{self.prefix.name}_{self.count:03d}.npz")
            save_picture(path, coded, original, self.source)
            self.stored += 1
        self.count += 1
        return FilterResult(b"", None) if self.inner is None else self.inner.filter_picture(coded, original)


def read_clip(path: Path) -> Iterator[Frame]:
    """Yield the pictures of a clip or image as 4:2:0, 10 bit where it has them, else 8 bit."""
    with av.open(str(path)) as container:
        if not container.streams.video:
            raise ConfigError("it has no pictures")
        for index, picture in enumerate(container.decode(video=0)):
            ten = any(mark in picture.format.name for mark in _TEN_BIT_FORMATS)
            yield Frame.from_av(picture.reformat(format="yuv420p10le" if ten else "yuv420p"), index)


def crop_frame(frame: Frame, height: int, width: int) -> Frame:
    """Cut the middle out of a frame, to multiples of 16.

    Args:
        frame: The frame.
        height: Luma rows at most.
        width: Luma columns at most.

    Raises:
        ConfigError: It is lower or narrower than 16.
    """

    def middle(plane: Plane, h: int, w: int) -> Plane:
        y, x = (plane.shape[0] - h) // 2, (plane.shape[1] - w) // 2
        return plane[y : y + h, x : x + w].copy()

    h = min(height, frame.height) // _STEP * _STEP
    w = min(width, frame.width) // _STEP * _STEP
    if not h or not w:
        raise ConfigError(f"its pictures of {frame.width}x{frame.height} are too small")
    u, v = (middle(plane, h // 2, w // 2) for plane in (frame.u, frame.v))
    return Frame(middle(frame.y, h, w), u, v, frame.bit_depth)


def load_source(path: Path, config: DataConfig) -> list[Frame]:
    """Return the pictures of a clip or photograph that a job encodes.

    Args:
        path: The file.
        config: How many pictures are taken, from where, and at which bit depth.

    Raises:
        ConfigError: It has no pictures, or too small ones.
    """
    if path.suffix.lower() in PHOTO_SUFFIXES and config.structure != "ai":
        # It needs torch, which a machine that only codes clips can do without.
        from inloop.train.moving_photo import moving_photo

        rng = np.random.default_rng(zlib.crc32(path.stem.encode()))
        return list(moving_photo(next(read_clip(path)), config.frames, rng))
    frames = [crop_frame(frame, *PHOTO_SIZE) for frame in read_clip(path)]
    if not frames:
        raise ConfigError("it has no pictures")
    if config.structure == "ai":
        return frames[:: max(1, len(frames) // config.frames)][: config.frames]
    first = max(0, min(len(frames) - config.frames, int(len(frames) * config.begin)))
    return frames[first : first + config.frames]


def jobs(config: DataConfig) -> Iterator[Job]:
    """Yield the jobs in an order that spreads sources and QPs early on. Raises ConfigError where there is no source."""
    photos = config.structure == "ai" or config.moving_photos
    sources = find_sources(config.sources, clips=config.clips, photos=photos)
    coded = config.structure if config.encoder == "inloop" else f"{config.encoder}_{config.structure}"
    depth = "" if config.bit_depth is None else f"_{config.bit_depth}bit"
    loop = "" if config.nnlf is None else "_" + Path(config.nnlf).stem
    loop += f"_from{round(100 * config.begin)}" if config.begin else ""
    stride = max(1, len(config.qps) // config.qps_per_source)
    for turn in range(config.qps_per_source):
        for source in sources:
            offset = zlib.crc32(source.path.stem.encode())
            qp = config.qps[(offset + turn * stride) % len(config.qps)]
            yield Job(source, qp, f"{source.name}_{coded}_qp{qp}{depth}{loop}")


def settings_of(config: DataConfig, source: Source) -> dict[str, str]:
    """Return what a job's pictures depend on besides its name, as the manifest has it."""
    return {
        "source": source.path.name,
        "source_sha256": hashlib.sha256(source.path.read_bytes()).hexdigest(),
        "encoder": config.encoder,
        "structure": config.structure,
        "preset": config.preset,
        "nnlf": config.nnlf or "",
        "frames": str(config.frames),
        "keep_every": str(1 if config.structure == "ai" else config.keep_every),
    }


def run_job(config: DataConfig, job: Job) -> dict[str, object] | str:
    """Encode one source at one QP, store its pictures, and return its row of the manifest, or why it is left out.

    Args:
        config: What the data step makes.
        job: The source and its QP.
    """
    try:
        frames = load_source(job.source.path, config)
    except (av.FFmpegError, InloopError) as error:
        if isinstance(error, OSError) and not isinstance(error, ValueError):
            raise  # The disk failed, not what is on it.
        return f"{job.source.path} is left out: {error}"
    store = _store_coded if config.encoder == "inloop" else _store_of_peer
    pictures = store(config, job, frames)
    return {"job": job.name, **settings_of(config, job.source), "qp": job.qp, "pictures": pictures}


def _store_coded(config: DataConfig, job: Job, frames: list[Frame]) -> int:
    """Store what our encoder hands to a filter; return the number of pictures."""
    inner = None if config.nnlf is None else PictureFilter(load_filter(config.nnlf))
    keep_every = 1 if config.structure == "ai" else config.keep_every
    recorder = Recorder(config.out / job.name, job.source.name, keep_every, inner)
    options = EncoderOptions(
        qp=job.qp,
        structure=config.structure,
        nnlf=recorder,
        preset=config.preset,
        bit_depth=frames[0].bit_depth,
        internal_bit_depth=max(config.bit_depth or 0, frames[0].bit_depth),
    )
    encoder = Encoder(frames[0].width, frames[0].height, 30, options)
    for frame in frames:
        encoder.encode(frame)
    encoder.flush()
    return recorder.stored


def _store_of_peer(config: DataConfig, job: Job, frames: list[Frame]) -> int:
    """Store what a peer's stream decodes to, or one stream a picture for all-intra; return the number of pictures."""
    prefix, source = config.out / job.name, job.source.name
    if config.structure != "ai":
        return store_decoded(prefix, source, config.encoder, frames, job.qp, config.preset, config.keep_every)
    return sum(
        store_decoded(prefix.with_name(f"{job.name}_{i}"), source, config.encoder, [f], job.qp, config.preset)
        for i, f in enumerate(frames)
    )


def build(
    config: DataConfig, processes: int = 1, stream: TextIO | None = None, scheduler: str | None = None
) -> None:
    """Make all jobs that the manifest does not list yet; a stopped build goes on where it was.

    Sources that cannot be read are left out, which is said.

    Args:
        config: What the data step makes.
        processes: How many jobs run at a time, each in a process of its own.
        stream: Where progress and warnings are written; None for standard error.
        scheduler: Address of a Dask scheduler whose workers do the jobs, in the place of processes.

    Raises:
        ConfigError: There is no source that can be read, the folder has pictures that were made otherwise, or there
            are processes and a scheduler.
        InloopError: A job fails.
    """
    out = stream or sys.stderr
    every = list({job.name: job for job in jobs(config)}.values())
    if config.clips and (others := unknown_files(config.sources)):
        out.write(
            f"inloop: warning: no clips by their names: {', '.join(others[:5])}{', ...' * (len(others) > 5)}\n"
        )
    config.out.mkdir(parents=True, exist_ok=True)
    manifest = config.out / MANIFEST
    rows = {row["job"]: row for row in read_rows(manifest)}
    for source in {job.source for job in every if job.name in rows}:
        made = [rows[job.name] for job in every if job.source == source and job.name in rows]
        _check_settings(config, source, made)
    waiting = [job for job in every if job.name not in rows]
    count, left_out = len(every) - len(waiting), set()
    for row in _rows(config, waiting, processes, scheduler):
        count += 1
        if isinstance(row, str):
            if row not in left_out:
                out.write(f"inloop: warning: {row}\n")
            left_out.add(row)
            continue
        append_row(manifest, row)
        _draw_bar(count, len(every), str(row["job"]), out)
    if not read_rows(manifest):
        raise ConfigError(f"no source in {config.sources} can be read")


def _check_settings(config: DataConfig, source: Source, made: list[dict[str, str]]) -> None:
    """Raise what differs between what is asked for and what was made; older manifests do not say everything."""
    for name, wanted in settings_of(config, source).items():
        for row in made:
            unknown = not row.get(name) and name != "nnlf"
            if unknown or row[name] == wanted:
                continue
            was = "of another file" if name.startswith("source") else f"with {name} {row[name] or 'none'}"
            raise ConfigError(
                f"{config.out} has pictures of {source.path.name} that were made {was}: choose another folder, or "
                "delete that one"
            )


def _rows(
    config: DataConfig, waiting: list[Job], processes: int, scheduler: str | None
) -> Iterator[dict[str, object] | str]:
    """Run the jobs and yield their rows, or why they have none, as they end."""
    if scheduler is None:
        tasks = {job.name: job for job in waiting}
        yield from map(_result, executor_for(processes).run(partial(run_job, config), tasks))
        return
    peers = () if config.encoder == "inloop" else (FfmpegCodec(config.encoder, config.preset),)
    versions = SweepVersions(peers) if peers else package_versions
    cluster = executor_for(None if processes == 1 else processes, scheduler, versions=versions)
    distant = {job.name: DistantJob(config, job, job.source.path) for job in waiting}
    for row, files in map(_result, cluster.run(run_distant_job, distant)):
        for name, data in files.items():
            (config.out / name).write_bytes(data)
        yield row if isinstance(row, str) else {**row, "nnlf": config.nnlf or ""}


def run_distant_job(task: DistantJob) -> tuple[dict[str, object] | str, dict[str, bytes]]:
    """Run a job; return what `run_job` does, and its files with their names."""
    with TemporaryDirectory() as name:
        row = run_job(replace(task.config, out=Path(name)), task.job)
        if isinstance(row, str):
            return row.replace(str(task.job.source.path), str(task.path)), {}
        return row, {path.name: path.read_bytes() for path in sorted(Path(name).iterdir())}


def _result(outcome: Outcome[Result]) -> Result:
    if outcome.error is not None:
        raise outcome.error
    assert outcome.result is not None
    return outcome.result


def _draw_bar(count: int, total: int, name: str, stream: TextIO) -> None:
    filled = _BAR_WIDTH * count // total
    ending = "\n" if count == total or not stream.isatty() else "\r"
    stream.write(f"[{'#' * filled}{'.' * (_BAR_WIDTH - filled)}] {count}/{total} {name:60.60}{ending}")
    stream.flush()
