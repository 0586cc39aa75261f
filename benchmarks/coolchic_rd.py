# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Rate and distortion of the Cool-chic encoder: python -m benchmarks.coolchic_rd sources|run|table|page ...

`sources` writes the photographs as y4m, for sweeps over other encoders. `run` measures what
the results lack, the most telling points first, and goes on where it was stopped, within a clip too. `table` compares
with sweeps of other encoders, and `page` makes the benchmark's report of both. Lambda is the value of a point, in
millionths.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from pathlib import Path

import numpy as np

import inloop
from benchmarks.recorded import read_points
from inloop.coolchic import Decoder
from inloop.coolchic.encoder import Ablation, Encoder, EncoderOptions
from inloop.coolchic.encoder.sources import planes_of_frames
from inloop.errors import ConfigError
from inloop.evaluate.bdrate import bd_rate
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.cost import measured
from inloop.evaluate.quality import measure_quality
from inloop.evaluate.sweeps.folder import POINTS, write_report
from inloop.evaluate.sweeps.point import Conditions, Point, this_machine
from inloop.evaluate.sweeps.spec import EncoderSpec, SweepSpec
from inloop.evaluate.sweeps.store import PointStore
from inloop.evaluate.sweeps.summary import summarise
from inloop.extras import import_extra
from inloop.io import VideoInfo, open_video, open_video_writer
from inloop.pipeline import SequenceMd5
from inloop.video.frame import Frame

PHOTOS = ("clic25_100a02c269c5", "clic25_b51d5fb53724", "clic25_0c49a5cce349", "clic25_28d24b9c83de")
"""The first two are held out of the training of our filters, the others are not."""
PHOTO_SIZE = (384, 256)
CLIPS = ("davis_blackswan_416x240", "flutter_bee_416x240")
PICTURES = 17
PHOTO_LAMBDAS = (1e-3, 4e-3, 2.5e-4)
CLIP_LAMBDAS = (2e-3, 5e-4, 6e-3)
ABLATIONS = {"": Ablation(), "_alpha1": Ablation(fixed_alpha=True), "_beta05": Ablation(fixed_beta=True)}


@dataclass(frozen=True)
class Case:
    """One point to measure."""

    clip: str
    lmbda: float
    effort: str
    ablation: str = ""

    @property
    def encoder(self) -> str:
        return f"coolchic_{self.effort}{self.ablation}"

    @property
    def command(self) -> str:
        fixed = {"": "", "_alpha1": " --fixed-alpha", "_beta05": " --fixed-beta"}[self.ablation]
        clip = f"{self.clip}.mkv -n {PICTURES}" if self.clip in CLIPS else f"{self.clip}.y4m"
        return (
            f"inloop coolchic encode {clip} -o out.bin --lmbda {self.lmbda:g} --effort {self.effort}{fixed}"
        )

    @property
    def key(self) -> str:
        return f"{self.encoder} {self.command}"

    @property
    def options(self) -> EncoderOptions:
        return EncoderOptions(lmbda=self.lmbda, effort=self.effort, ablation=ABLATIONS[self.ablation])


def cases(photo_effort: str, clip_effort: str) -> Iterator[Case]:
    """Yield what is measured, the most telling first."""
    for ablation in ABLATIONS:
        for clip in CLIPS:
            yield Case(clip, CLIP_LAMBDAS[0], clip_effort, ablation)
    for clip, lmbda in product(CLIPS, CLIP_LAMBDAS[1:]):
        yield Case(clip, lmbda, clip_effort)
    for lmbda, name in product(PHOTO_LAMBDAS, PHOTOS):
        yield Case(name, lmbda, photo_effort)


