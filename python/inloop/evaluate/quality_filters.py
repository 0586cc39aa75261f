# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How FFmpeg is told to compare two videos, and how what it writes is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inloop.errors import InloopError
from inloop.video.frame import Frame
from inloop.video.signal import SignalDescription

_MODELS = {"vmaf": "vmaf_v0.6.1", "vmaf_neg": "vmaf_v0.6.1neg"}
_MS_SSIM = "float_ms_ssim"
_LIBVMAF_NAMES = {"ms_ssim": _MS_SSIM, **{name: name for name in _MODELS}}
_SMALLEST = 176
"""Five scales of MS-SSIM by a window of 11 samples."""
_MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
_NUMBER = r"(inf|-?nan|[\d.]+)"


@dataclass(frozen=True, slots=True)
class ReadFilter:
    """What a filter said.

    Attributes:
        values: Of the sequence, by name of the measure.
        pictures: Of each picture.
        tool: The filter, with what else belongs to its name.
    """

    values: Mapping[str, float]
    pictures: Mapping[str, tuple[float, ...]]
    tool: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of two inputs.

    Attributes:
        graph: Makes its part of the filter graph: labels of test, reference and output, a picture of the source, and
            what is said of its samples.
        read: Reads what it wrote into a folder and into the log; the number of pictures must be as given.
    """

    graph: Callable[[str, str, str, Frame, SignalDescription], str]
    read: Callable[[Path, str, int], ReadFilter]


def is_large_enough(frame: Frame, measure: str) -> bool:
    """Whether a measure has a value for pictures of this size."""
    return measure != "ms_ssim" or min(frame.width, frame.height) >= _SMALLEST


def _checked(name: str, values: Sequence[float], count: int) -> tuple[float, ...]:
    if len(values) != count:
        raise InloopError(f"{name}: {len(values)} values of {count} pictures")
    return tuple(values)


def _statistics(name: str, patterns: Mapping[str, str], summary: str, tool: str) -> Callable[..., ReadFilter]:
    """Return the reader of a file with a line a picture, and of the line in the log that sums them up.

    Args:
        name: File of the pictures.
        patterns: For each measure the expression of a picture's value.
        summary: Expression of the values of the sequence, in the same order.
        tool: The filter.
    """

    def read(folder: Path, log: str, count: int) -> ReadFilter:
        lines = [line for line in (folder / name).read_text().splitlines() if line.startswith("n:")]
        pictures = {}
        for measure, pattern in patterns.items():
            found = [re.search(pattern + _NUMBER, line) for line in lines]
            pictures[measure] = _checked(name, [float(match[1]) for match in found if match], count)
        total = re.search(summary, log)
        if total is None:
            raise InloopError(f"{tool} of FFmpeg says nothing of the sequence")
        return ReadFilter(dict(zip(patterns, map(float, total.groups()), strict=True)), pictures, tool)

    return read


def _plain(name: str, file: str) -> Callable[..., str]:
    def graph(test: str, reference: str, output: str, *_: object) -> str:
        return f"[{test}][{reference}]{name}=stats_file={file}[{output}]"

    return graph


def _rgb_graph(test: str, reference: str, output: str, frame: Frame, signal: SignalDescription) -> str:
    matrix = _MATRICES.get(signal.matrix, "bt709")
    span = "pc" if signal.full_range else "tv"
    to_rgb = (
        f"scale=in_color_matrix={matrix}:in_range={span}:out_range=pc:"
        f"flags=bilinear+accurate_rnd+full_chroma_int,format={'gbrp' if frame.bit_depth == 8 else 'gbrp10le'}"
    )
    sides = ";".join(f"[{side}]{to_rgb}[{side}rgb]" for side in (test, reference))
    return f"{sides};[{test}rgb][{reference}rgb]psnr=stats_file=rgb.log[{output}]"


def _libvmaf_graph(test: str, reference: str, output: str, frame: Frame, _: SignalDescription) -> str:
    models = "|".join(f"version={model}\\:name={name}" for name, model in _MODELS.items())
    feature = f":feature=name={_MS_SSIM}" if is_large_enough(frame, "ms_ssim") else ""
    log = "log_path=vmaf.json:log_fmt=json:n_threads=1"
    return f"[{test}][{reference}]libvmaf={log}:model='{models}'{feature}[{output}]"


def _read_libvmaf(folder: Path, _: str, count: int) -> ReadFilter:
    table: dict[str, Any] = json.loads((folder / "vmaf.json").read_text())
    pooled, frames = table["pooled_metrics"], table["frames"]
    names = {measure: name for measure, name in _LIBVMAF_NAMES.items() if name in pooled}
    return ReadFilter(
        {measure: pooled[name]["mean"] for measure, name in names.items()},
        {
            measure: _checked("libvmaf", [picture["metrics"][name] for picture in frames], count)
            for measure, name in names.items()
        },
        f"libvmaf {table['version']}, {', '.join(_MODELS.values())}, {_MS_SSIM}",
    )


FILTERS: Mapping[str, Filter] = {
    "rgb": Filter(
        _rgb_graph,
        _statistics(
            "rgb.log",
            {"psnr_rgb": "psnr_avg:"},
            rf"PSNR r:\S+ g:\S+ b:\S+ average:{_NUMBER}",
            "scale bilinear, psnr of RGB",
        ),
    ),
    "ssim": Filter(
        _plain("ssim", "ssim.log"),
        _statistics(
            "ssim.log",
            {"ssim_y": "Y:", "ssim_yuv": "All:"},
            rf"SSIM Y:{_NUMBER} .* All:{_NUMBER} ",
            "ssim",
        ),
    ),
    "vmaf": Filter(_libvmaf_graph, _read_libvmaf),
    "xpsnr": Filter(
        _plain("xpsnr", "xpsnr.log"),
        _statistics(
            "xpsnr.log",
            {f"xpsnr_{plane}": f"XPSNR {plane}: +" for plane in "yuv"},
            rf"XPSNR +y: +{_NUMBER} +u: +{_NUMBER} +v: +{_NUMBER}",
            "xpsnr",
        ),
    ),
}
"""The filters by what they measure."""
