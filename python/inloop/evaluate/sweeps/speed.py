# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Times and memory of points, taken one point at a time: work beside a codec makes it slower."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from inloop.errors import InloopError
from inloop.evaluate.clips import Pictures
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.cost import Cost
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.ffmpeg import run_program
from inloop.evaluate.sweeps.measure import coded_pictures
from inloop.evaluate.sweeps.point import Point, this_machine
from inloop.evaluate.sweeps.spec import PointSpec, SweepSpec
from inloop.evaluate.sweeps.store import PointStore

_INLOOP = (sys.executable, "-m", "inloop")


def measure_speeds(spec: SweepSpec, store: PointStore, points: Sequence[Point]) -> Iterator[Point]:
    """Yield the points of a sweep with times that were taken alone, and keep them so.

    Points whose times and memory are such already are not coded again.

    Args:
        spec: The sweep.
        store: Where its points are kept.
        points: Its points, with the names that the sweep has for encoders and clips.

    Raises:
        InloopError: A codec fails, or its stream has another size than that of the point.
        OSError: A clip cannot be read, or a point not be kept.
    """
    found = {(point.encoder, point.clip, point.conditions.value): point for point in points}
    timed: dict[str, Point] = {}  # Two names may stand for the same conditions.
    for point_spec in spec.points():
        point = found.get((point_spec.encoder.name, point_spec.clip.name, point_spec.value))
        if point is None:
            continue
        if point.key not in timed:
            timed[point.key] = point if _is_timed(point) else measure_speed(point_spec, point)
            if timed[point.key] is not point:
                store.add(timed[point.key])
        yield replace(timed[point.key], conditions=point.conditions)


def measure_speed(spec: PointSpec, point: Point) -> Point:
    """Return a point with the times and the memory of coding it once more.

    Times are those of the codec as in the sweep. Memory is that of whole processes: FFmpeg's, or `inloop encode`,
    `decode` and `enhance` on one thread, which hold few pictures at a time, with Python's own.

    Args:
        spec: What to code.
        point: The point that was measured of it.

    Raises:
        InloopError: The codec fails, or its stream has another size than before.
        OSError: The clip cannot be read.
    """
    pictures = spec.clip.read()
    coded = coded_pictures(spec, pictures)
    if coded.bits != point.bits:
        raise InloopError(
            f"{point.encoder}, {point.clip}: {coded.bits} bits, but the point has {point.bits}; was it measured "
            "with another version? Sweep into a new folder"
        )
    encode_mib, decode_mib = _own_peaks(spec, pictures)
    return replace(
        point,
        encode=_with_peak(coded.encode, encode_mib),
        decode=_with_peak(coded.decode, decode_mib),
        machine=this_machine(),
        alone=True,
    )


def _is_timed(point: Point) -> bool:
    costs = [cost for cost in (point.encode, point.decode) if cost is not None]
    return not costs or (point.alone and all(cost.peak_mib is not None for cost in costs))


def _with_peak(cost: Cost | None, peak_mib: float | None) -> Cost | None:
    """Return a cost with the memory of our own program, which may have come after another one."""
    if cost is None or peak_mib is None:
        return cost
    return replace(cost, peak_mib=max(peak_mib, cost.peak_mib or 0.0))


def _own_peaks(spec: PointSpec, pictures: Pictures) -> tuple[float | None, float | None]:
    """Return the memory of our own programs that encode and decode, in MiB; None for those of others."""
    codec, network = spec.encoder.codec, spec.encoder.enhance
    if not isinstance(codec, OurCodec) and not network:
        return None, None
    with TemporaryDirectory() as name:
        source, stream, shown = (Path(name, file) for file in ("in.y4m", "out.hevc", "out.y4m"))
        write_pictures(source, pictures.frames, pictures.fps)
        if not isinstance(codec, OurCodec):
            words = [
                "enhance",
                str(source),
                "-o",
                str(shown),
                "--model",
                network,
                "--threads",
                "1",
                "--quiet",
            ]
            return None, run_program([*_INLOOP, *words])[1].peak_mib
        encode = shlex.split(codec.command(spec.clip, spec.encoder.target, spec.value))[1:]
        encode[1], encode[3] = str(source), str(stream)
        one = [] if "--threads" in encode else ["--threads", "1"]
        model = ["--nnlf-model", codec.nnlf] if Path(codec.nnlf).is_file() else []
        _, encoding = run_program([*_INLOOP, *encode, *one, "--quiet"])
        decode = ["decode", str(stream), "-o", str(shown), *model, "--threads", "1", "--quiet"]
        _, decoding = run_program([*_INLOOP, *decode])
        return encoding.peak_mib, decoding.peak_mib
