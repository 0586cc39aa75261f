# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Points of sweeps, as they are kept now (points.jsonl) and as `rd/results` has them (CSV)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from inloop.errors import ConfigError
from inloop.evaluate.codecs.coded import Complexity
from inloop.evaluate.cost import Cost
from inloop.evaluate.sweeps.point import Conditions, Machine, Point
from inloop.evaluate.sweeps.store import PointStore


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
