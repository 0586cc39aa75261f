# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Builds training data: runs our encoder over clips and photographs and stores what the filter would see."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import av
import numpy as np
import numpy.typing as npt

from inloop.codec import Encoder
from inloop.codec.structure import StructureName
from inloop.frame import Frame
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.train.samples import save_picture

Plane = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]

PHOTO_SIZE = (512, 768)
"""Largest height and width taken from the middle of a photograph."""
STANDARD_QPS = (22, 24, 27, 29, 32, 34, 37, 39, 42)


@dataclass(frozen=True)
class DataConfig:
    """What the data step makes.

    Attributes:
        sources: Folder with clips (*.mkv, *.y4m ...) and a sub-folder ``photos`` with images.
        out: Folder for the .npz files.
        structure: As for the encoder: ``ai``, ``ldp``, ``ldb`` or ``ra``.
        frames: All-intra: pictures a clip, evenly spread. Low delay: consecutive pictures of one encode.
        keep_every: Low delay: store every n-th picture.
        qps: QPs to draw from.
        qps_per_source: How many of them each clip (or photograph) is encoded at.
    """

    sources: Path
    out: Path
    structure: StructureName = "ai"
    frames: int = 4
    keep_every: int = 1
    qps: tuple[int, ...] = STANDARD_QPS
    qps_per_source: int = 3


class Recorder:
    """Stands in for the filter: stores what the encoder hands over and leaves the picture as it is."""

    def __init__(self, prefix: Path, source: str, keep_every: int = 1) -> None:
        self.prefix, self.source, self.keep_every = prefix, source, keep_every
        self.count = 0

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Store one picture; the empty payload means unfiltered."""
        if self.count % self.keep_every == 0:
            save_picture(
                self.prefix.with_name(f"{self.prefix.name}_{self.count:03d}.npz"),
                coded,
                original,
                self.source,
            )
        self.count += 1
        return FilterResult(b"", None)


def read_clip(path: Path) -> Iterator[Frame]:
    """Yield the pictures of a clip as 8-bit 4:2:0."""
    with av.open(str(path)) as container:
        for picture in container.decode(video=0):
            yield to_frame(picture)


def to_frame(picture: av.VideoFrame) -> Frame:
    """Convert a PyAV picture to an 8-bit 4:2:0 frame."""
    planar = picture.reformat(format="yuv420p").to_ndarray()
    h, w = picture.height, picture.width
    y, chroma = planar[:h], planar[h:].reshape(2, h // 2, w // 2)
    return Frame(np.ascontiguousarray(y), np.ascontiguousarray(chroma[0]), np.ascontiguousarray(chroma[1]))


def crop_frame(frame: Frame, height: int, width: int) -> Frame:
    """Cut the middle of a frame, at most `height` x `width`, to multiples of 16."""

    def middle(plane: Plane, h: int, w: int) -> Plane:
        y, x = (plane.shape[0] - h) // 2, (plane.shape[1] - w) // 2
        return cast(Plane, np.ascontiguousarray(plane[y : y + h, x : x + w]))

    h = min(height, frame.y.shape[0]) // 16 * 16
    w = min(width, frame.y.shape[1]) // 16 * 16
    return Frame(middle(frame.y, h, w), middle(frame.u, h // 2, w // 2), middle(frame.v, h // 2, w // 2))


def encode(frames: list[Frame], qp: int, structure: StructureName, recorder: Recorder) -> None:
    """Run the encoder over `frames` with the recorder in place of the filter."""
    height, width = frames[0].y.shape
    encoder = Encoder(width, height, 30, qp=qp, structure=structure, nnlf=recorder)
    for frame in frames:
        encoder.encode(frame)
    encoder.flush()


def jobs(config: DataConfig) -> Iterator[tuple[Path, int, str]]:
    """Yield (source, QP, name of the job) in an order that spreads sources and QPs early on."""
    clips = [p for p in sorted(config.sources.iterdir()) if p.suffix in {".mkv", ".mp4", ".y4m"}]
    photos = sorted((config.sources / "photos").glob("*.png")) if config.structure == "ai" else []
    for turn in range(config.qps_per_source):
        for path in clips + photos:
            offset = zlib.crc32(path.stem.encode()) % len(config.qps)
            stride = max(1, len(config.qps) // config.qps_per_source)
            qp = config.qps[(offset + turn * stride) % len(config.qps)]
            yield path, qp, f"{path.stem}_{config.structure}_qp{qp}"


def load_source(path: Path, config: DataConfig) -> list[Frame]:
    """Read the pictures of a clip or photograph that a job encodes."""
    frames = [crop_frame(frame, *PHOTO_SIZE) for frame in read_clip(path)]
    if config.structure == "ai":
        return frames[:: max(1, len(frames) // config.frames)][: config.frames]
    return frames[: config.frames]


def build(config: DataConfig) -> None:
    """Make all jobs that are not marked as done; a stopped build goes on where it was."""
    config.out.mkdir(parents=True, exist_ok=True)
    for path, qp, name in jobs(config):
        marker = config.out / f"{name}.done"
        if marker.exists():
            continue
        encode(
            load_source(path, config),
            qp,
            config.structure,
            Recorder(config.out / name, path.stem, config.keep_every),
        )
        marker.touch()
        print(f"{name} done", flush=True)
