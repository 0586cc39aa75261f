# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Sweeps by name: the usual conditions, with any clips and encoders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from inloop.errors import ConfigError
from inloop.evaluate.clips import find_clips
from inloop.evaluate.codecs.coded import ONCE, Codec, Target
from inloop.evaluate.codecs.ffmpeg_codec import FfmpegCodec
from inloop.evaluate.codecs.ffmpeg_options import FFMPEG_ENCODERS
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.quality_names import FAMILIES
from inloop.evaluate.sweeps.spec import USUAL_QPS, EncoderSpec, SweepSpec
from inloop.structure.by_name import StructureName

USUAL_ENCODERS = ("inloop:medium", "inloop:medium:lop", "x265:medium")
# Each program's own scale, so that the curves cover about the same range of quality.
_LADDERS: Mapping[str, tuple[float, ...]] = {
    "x264": (19, 24, 29, 34),
    "x265": (19, 24, 29, 34),
    "svtav1": (26, 34, 42, 50),
    "libaom": (26, 34, 42, 50),
}


@dataclass(frozen=True, slots=True)
class Suite:
    """Conditions that have a name.

    Attributes:
        text: What they are, in words.
        structure: Coding structure.
        intra_period: As for `OurCodec`.
        frames: Pictures of each clip unless said otherwise; None for all.
    """

    text: str
    structure: StructureName
    intra_period: int | str
    frames: int | None = None


SUITES: Mapping[str, Suite] = {
    "jvet-ra": Suite("random access, an intra picture about every second, QP 22 27 32 37", "ra", "1s"),
    "jvet-ld": Suite("low delay with B pictures, one intra picture, QP 22 27 32 37", "ldb", ONCE),
    "one-intra": Suite("random access, one intra picture, QP 22 27 32 37", "ra", ONCE),
    "quick": Suite(
        "random access, one intra picture, QP 22 27 32 37, 17 pictures of each clip", "ra", ONCE, 17
    ),
}


def suite_spec(
    name: str,
    clips: Sequence[str],
    folder: Path,
    *,
    encoders: Sequence[str] = USUAL_ENCODERS,
    frames: int | None = None,
    families: Sequence[str] = FAMILIES,
) -> SweepSpec:
    """Return the sweep of a suite.

    Args:
        name: A key of `SUITES`.
        clips: Patterns, as for `find_clips`.
        folder: What relative patterns start from.
        encoders: As for `parse_encoder`; the first one is the anchor.
        frames: Pictures of each clip; None for those of the suite.
        families: What of quality is measured.

    Raises:
        ConfigError: There is no such suite or encoder, or no clip.
        OSError: A clip cannot be opened.
    """
    if name not in SUITES:
        raise ConfigError(f"suite {name!r} is none of {', '.join(SUITES)}")
    suite = SUITES[name]
    specs = tuple(parse_encoder(text, suite) for text in dict.fromkeys(encoders))
    found = find_clips(clips, folder, frames or suite.frames)
    return SweepSpec(specs, found, tuple(families), f"{name}: {suite.text}")


def parse_encoder(text: str, suite: Suite) -> EncoderSpec:
    """Return the encoder that a text names, under the conditions of a suite.

    Args:
        text: PROGRAM, PROGRAM:PRESET, or inloop:PRESET:FILTER with the name or the path of a filter network.
        suite: The conditions.

    Raises:
        ConfigError: There is no such program, or it takes no filter.
    """
    program, _, rest = text.partition(":")
    preset, _, network = rest.partition(":")
    codec: Codec
    if program == "inloop":
        codec = OurCodec(suite.structure, preset or "medium", suite.intra_period, network or "off")
    elif network:
        raise ConfigError(f"{text}: only inloop runs a filter in its loop")
    elif program in FFMPEG_ENCODERS:
        codec = FfmpegCodec(program, preset, suite.structure, suite.intra_period)
    else:
        raise ConfigError(f"encoder {program!r} is none of inloop, {', '.join(FFMPEG_ENCODERS)}")
    label = f"{program} {preset or _preset(codec)}" + (f" {Path(network).stem}" if network else "")
    target: Target = codec.usual_target
    return EncoderSpec(label, codec, target, _LADDERS.get(program, USUAL_QPS))


def _preset(codec: Codec) -> str:
    if isinstance(codec, FfmpegCodec):
        return FFMPEG_ENCODERS[codec.encoder].preset
    return "medium"