def photo(path: Path) -> Frame:
    """Return the middle of a photograph in 4:2:0 (BT.601, by libswscale)."""
    av = import_extra("av", "video")
    with av.open(str(path)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    width, height = PHOTO_SIZE
    top, left = (picture.shape[0] - height) // 2, (picture.shape[1] - width) // 2
    crop = av.VideoFrame.from_ndarray(picture[top : top + height, left : left + width].copy(), format="rgb24")
    planes = crop.reformat(format="yuv420p").to_ndarray()
    luma, chroma = planes[:height], planes[height:].reshape(2, height // 2, width // 2)
    return Frame(luma, chroma[0], chroma[1], pts=0)


def load(data: Path, clip: str) -> tuple[list[Frame], Fraction]:
    """Return pictures and their rate."""
    if clip in PHOTOS:
        return [photo(data / "train" / "photos" / f"{clip}.png")], Fraction(25)
    with open_video(data / "test" / f"{clip}.mkv") as video:
        return list(islice(video, PICTURES)), video.info.fps


def measure(case: Case, data: Path, work: Path, threads: int) -> Point:
    """Encode and decode; CPU times are of this process, so that of encoding needs one thread and no interruption."""
    frames, fps = load(data, case.clip)
    pictures, format_ = planes_of_frames(frames)
    parts = work / f"{case.encoder}_{case.clip}_{case.lmbda:g}.parts"
    encoder, made = Encoder(pictures, format_, case.options, parts), {}
    with measured() as encode:
        for picture in encoder.run(threads):
            made[picture.display_index] = picture
            print(f"{case.command}: picture {picture.display_index}, {len(picture.data)} bytes", flush=True)
    stream = encoder.stream()
    with measured() as decode:
        shown = list(Decoder(stream))
    own, decoded = SequenceMd5(), SequenceMd5()
    for index, (source, picture) in enumerate(zip(frames, shown, strict=True)):
        assert isinstance(picture, Frame)
        decoded.add(picture)
        own.add(Frame(*(plane.astype(source.y.dtype) for plane in made[index].planes), pts=index))
    quality = measure_quality(frames, shown, ["psnr"])
    encoder.forget()
    first, bits = frames[0], 8 * len(stream)
    return Point(
        key=case.key,
        conditions=Conditions(
            case.encoder, "coolchic", case.clip, first.width, first.height, float(fps), first.bit_depth,
            len(frames), "qp", round(case.lmbda * 1e6), case.command,
        ),
        bits=bits,
        bitrate_kbps=float(bits * fps / len(frames) / 1000),
        quality=quality.values,
        families=("psnr",),
        pictures=quality.pictures,
        encode=encode(),
        decode=decode(),
        checks={"encoder": own.hexdigest(), "inloop": decoded.hexdigest()},
        tools={"codec": f"inloop {inloop.__version__}", **quality.tools},
        machine=this_machine(),
    )  # fmt: skip


def run(arguments: argparse.Namespace) -> None:
    arguments.work.mkdir(parents=True, exist_ok=True)
    store = PointStore(arguments.results)
    for case in cases(arguments.photo_effort, arguments.clip_effort):
        if store.find(case.key, ("psnr",)) is None and arguments.only in case.command:
            store.add(measure(case, arguments.data, arguments.work, arguments.threads))


def write_sources(arguments: argparse.Namespace) -> None:
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name in PHOTOS:
        frames, fps = load(arguments.data, name)
        info = VideoInfo(frames[0].width, frames[0].height, fps, 8)
        with open_video_writer(arguments.output / f"{name}.y4m", info) as writer:
            for frame in frames:
                writer.write(frame)


def _bpp(point: Point) -> float:
    """Return bits a luma sample."""
    of = point.conditions
    return point.bits / of.frames / of.width / of.height


def _cell(point: Point) -> str:
    return f"{_bpp(point):.3f} {point.quality['psnr_y']:.2f} {point.quality['psnr_611']:.2f}"


def _rate(anchor: Sequence[Point], test: Sequence[Point]) -> str:
    """Return the BD-rate over PSNR 6:1:1; of a single point, its rate against the anchor's at the same PSNR."""
    curves = [
        sorted((point.quality["psnr_611"], _bpp(point)) for point in points) for points in (anchor, test)
    ]
    if len(curves[1]) == 1 and len(curves[0]) > 1:
        psnr, bpp = curves[1][0]
        qualities, rates = zip(*curves[0], strict=True)
        if not qualities[0] <= psnr <= qualities[-1]:
            return "-"
        return f"{100 * (bpp / np.exp(np.interp(psnr, qualities, np.log(rates))) - 1):+.0f} % (one point)"
    try:
        rising = [[(bpp, psnr) for psnr, bpp in curve] for curve in curves]
        return f"{bd_rate(*rising, min_overlap=0.2):+.1f} %"
    except ConfigError:
        return "-"


def table(arguments: argparse.Namespace) -> None:
    points = [point for results in arguments.results for point in read_points(results)]
    names = list(dict.fromkeys(point.encoder for point in points))
    for clip in (*PHOTOS, *CLIPS):
        own = {name: [p for p in points if p.clip == clip and p.encoder == name] for name in names}
        if not any(own.values()):
            continue
        print(
            f"\n{clip}\n\n| encoder | bits a sample, PSNR Y, PSNR 6:1:1 | BD-rate 6:1:1 of Cool-chic against it |"
        )
        print("|---|---|---|")
        ours = own.get(arguments.ours, [])
        for name, mine in own.items():
            if not mine:
                continue
            cells = ", ".join(map(_cell, sorted(mine, key=lambda p: -p.bits)))
            print(f"| {name} | {cells} | {'' if name == arguments.ours else _rate(mine, ours)} |")


def page(arguments: argparse.Namespace) -> None:
    points = [point for results in arguments.results for point in read_points(results)]
    names = sorted({point.encoder for point in points}, key=lambda name: name != arguments.anchor)
    # The page wants to know a codec of each encoder, though it runs none.
    encoders = tuple(EncoderSpec(name, OurCodec(), "qp", ()) for name in names)
    spec = SweepSpec(encoders, (), ("psnr",), "Cool-chic beside x264, x265 and HEVC")
    rows = summarise(points, arguments.anchor)
    write_report(arguments.output, spec, points, rows, PointStore(arguments.output / POINTS))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run")
    running.add_argument("--data", type=Path, required=True, help="folder with test/ and train/photos/")
    running.add_argument("--results", type=Path, default=Path("benchmarks/rd/results/coolchic.jsonl"))
    running.add_argument(
        "--work", type=Path, required=True, help="folder for finished pictures of unfinished clips"
    )
    running.add_argument("--only", default="", help="part of the commands to run")
    running.add_argument("--photo-effort", default="fast")
    running.add_argument("--clip-effort", default="draft")
    running.add_argument("--threads", type=int, default=1)
    running.set_defaults(function=run)
    sources = commands.add_parser("sources")
    sources.add_argument("--data", type=Path, required=True)
    sources.add_argument("--output", type=Path, required=True)
    sources.set_defaults(function=write_sources)
    tabled = commands.add_parser("table")
    tabled.add_argument("results", type=Path, nargs="+")
    tabled.add_argument("--ours", default="coolchic_fast")
    tabled.set_defaults(function=table)
    paged = commands.add_parser("page")
    paged.add_argument("results", type=Path, nargs="+")
    paged.add_argument("--anchor", default="x264_medium")
    paged.add_argument("--output", type=Path, required=True, help="folder of the report")
    paged.set_defaults(function=page)
    arguments = parser.parse_args()
    arguments.function(arguments)


if __name__ == "__main__":
    main()
