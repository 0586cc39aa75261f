# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Rate and distortion of the Cool-chic encoder: python -m benchmarks.coolchic_rd run|table ...

`photos` writes the photographs as y4m, so that a sweep can give them to other encoders. `run` measures what the results
lack, the most telling points first, and goes on where it was stopped, within a clip too. `table` compares with recorded
sweeps of other encoders. Lambda is in the column `qp`, in millionths.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from itertools import islice
from pathlib import Path
from time import process_time

import inloop
from inloop.coolchic import Decoder
from inloop.coolchic.encoder import Ablation, Encoder, EncoderOptions
from inloop.coolchic.encoder.sources import planes_of_frames
from inloop.errors import ConfigError
from inloop.evaluate.bdrate import bd_rate
from inloop.evaluate.metrics import PsnrMeter, weighted_psnr
from inloop.evaluate.sweep import SweepPoint, read_points
from inloop.extras import import_extra
from inloop.io import VideoInfo, open_video, open_video_writer
from inloop.pipeline import SequenceMd5
from inloop.video.frame import Frame

PHOTOS = ("clic25_100a02c269c5", "clic25_b51d5fb53724", "clic25_0c49a5cce349", "clic25_28d24b9c83de")
"""The first two are held out of the training of our filters, the others are not."""
PHOTO_SIZE = (384, 256)
CLIPS = ("davis_blackswan_416x240", "flutter_bee_416x240")
PICTURES = 17
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
    def options(self) -> EncoderOptions:
        return EncoderOptions(lmbda=self.lmbda, effort=self.effort, ablation=ABLATIONS[self.ablation])


def cases(photo_effort: str, clip_effort: str) -> Iterator[Case]:
    """Yield what is measured, the most telling first."""
    for clip in CLIPS:
        yield Case(clip, 2e-3, clip_effort)
    for lmbda in (1e-3, 4e-3, 2.5e-4):
        for photo in PHOTOS:
            yield Case(photo, lmbda, photo_effort)
    for lmbda in (5e-4, 6e-3):
        for clip in CLIPS:
            yield Case(clip, lmbda, clip_effort)
    for clip in CLIPS:
        for ablation in ("_alpha1", "_beta05"):
            yield Case(clip, 2e-3, clip_effort, ablation)


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


def measure(case: Case, data: Path, work: Path, threads: int) -> SweepPoint:
    """Encode and decode; CPU times are of this process, so `encode_s` needs one thread and no interruption."""
    frames, fps = load(data, case.clip)
    pictures, format_ = planes_of_frames(frames)
    parts = work / f"{case.encoder}_{case.clip}_{case.lmbda:g}.parts"
    encoder = Encoder(pictures, format_, case.options, parts)
    start, made = process_time(), {}
    for picture in encoder.run(threads):
        made[picture.display_index] = picture
        seconds = process_time() - start
        print(
            f"{case.command}: picture {picture.display_index}, {len(picture.data)} bytes, {seconds:.1f} s",
            flush=True,
        )
    encode_s = process_time() - start
    stream = encoder.stream()
    meter, own, decoded = PsnrMeter(), SequenceMd5(), SequenceMd5()
    start = process_time()
    shown = list(Decoder(stream))
    decode_s = process_time() - start
    for index, (source, picture) in enumerate(zip(frames, shown, strict=True)):
        assert isinstance(picture, Frame)
        meter.add(source, picture)
        decoded.add(picture)
        own.add(Frame(*(plane.astype(source.y.dtype) for plane in made[index].planes), pts=index))
    psnr = meter.psnr()
    encoder.forget()
    return SweepPoint(
        case.encoder,
        case.clip,
        round(case.lmbda * 1e6),
        len(frames),
        8 * len(stream),
        float(8 * len(stream) * fps / len(frames) / 1000),
        *psnr,
        encode_s,
        decode_s,
        own.hexdigest(),
        decoded.hexdigest(),
        "",
        inloop.get_isa(),
        inloop.__version__,
        case.command,
        weighted_psnr(psnr, 6),
        weighted_psnr(psnr, 8),
    )


def run(arguments: argparse.Namespace) -> None:
    arguments.work.mkdir(parents=True, exist_ok=True)
    for case in cases(arguments.photo_effort, arguments.clip_effort):
        known = {point.key for point in read_points(arguments.results)}
        if (case.encoder, case.command) in known or arguments.only not in case.command:
            continue
        point = measure(case, arguments.data, arguments.work, arguments.threads)
        with arguments.results.open("a", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, [field.name for field in fields(SweepPoint)])
            if stream.tell() == 0:
                writer.writeheader()
            writer.writerow(asdict(point))


def write_photos(arguments: argparse.Namespace) -> None:
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name in PHOTOS:
        frames, fps = load(arguments.data, name)
        info = VideoInfo(*PHOTO_SIZE, fps, 8)
        with open_video_writer(arguments.output / f"{name}.y4m", info) as writer:
            writer.write(frames[0])


def _bpp(point: SweepPoint) -> float:
    width, height = PHOTO_SIZE if point.clip in PHOTOS else (416, 240)
    return point.bits / point.frames / width / height


def _rate(anchor: Sequence[SweepPoint], test: Sequence[SweepPoint]) -> str:
    """Return the BD-rate over PSNR 6:1:1; of a single point, the difference to the anchor's interpolated rate."""
    curves = [[(_bpp(point), point.psnr_611) for point in points] for points in (anchor, test)]
    try:
        return f"{bd_rate(*curves, min_overlap=0.2):+.1f} %"
    except ConfigError:
        return "-"


def table(arguments: argparse.Namespace) -> None:
    points = [point for results in arguments.results for point in read_points(results)]
    names = list(dict.fromkeys(point.encoder for point in points))
    for clip in (*PHOTOS, *CLIPS):
        own = {name: [p for p in points if p.clip == clip and p.encoder == name] for name in names}
        print(
            f"\n{clip}\n\n| encoder | bits a sample, PSNR Y, PSNR 6:1:1 | BD-rate 6:1:1 of Cool-chic against it |"
        )
        print("|---|---|---|")
        ours = own.get(arguments.ours, [])
        for name, mine in own.items():
            if not mine:
                continue
            cells = ", ".join(
                f"{_bpp(p):.3f} {p.psnr_y:.2f} {p.psnr_611:.2f}" for p in sorted(mine, key=lambda p: -p.bits)
            )
            print(f"| {name} | {cells} | {'' if name == arguments.ours else _rate(mine, ours)} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run")
    running.add_argument("--data", type=Path, required=True, help="folder with test/ and train/photos/")
    running.add_argument("--results", type=Path, default=Path("benchmarks/rd/results/coolchic.csv"))
    running.add_argument(
        "--work", type=Path, required=True, help="folder for finished pictures of unfinished clips"
    )
    running.add_argument("--only", default="", help="part of the commands to run")
    running.add_argument("--photo-effort", default="fast")
    running.add_argument("--clip-effort", default="draft")
    running.add_argument("--threads", type=int, default=1)
    running.set_defaults(function=run)
    photos = commands.add_parser("photos")
    photos.add_argument("--data", type=Path, required=True)
    photos.add_argument("--output", type=Path, required=True)
    photos.set_defaults(function=write_photos)
    tabled = commands.add_parser("table")
    tabled.add_argument("results", type=Path, nargs="+")
    tabled.add_argument("--ours", default="coolchic_draft")
    tabled.set_defaults(function=table)
    arguments = parser.parse_args()
    arguments.function(arguments)


if __name__ == "__main__":
    main()
