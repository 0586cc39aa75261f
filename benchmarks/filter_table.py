# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Tables of a recorded filter sweep in Markdown: python -m benchmarks.filter_table RESULTS [--anchor off].

BD-rates by clip; then, for each encoder that skips blocks (NAME with NAME_all beside it, which runs the network on
every block before it decides), by size and QP and by clip and QP: the share of the samples on which decoding does not
run the network, pictures a second with all blocks and with skipping, and the decode time that skipping saves; means are
arithmetic, as in the published table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import fmean, geometric_mean

from benchmarks.recorded import read_points
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.summary import fps_of, mean_rate, summarise

ALL_BLOCKS = "_all"
Points = dict[tuple[str, str, float], Point]


def rate_table(points: Sequence[Point], anchor: str) -> Iterator[str]:
    """Yield the lines of the BD-rates."""
    rows = summarise(points, anchor)
    names = list(dict.fromkeys(row.encoder for row in rows))
    by_name = {name: [row for row in rows if row.encoder == name] for name in names}

    def line(head: str, cell: Callable[[str], str]) -> str:
        return "| " + " | ".join([head, *map(cell, names)]) + " |"

    def means(*measures: str) -> Callable[[str], str]:
        return lambda name: " / ".join(f"{mean_rate(by_name[name], measure)[0]:.2f}" for measure in measures)

    yield line("BD-rate Y, %", str)
    yield "|---" * (len(names) + 1) + "|"
    for clip in dict.fromkeys(row.clip for row in rows):
        rates = {row.encoder: row.rate("psnr_y") for row in rows if row.clip == clip}
        yield line(clip, lambda name, rates=rates: f"{rates[name]:.2f}" if name in rates else "")  # type: ignore[misc]
    yield line("**mean Y**", lambda name: f"**{means('psnr_y')(name)}**")
    yield line("mean Cb / Cr", means("psnr_u", "psnr_v"))
    yield line("mean 6:1:1 / 8:1:1", means("psnr_611", "psnr_811"))
    yield line(
        "encode time, anchor = 1",
        lambda name: f"{1 / geometric_mean(row.encode_ratio for row in by_name[name]):.2f}",
    )


def skip_table(
    points: Points, name: str, groups: dict[str, list[str]], anchor: str, qps: Sequence[float]
) -> Iterator[str]:
    """Yield the lines of skipped shares and speeds; groups: clips by what they are called together."""

    yield "| | QP | skipped, % | decode off | all blocks | skipping | time saved | encode off | all blocks | skipping |"
    yield "|---" * 10 + "|"
    saved = []
    for group, clips in groups.items():
        for qp in qps:
            share = fmean(1 - points[name, clip, qp].complexity.filtered_share for clip in clips)
            decode, encode = (
                [
                    fps_of([points[encoder, clip, qp] for clip in clips], work)
                    for encoder in (anchor, name + ALL_BLOCKS, name)
                ]
                for work in ("decode", "encode")
            )
            saved.append(decode[2] / decode[1])
            cells = [
                f"{100 * share:.0f}",
                *(f"{x:.0f}" if x >= 100 else f"{x:.1f}" for x in decode),
                f"x{saved[-1]:.2f}",
                *(f"{x:.1f}" for x in encode),
            ]
            yield f"| {group} | {qp:g} | " + " | ".join(cells) + " |"
    yield f"| mean | | | | | | x{fmean(saved):.2f} | | | |"


def tables(points: Sequence[Point], anchor: str) -> Iterator[str]:
    """Yield all lines."""
    yield from rate_table(points, anchor)
    by_key: Points = {(p.encoder, p.clip, p.conditions.value): p for p in points}
    encoders = dict.fromkeys(p.encoder for p in points)
    clips = list(dict.fromkeys(p.clip for p in points))
    qps = sorted({p.conditions.value for p in points})
    sizes: dict[str, list[str]] = {}
    for clip in clips:
        sizes.setdefault(clip.rsplit("_", 1)[-1], []).append(clip)
    for name in (name for name in encoders if name + ALL_BLOCKS in encoders):
        for groups in (sizes, {clip: [clip] for clip in clips}):
            yield f"\n`{name}`, pictures a second:\n"
            yield from skip_table(by_key, name, groups, anchor, qps)


def main() -> None:
    """Print the tables of a file."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", type=Path, help="points.jsonl of `inloop sweep`, or a CSV of rd/results")
    parser.add_argument("--anchor", default="off", help="encoder that the others are compared with")
    arguments = parser.parse_args()
    for line in tables(read_points(arguments.results), arguments.anchor):
        print(line)


if __name__ == "__main__":
    main()
