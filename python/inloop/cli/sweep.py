# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop sweep`: rate-distortion curves and BD-rates over clips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from statistics import geometric_mean
from typing import Annotated

from cyclopts import Parameter

from inloop.cli.exit_codes import VerifyError
from inloop.cli.options import CommonOptions, path_option
from inloop.errors import ConfigError
from inloop.evaluate.sweep import BdRow, SweepPoint, mean_rates, run_sweep, summarise
from inloop.evaluate.sweep_spec import read_spec
from inloop.extras import import_extra
from inloop.io.output import check_writable, refuse_overlap
from inloop.text_table import format_table

_HEAD = (
    "encoder",
    "clip",
    "BD-rate Y %",
    "U %",
    "V %",
    "6:1:1 %",
    "8:1:1 %",
    "encode fps",
    "x anchor",
    "decode fps",
)


def sweep(
    spec: Annotated[str, Parameter(help="TOML file: clips, QPs, encoders; the first encoder is the anchor.")],
    *,
    output: Annotated[
        str | None, path_option("--output", "-o", help="CSV of the points; beside the file unless given.")
    ] = None,
    jobs: Annotated[
        int,
        Parameter(
            name=["--jobs", "-j"], help="Processes; times are CPU seconds, best with one process a core."
        ),
    ] = 1,
    common: CommonOptions = CommonOptions(),
) -> None:
    """Encode and decode clips at several QPs with several encoders, and print the BD-rates.

    Other encoders than inloop run inside the FFmpeg of the package imageio-ffmpeg. Points already in the CSV
    are not measured again. docs/reference/sweep.md describes the file. Needs the [eval] extra.

    Example: inloop sweep compare.toml -o points.csv -j 2
    """
    common.apply()
    import_extra("bjontegaard", "eval")
    if jobs < 1:
        raise ConfigError("--jobs must be 1 or more")
    spec_path = Path(spec)
    plan = read_spec(spec_path)
    results = output or str(spec_path.with_suffix(".csv"))
    refuse_overlap([spec, *map(str, plan.clips)], {"--output": results})
    check_writable([results])
    if any(encoder.program != "inloop" for encoder in plan.encoders):
        import_extra("imageio_ffmpeg", "eval")
    points = []
    for point in run_sweep(plan, Path(results), jobs):
        points.append(point)
        if not point.matches:
            raise VerifyError(f"{point.clip}, {point.command}: decoded pictures differ from the encoder's")
        common.report(_point_line(point))
    rows = summarise(points, plan.encoders[0].name)
    print(format_table([_HEAD, *_table_rows(rows)]))


def _point_line(point: SweepPoint) -> str:
    return (
        f"{point.clip} {point.encoder} QP {point.qp}: {point.bitrate_kbps:.1f} kb/s, Y {point.psnr_y:.2f} dB, "
        f"encode {point.frames / point.encode_s:.2f} fps, decode {point.frames / point.decode_s:.2f} fps"
    )


def _table_rows(rows: Sequence[BdRow]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of each encoder, then their mean."""
    for encoder, group in groupby(sorted(rows, key=lambda row: row.encoder), key=lambda row: row.encoder):
        members = list(group)
        for row in members:
            rates = (f"{rate:.2f}" for rate in row.rates)
            speeds = (f"{speed:.2f}" for speed in (row.encode_fps, row.encode_ratio, row.decode_fps))
            yield encoder, row.clip, *rates, *speeds
        ratio = geometric_mean(row.encode_ratio for row in members)
        yield encoder, "mean", *(f"{rate:.2f}" for rate in mean_rates(members)), "", f"{ratio:.2f}", ""
