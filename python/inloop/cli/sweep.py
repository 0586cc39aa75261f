# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop sweep`: rate-distortion curves and BD-rates over clips."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Annotated

from cyclopts import Parameter

from inloop.cli.exit_codes import VerifyError
from inloop.cli.options import CommonOptions, path_option
from inloop.cli.progress import clock_text
from inloop.cli.where_options import WhereOptions
from inloop.errors import ConfigError, InloopError
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.quality_names import FAMILIES, check_families
from inloop.evaluate.sweeps.beside import HEAD, beside
from inloop.evaluate.sweeps.demands import demands, speed_note
from inloop.evaluate.sweeps.folder import POINTS, write_report
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.run import Progress, run_sweep
from inloop.evaluate.sweeps.spec import SweepSpec
from inloop.evaluate.sweeps.speed import measure_speeds
from inloop.evaluate.sweeps.store import PointStore
from inloop.evaluate.sweeps.suites import USUAL_ENCODERS, suite_spec
from inloop.evaluate.sweeps.summary import doubts, fps_of, missing_points, mixtures, rates_between, summarise
from inloop.evaluate.sweeps.tables import between_table, demands_table, number, shown_measures, terminal_table
from inloop.evaluate.sweeps.toml_file import read_spec
from inloop.evaluate.sweeps.versions import SweepVersions
from inloop.executors.interface import Executor
from inloop.extras import import_extra
from inloop.io.output import refuse_overlap
from inloop.text_table import format_table

_USUAL_SUITE = "quick"
_MOST_COLUMNS = 6
"""Encoders that a table of each against each has on the terminal; the page has any number."""


def sweep(
    *inputs: Annotated[
        str,
        Parameter(help="Clips, patterns or folders; or one TOML file that describes the sweep."),
    ],
    suite: Annotated[
        str | None,
        Parameter(help="Conditions by name: jvet-ra, jvet-ld, one-intra or, the usual one, quick."),
    ] = None,
    encoders: Annotated[
        str | None,
        Parameter(
            help="Encoders of a suite with commas between, each PROGRAM[:PRESET[:FILTER]]; the first one is the "
            f"anchor. Usually {','.join(USUAL_ENCODERS)}."
        ),
    ] = None,
    filter: Annotated[
        str | None,
        Parameter(name="--filter", help="Filter network of the usual encoders, in the place of lop."),
    ] = None,
    against: Annotated[
        str | None,
        Parameter(
            help="Other encoders beside the usual ones, with commas between, each PROGRAM[:PRESET]; x265:medium "
            "without it."
        ),
    ] = None,
    metrics: Annotated[
        str | None, Parameter(help=f"Families of metrics with commas between; usually {','.join(FAMILIES)}.")
    ] = None,
    frames: Annotated[
        int | None, Parameter(name=["--frames", "-n"], help="Pictures of each clip, in a suite.")
    ] = None,
    output: Annotated[
        str | None,
        path_option(
            "--output", "-o", help="Folder of the results; sweep_SUITE here, or beside the TOML file."
        ),
    ] = None,
    measure_speed: Annotated[
        bool,
        Parameter(help="Code every point once more, one at a time, for speeds and memory."),
    ] = False,
    where: WhereOptions = WhereOptions(),
    common: CommonOptions = CommonOptions(),
) -> None:
    """Encode and decode clips at several rates with several encoders, and print the BD-rates.

    Other encoders than inloop run inside the FFmpeg of the package imageio-ffmpeg. Points already in the folder are
    not measured again. docs/reference/sweep.md describes the TOML file and the results. Needs the [eval] extra.

    Example: inloop sweep clips/ --filter mine.onnx --against x265

    Example: inloop sweep --suite jvet-ra --encoders x265:slow,svtav1:6,inloop:slower clips/ -o results -j 2

    Example: inloop sweep compare.toml -j 2
    """
    common.apply()
    for module in ("bjontegaard", "imageio_ffmpeg", "matplotlib", "PIL", "plotly"):
        import_extra(module, "eval")
    where.check(common)
    if frames is not None and frames < 1:
        raise ConfigError("--frames must be 1 or more")
    if suite is None and any(name.lower().endswith(".toml") for name in inputs):
        plan, folder = _of_file(inputs, encoders, filter, against, metrics, frames)
    else:
        suite = suite or _USUAL_SUITE
        families = FAMILIES if metrics is None else check_families(metrics.split(","))
        chosen = _encoders(encoders, filter, against)
        plan = suite_spec(suite, inputs, Path(), encoders=chosen, frames=frames, families=families)
        folder = Path(f"sweep_{suite}")
    _sweep(plan, folder if output is None else Path(output), where, measure_speed, common)


