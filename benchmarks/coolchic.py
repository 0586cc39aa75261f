# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The table of the released Cool-chic streams: python -m benchmarks.coolchic [--rounds N] [--only NAME] [--record].

For every stream of shared/data/coolchic: bits a sample and PSNR, published and ours, where the source is at hand;
whether the hash of the latents is the recorded one; how many samples differ from the output of the authors' decoder,
where it is at hand; pictures and samples a second on one thread and on two. Rounds on one thread and on two take turns,
and a speed is the median of the rounds. --record writes all streams to history/coolchic.csv.
"""

from __future__ import annotations

import argparse
import csv
import lzma
import math
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import fmean, median

import numpy as np
import numpy.typing as npt
from PIL import Image

from inloop import Frame
from inloop.coolchic import Decoder, RgbPicture, latents_sha256

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "benchmarks" / "history" / "coolchic.csv"
SHORTEST_S = 0.05  # what one round takes at least; small streams are decoded again and again
Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class Row:
    """One stream. What cannot be told is empty.

    Attributes:
        stream: Its file, below the folder of the data.
        pictures, width, height: Its size.
        bpp, bpp_published: Bits a luma sample, those of the file and those in the authors' tables.
        psnr_db, psnr_published_db: Mean of the pictures, each from its mean squared error over all samples.
        latents_equal: Whether the SHA-256 of the latents is the one recorded with the data.
        compared, different: Samples that were compared with the authors' decoder, and those of them that differ.
        most_different: The largest difference.
        fps_1, fps_2: Pictures a second on one thread and on two.
        mpx_1, mpx_2: Million luma samples a second.
        two_threads: Time on one thread over that on two; median of the rounds.
    """

    stream: str
    pictures: int
    width: int
    height: int
    bpp: float
    bpp_published: float | None
    psnr_db: float | None
    psnr_published_db: float | None
    latents_equal: bool
    compared: int | None
    different: int | None
    most_different: int | None
    fps_1: float
    fps_2: float
    mpx_1: float
    mpx_2: float
    two_threads: float


def table_of(path: Path) -> list[dict[str, str]]:
    """Return the lines of a file of tab-separated values."""
    with path.open() as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def number(text: str) -> float | None:
    """Return the number, or None for an empty text."""
    return float(text) if text else None


def original_of(data: Path, stream: str) -> list[list[Samples]] | None:
    """Return the planes of the pictures that the authors coded, or None where they are not at hand."""
    stem = Path(stream).stem.split("-lmbda-")[0]
    for folder in ("source", "samples-feb6"):
        if (photo := data / folder / f"{stem}.png").exists():
            with Image.open(photo) as opened:
                return [list(np.moveaxis(np.asarray(opened.convert("RGB")), -1, 0))]
    clip = data / "samples-feb6" / "fiveframes-D-BasketballPass_416x240_50p_yuv420_8b.yuv"
    if "BasketballPass" not in stream or not clip.exists():
        return None
    return [split(planes, 416, 240) for planes in np.fromfile(clip, np.uint8).reshape(5, -1)]


def split(samples: Samples, width: int, height: int) -> list[Samples]:
    """Return the planes of a 4:2:0 picture."""
    luma, chroma = width * height, width * height // 4
    return [samples[:luma], samples[luma : luma + chroma], samples[luma + chroma :]]


def psnr_db(picture: Sequence[Samples], original: Sequence[Samples], bit_depth: int) -> float:
    """Return the PSNR from the mean squared error over the samples of all planes."""
    errors = [
        np.square(a.astype(np.float64).ravel() - b.ravel()) for a, b in zip(picture, original, strict=True)
    ]
    peak = (1 << bit_depth) - 1
    return 10 * math.log10(peak * peak / np.concatenate(errors).mean())


def differences(
    data: Path, row: dict[str, str], pictures: Sequence[Frame | RgbPicture]
) -> tuple[int, int, int]:
    """Return how many samples the authors' decoder was asked for, how many differ, and by how much at most."""
    if kept := re.search(r"_display((?:_\d+)+)", row["kept_file"]):
        pictures = [pictures[int(index)] for index in kept[1].split("_")[1:]]
    expected = np.frombuffer(lzma.decompress((data / "reference" / row["kept_file"]).read_bytes()), np.uint8)
    actual = np.frombuffer(b"".join(picture.to_bytes() for picture in pictures), np.uint8)
    difference = np.abs(np.subtract(actual, expected, dtype=np.int16))
    return difference.size, int(np.count_nonzero(difference)), int(difference.max())


def decode_seconds(content: bytes, threads: int, repeats: int) -> float:
    """Return the elapsed time of one decode."""
    begin = time.perf_counter()
    for _ in range(repeats):
        for _ in Decoder(content, threads):
            pass
    return (time.perf_counter() - begin) / repeats


def speeds(content: bytes, rounds: int) -> tuple[float, float, float]:
    """Return the median seconds on one thread and on two, and the median of their ratios."""
    repeats = max(1, math.ceil(SHORTEST_S / decode_seconds(content, 1, 1)))
    times = [[decode_seconds(content, threads, repeats) for threads in (1, 2)] for _ in range(rounds)]
    return median(t[0] for t in times), median(t[1] for t in times), median(t[0] / t[1] for t in times)


