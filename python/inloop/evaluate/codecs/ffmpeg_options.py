# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""How the encoders inside FFmpeg are told to code: one thread, PSNR as their aim, fixed intra pictures.

Low delay is what each encoder has without reordering and without looking ahead (the settings of the tune
"zerolatency" of x264 and x265). Scene cuts put no further intra pictures, so that conditions are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from inloop.evaluate.codecs.coded import ONCE, Target
from inloop.structure.by_name import StructureName


@dataclass(frozen=True, slots=True)
class Settings:
    """What an encoder is asked for.

    Attributes:
        target: What `value` is.
        value: QP or rate factor on the encoder's own scale, or kilobits a second.
        preset: Name of a preset of the encoder.
        structure: Coding structure; both kinds of low delay are one to these encoders.
        intra_period: Pictures from one intra picture to the next, -1 for one only.
        parameters: Further parameters in the library's notation; empty for none.
    """

    target: Target
    value: float
    preset: str = "medium"
    structure: StructureName = "ra"
    intra_period: int = ONCE
    parameters: str = ""

    @property
    def low_delay(self) -> bool:
        """Whether pictures are coded in the order of their display."""
        return self.structure in ("ldp", "ldb")

    @property
    def number(self) -> str:
        """The value without superfluous digits."""
        return f"{self.value:g}"


@dataclass(frozen=True, slots=True)
class FfmpegEncoder:
    """One encoder of FFmpeg.

    Attributes:
        library: Its name there.
        muxer: Format without container bytes.
        options: Makes the words of the command line behind `-c:v`.
        version: Expression that finds the library's version in the log or in the stream.
        targets: What rate points can be; the first one is the usual one.
        bit_depths: What it takes.
        preset: The usual one.
    """

    library: str
    muxer: str
    options: Callable[[Settings], list[str]]
    version: str
    targets: tuple[Target, ...] = ("crf", "qp", "bitrate")
    bit_depths: tuple[int, ...] = (8, 10)
    preset: str = "medium"


def _joined(separator: str, *parts: str) -> str:
    return separator.join(part for part in parts if part)


def _x265(s: Settings) -> list[str]:
    period = f"keyint={s.intra_period}:min-keyint={max(s.intra_period, 1)}:scenecut=0"
    delay = "bframes=0:b-adapt=0:rc-lookahead=0" if s.low_delay else ""
    # The text that it puts into the stream about itself is no video: kilobytes, much of a short clip at high QP.
    fixed = f"{s.target}={s.number}:{period}"
    rest = "pools=none:frame-threads=1:info=0"
    return [
        "-preset",
        s.preset,
        "-tune",
        "psnr",
        "-x265-params",
        _joined(":", fixed, delay, rest, s.parameters),
    ]


def _x264(s: Settings) -> list[str]:
    period = "infinite" if s.intra_period == ONCE else str(s.intra_period)
    fixed = f"{s.target}={s.number}:keyint={period}:scenecut=0:threads=1"
    shortest = "" if s.intra_period == ONCE else f"min-keyint={period}"
    tune = "psnr,zerolatency" if s.low_delay else "psnr"
    words = ["-preset", s.preset, "-tune", tune, "-x264-params", _joined(":", fixed, shortest, s.parameters)]
    return [*words, "-bsf:v", "filter_units=remove_types=6"]  # the text about itself, as above


def _kvazaar(s: Settings) -> list[str]:
    gop = "0" if s.structure == "ai" else "lp-g4d3t1" if s.low_delay else "16"
    rate = f"bitrate={s.value * 1000:.0f}" if s.target == "bitrate" else f"qp={s.number}"
    fixed = f"preset={s.preset},{rate},gop={gop},period={max(s.intra_period, 0)},info=0,threads=0,owf=0"
    return ["-kvazaar-params", _joined(",", fixed, s.parameters)]


def _svtav1(s: Settings) -> list[str]:
    rate = {
        "crf": ["-crf", s.number],
        "qp": ["-qp", s.number],
        "bitrate": ["-b:v", f"{s.number}k"],
    }[s.target]
    # Its rate control refuses an endless period.
    period = 99999 if s.intra_period == ONCE and s.target == "bitrate" else s.intra_period
    mode = {"crf": "", "qp": "rc=0:aq-mode=0", "bitrate": f"rc={2 if s.low_delay else 1}"}[s.target]
    delay = "pred-struct=1" if s.low_delay else ""
    fixed = f"tune=1:keyint={period}:scd=0:lp=1"
    return ["-preset", s.preset, *rate, "-svtav1-params", _joined(":", fixed, mode, delay, s.parameters)]


def _libaom(s: Settings) -> list[str]:
    rate = {
        "crf": ["-crf", s.number, "-b:v", "0"],
        "qp": ["-crf", s.number, "-qmin", s.number, "-qmax", s.number, "-b:v", "0"],
        "bitrate": ["-b:v", f"{s.number}k"],
    }[s.target]
    group = (
        ["-g", "99999"]
        if s.intra_period == ONCE
        else ["-g", str(s.intra_period), "-keyint_min", str(s.intra_period)]
    )
    lag = "35" if s.structure == "ra" else "0"
    words = ["-cpu-used", s.preset, *rate, *group, "-lag-in-frames", lag, "-tune", "psnr", "-row-mt", "0"]
    return [*words, *(["-aom-params", s.parameters] if s.parameters else [])]


def _vvenc(s: Settings) -> list[str]:
    rate = ["-b:v", f"{s.number}k"] if s.target == "bitrate" else ["-qp", s.number]
    # It would start with pictures in front of its first intra picture, and count its period in seconds.
    fixed = f"intraperiod={s.intra_period}:poc0idr=1:threads=1"
    order = {"ai": "gopsize=1", "ra": ""}.get(
        s.structure, "picreordering=0:gopsize=8:decodingrefreshtype=none"
    )
    return [
        "-preset",
        s.preset,
        *rate,
        "-qpa",
        "0",
        "-vvenc-params",
        _joined(":", fixed, order, s.parameters),
    ]


FFMPEG_ENCODERS: Mapping[str, FfmpegEncoder] = {
    "x265": FfmpegEncoder("libx265", "hevc", _x265, r"HEVC encoder version (\S+)"),
    "x264": FfmpegEncoder("libx264", "h264", _x264, r"264 - core (\d+[^-]*) -"),
    "svtav1": FfmpegEncoder("libsvtav1", "obu", _svtav1, r"SVT-AV1 Encoder Lib (\S+)", preset="6"),
    "libaom": FfmpegEncoder("libaom-av1", "obu", _libaom, r"\[libaom-av1 @ \w+\] v?(\d\S*)", preset="4"),
    "vvenc": FfmpegEncoder(
        "libvvenc", "vvc", _vvenc, r"libvvenc version: (\S+)", ("qp", "bitrate"), bit_depths=(10,)
    ),
    "kvazaar": FfmpegEncoder(
        "libkvazaar", "hevc", _kvazaar, r"Kvazaar HEVC Encoder v\. (\S+)", ("qp", "bitrate"), bit_depths=(8,)
    ),
}
"""The encoders by the names that sweeps have for them."""