def _of_file(inputs: tuple[str, ...], *of_suites: object) -> tuple[SweepSpec, Path]:
    if any(option is not None for option in of_suites):
        raise ConfigError(
            "--encoders, --filter, --against, --metrics and --frames belong to clips; the TOML file says the same"
        )
    if len(inputs) != 1:
        raise ConfigError("a sweep needs one TOML file, or clips")
    path = Path(inputs[0])
    return read_spec(path), path.with_name(f"{path.stem}_sweep")


def _encoders(text: str | None, network: str | None, against: str | None) -> list[str]:
    if text is not None and (network is not None or against is not None):
        raise ConfigError("--encoders says everything: leave out --filter and --against")
    if text is not None:
        return text.split(",")
    own, others = USUAL_ENCODERS[:-1], USUAL_ENCODERS[-1:] if against is None else against.split(",")
    return [*(name.replace(":lop", f":{network or 'lop'}") for name in own), *others]


def _sweep(
    plan: SweepSpec, folder: Path, where: WhereOptions, measure_speed: bool, common: CommonOptions
) -> None:
    refuse_overlap([clip.path for clip in plan.clips], {"--output": str(folder / POINTS)})
    store = PointStore(folder / POINTS)
    points = _measured(plan, store, where.executor(common, SweepVersions.of(plan)), common)
    if measure_speed:
        points = _timed(plan, store, points, common)
    anchor = plan.encoders[0].name
    rows = summarise(points, anchor)
    write_report(folder, plan, points, rows, store)
    print(f"BD-rates against {anchor}")
    print(format_table(terminal_table(rows)))
    if 2 < len(plan.encoders) <= _MOST_COLUMNS:
        print("BD-rates by PSNR Y of each row against each column")
        print(format_table(between_table(rates_between(points, [encoder.name for encoder in plan.encoders]))))
    print(speed_note(points))
    print(format_table(demands_table(demands(points))))
    if plan.published:
        print(format_table([HEAD, *(row.cells() for row in beside(plan.published, points))]))
    for line in (*doubts(rows, shown_measures(rows)), *mixtures(points)):
        print(f"note: {line}")
    missing = missing_points(plan, points)
    for line in missing:
        print(f"missing: {line}")
    common.report(f"results are in {folder}, the page is {folder / 'report.html'}")
    if missing:
        raise InloopError(f"{len(missing)} of {len(list(plan.points()))} points are missing")


def _measured(plan: SweepSpec, store: PointStore, executor: Executor, common: CommonOptions) -> list[Point]:
    """Run the sweep and tell of every point; return the points in the order of the plan."""
    total = len(list(plan.points()))
    found: dict[tuple[str, str, float], Point] = {}
    start, new = monotonic(), 0
    for done, progress in enumerate(run_sweep(plan, store, executor), 1):
        new += progress.is_new
        point_s = (monotonic() - start) / new if new else 0.0
        common.report(
            f"[{100 * done / total:.1f}%] {done}/{total} {_line(progress)}{_rate(point_s)}, "
            f"eta {clock_text((total - done) * point_s)}"
        )
        if (point := progress.point) is not None:
            spec = progress.spec
            if isinstance(spec.encoder.codec, OurCodec) and not point.matches:
                raise VerifyError(
                    f"{point.clip}, {point.conditions.command}: decoded pictures differ from the encoder's"
                )
            found[spec.encoder.name, spec.clip.name, spec.value] = point
    order = [(spec.encoder.name, spec.clip.name, spec.value) for spec in plan.points()]
    return [found[names] for names in order if names in found]


def _rate(point_s: float) -> str:
    """Return how many points are measured in a minute."""
    return f", {60 / point_s:.1f} points/min" if point_s else ""


def _timed(plan: SweepSpec, store: PointStore, points: list[Point], common: CommonOptions) -> list[Point]:
    """Take the times of the points one at a time and tell of every point."""
    found = []
    for point in measure_speeds(plan, store, points):
        found.append(point)
        of, fps = point.conditions, [number(fps_of([point], work)) for work in ("encode", "decode")]
        common.report(
            f"[{len(found)}/{len(points)}] {of.clip} {of.encoder} {of.target} {of.value:g}: "
            f"encodes {fps[0]}, decodes {fps[1]} fps"
        )
    return found


def _line(progress: Progress) -> str:
    spec, point = progress.spec, progress.point
    head = f"{spec.clip.name} {spec.encoder.name} {spec.encoder.target} {spec.value:g}: "
    if point is None:
        return f"{head}FAILED: {progress.error}"
    vmaf = f", VMAF {point.quality['vmaf']:.2f}" if "vmaf" in point.quality else ""
    kept = "" if progress.is_new else ", kept"
    return f"{head}{point.bitrate_kbps:.1f} kb/s, Y {point.quality['psnr_y']:.2f} dB{vmaf}{kept}"
