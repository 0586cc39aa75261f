# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Points of sweeps, as they are kept now (JSON lines) and as `rd/results` has older ones (CSV).

python -m benchmarks.recorded POINTS.jsonl -o PAGE.html     the page of recorded points, without pictures to look at
"""

from __future__ import annotations

import argparse
import csv
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from inloop.errors import ConfigError
from inloop.evaluate.codecs.coded import Complexity
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.cost import Cost
from inloop.evaluate.sweeps.page import render_sweep_page
from inloop.evaluate.sweeps.page_data import page_data
from inloop.evaluate.sweeps.point import Conditions, Machine, Point
from inloop.evaluate.sweeps.published import read_published
from inloop.evaluate.sweeps.spec import EncoderSpec, SweepSpec
from inloop.evaluate.sweeps.store import PointStore
from inloop.evaluate.sweeps.summary import summarise


def read_points(path: Path) -> list[Point]:
    """The points of a file. Raises ConfigError for another table."""
    if path.suffix != ".csv":
        return PointStore(path).points()
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            return [_point(row) for row in csv.DictReader(stream)]
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigError(f"{path}: not a table of sweep points ({error!r})") from None


def _point(row: Mapping[str, str]) -> Point:
    """What a line of a recorded table says; pictures a second and sizes are not in it."""
    command, value = row["command"], float(row["qp"])
    program = "inloop" if command.startswith("inloop") else "ffmpeg"
    target = next((name for name in ("crf", "bitrate") if f"--{name} " in command), "qp")
    quality = {name: float(row[name]) for name in ("psnr_y", "psnr_u", "psnr_v", "psnr_611", "psnr_811")}
    seconds = {work: float(row[f"{work}_s"]) for work in ("encode", "decode")}
    return Point(
        key=f"{row['encoder']} {command}",
        conditions=Conditions(
            row["encoder"], program, row["clip"], 0, 0, 0.0, 0, int(row["frames"]), target, value, command
        ),
        bits=int(row["bits"]),
        bitrate_kbps=float(row["bitrate_kbps"]),
        quality=quality,
        families=("psnr",),
        encode=Cost(seconds["encode"], seconds["encode"]),
        decode=Cost(seconds["decode"], seconds["decode"]),
        complexity=Complexity(filtered_share=float(row.get("filtered_share") or 0)),
        checks={"encoder": row["encoder_md5"], "inloop": row["decoder_md5"]},
        tools={"codec": row["version"]},
        machine=Machine(isa=row["isa"]),
    )


def recorded_page(path: Path, published: Sequence[Mapping[str, Any]] = ()) -> str:
    """The page of recorded points; the first encoder is the anchor.

    Args:
        path: The points.
        published: Tables of published figures, as a sweep's file has them.

    Raises:
        ConfigError: It is another file, or a figure is of encoders that are not there.
    """
    store = PointStore(path)
    points = store.points()
    if not points:
        raise ConfigError(f"{path}: no points")
    # Settings of the encoders are in the points' command lines: only the names of these are shown.
    names = dict.fromkeys(point.encoder for point in points)
    encoders = tuple(EncoderSpec(name, OurCodec(), "qp", ()) for name in names)
    figures = tuple(read_published(table, list(names)) for table in published)
    spec = SweepSpec(encoders, (), points[0].families, path.stem, figures)
    return render_sweep_page(page_data(spec, points, summarise(points, encoders[0].name), store))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page of recorded points."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.recorded")
    parser.add_argument("points", type=Path, help="JSON lines, one a point")
    parser.add_argument("-o", "--output", type=Path, help="the page; beside the points without it")
    parser.add_argument(
        "--published",
        type=Path,
        metavar="SWEEP.toml",
        help="the sweep whose published figures are put beside",
    )
    options = parser.parse_args(arguments)
    spec = tomllib.loads(options.published.read_text("utf-8")) if options.published else {}
    output = options.output or options.points.with_suffix(".html")
    output.write_text(recorded_page(options.points, spec.get("published", ())), "utf-8")
    print(f"the page is {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