def measure(data: Path, source: dict[str, str], reference: dict[str, str] | None, rounds: int) -> Row:
    """Return the row of a stream."""
    content = (data / source["path"]).read_bytes()
    pictures = list(Decoder(content, 2))
    first = pictures[0]
    size = first.width * first.height
    original = original_of(data, source["path"])
    psnr = original and fmean(
        psnr_db(picture.planes, planes, picture.bit_depth)
        for picture, planes in zip(pictures, original, strict=False)
    )
    compared = (
        differences(data, reference, pictures) if reference and reference["kept_file"] else (None, None, None)
    )
    latents_equal = latents_sha256(content) == source["sha256_latents_int16le"]
    count = len(pictures)
    del pictures  # so that decoders reuse their memory, as in a player
    one, two, ratio = speeds(content, rounds)
    return Row(
        stream=source["path"],
        pictures=count,
        width=first.width,
        height=first.height,
        bpp=8 * len(content) / (size * count),
        bpp_published=number(source["published_bpp"]),
        psnr_db=psnr or None,
        psnr_published_db=number(source["published_psnr_db"]),
        latents_equal=latents_equal,
        compared=compared[0],
        different=compared[1],
        most_different=compared[2],
        fps_1=count / one,
        fps_2=count / two,
        mpx_1=count * size / one / 1e6,
        mpx_2=count * size / two / 1e6,
        two_threads=ratio,
    )


def rows_of(data: Path, rounds: int, only: str = "") -> Iterator[Row]:
    """Yield the rows of all streams, or of those whose names have a part."""
    references = {row["stream"]: row for row in table_of(data / "reference" / "reference.tsv")}
    for source in table_of(data / "SOURCES.tsv"):
        if source["sha256_latents_int16le"] and only in source["path"]:
            yield measure(data, source, references.get(source["path"]), rounds)


def written(value: object) -> str:
    """Return a value as it stands in the recorded file."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.5g}" if isinstance(value, float) else "" if value is None else str(value)


def record(rows: Sequence[Row], path: Path) -> None:
    """Write all rows."""
    with path.open("w", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(field.name for field in fields(Row))
        lines.writerows([written(value) for value in asdict(row).values()] for row in rows)


def summary(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a Markdown table with a line for each video and one for each folder of images."""
    heads = ("streams", "bits a sample", "PSNR - published, dB", "latents", "samples that differ")
    yield "| " + " | ".join((*heads, "Mpx/s, 1 thread", "fps, 1 thread", "2 threads")) + " |"
    yield "|---" * 8 + "|"
    for folder in dict.fromkeys(row.stream.split("/")[0] for row in rows):
        members = [row for row in rows if row.stream.startswith(f"{folder}/")]
        groups = [[row] for row in members] if folder.startswith("video") else [members]
        for group in groups:
            name = f"{folder}, {len(group)}" if len(group) > 1 else short_name(group[0].stream)
            yield f"| {name} | " + " | ".join(summary_cells(group)) + " |"


def short_name(stream: str) -> str:
    """Return the folder, the first letters of the clip and lambda."""
    clip, _, rest = Path(stream).stem.partition("-lmbda-")
    return f"{stream.split('/')[0]} {clip[:6]} {rest.split('_')[0]}"


def summary_cells(group: Sequence[Row]) -> Iterator[str]:
    """Yield the cells of some streams: ranges, sums and medians."""

    def spread(values: Sequence[float], form: str) -> str:
        low, high = (format(value, form) for value in (min(values), max(values)))
        return low if low == high else f"{low} to {high}"

    yield spread([row.bpp for row in group], ".4f")
    gaps = [
        row.psnr_db - row.psnr_published_db
        for row in group
        if row.psnr_db is not None and row.psnr_published_db is not None
    ]
    yield f"{max(gaps, key=abs):+.5f} ({len(gaps)})" if gaps else ""
    equal = sum(row.latents_equal for row in group)
    yield "equal" if equal == len(group) else f"{equal} of {len(group)} equal"
    compared = [(row.compared, row.different or 0) for row in group if row.compared]
    yield f"{sum(d for _, d in compared)} of {sum(c for c, _ in compared)}" if compared else ""
    yield spread([row.mpx_1 for row in group], ".0f")
    yield spread([row.fps_1 for row in group], ".0f")
    yield f"x{median(row.two_threads for row in group):.2f}"


def main() -> None:
    """Measure, print and perhaps record."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    shared = Path(os.environ.get("INLOOP_SHARED", ROOT.parent / "shared"))
    parser.add_argument(
        "--data", type=Path, default=shared / "data" / "coolchic", help="folder of the streams"
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of timing, default 3")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.relative_to(ROOT)}")
    parser.add_argument("--only", default="", help="part of the streams' names, all without it")
    arguments = parser.parse_args()
    rows = list(rows_of(arguments.data, arguments.rounds, arguments.only))
    for line in summary(rows):
        print(line)
    if arguments.record:
        record(rows, RECORD)


if __name__ == "__main__":
    main()
