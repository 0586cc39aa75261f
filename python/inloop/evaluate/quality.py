# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Quality of decoded pictures by every measure of the field, of the sequence and of each picture ([eval])."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import inloop
from inloop.errors import ConfigError, InloopError
from inloop.evaluate.exchange import write_pictures
from inloop.evaluate.ffmpeg import ffmpeg_version, run_ffmpeg
from inloop.evaluate.metrics import PsnrMeter, weighted_psnr
from inloop.evaluate.quality_filters import FILTERS, ReadFilter, is_large_enough
from inloop.evaluate.quality_names import FAMILIES, LUMA_WEIGHTS, MEASURES, check_families
from inloop.video.frame import Frame, Psnr
from inloop.video.signal import SignalDescription

_ANY_RATE = Fraction(25)


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured.

    Attributes:
        values: Of the whole sequence, by the names in `inloop.evaluate.quality_names.MEASURES`. PSNR and XPSNR are
            those of the total error, the others means over pictures. Measures that have no value for pictures so
            small are not there.
        pictures: Of each picture in display order, by the same names.
        tools: What measured each family, with its version.
    """

    values: Mapping[str, float]
    pictures: Mapping[str, tuple[float, ...]]
    tools: Mapping[str, str]


def measure_quality(
    reference: Sequence[Frame],
    test: Sequence[Frame],
    families: Sequence[str] = FAMILIES,
    signal: SignalDescription = SignalDescription(),
) -> Quality:
    """Compare decoded pictures with their source.

    PSNR comes from exact sums of squared errors, everything else from filters of FFmpeg. Where depths differ, both
    are taken at the larger one. The peak of PSNR is 255 at 8 bit and 1020 at 10, as in the test conditions of the
    standards; that of SSIM, XPSNR and RGB is FFmpeg's, 255 and 1023.

    Args:
        reference: The source, 8 or 10 bit.
        test: As many pictures of the same size.
        families: What to measure, of `FAMILIES`; PSNR always.
        signal: What is said of the source: RGB is made by its matrix, that of BT.709 where there is none.

    Raises:
        ConfigError: Numbers or sizes of the pictures differ, there are none, or a family is unknown.
        InloopError: FFmpeg fails.
        ModuleNotFoundError: imageio-ffmpeg is not installed.
    """
    wanted = check_families(families)
    _check_alike(reference, test)
    depth = max(reference[0].bit_depth, test[0].bit_depth)
    sources = [frame.to_depth(depth) for frame in reference]
    decoded = [frame.to_depth(depth) for frame in test]
    values, pictures = _psnr(sources, decoded)
    tools = {"psnr": f"inloop {inloop.__version__}, squared errors"}
    if filtered := [family for family in wanted if family in FILTERS]:
        for family, read in _filtered(sources, decoded, filtered, signal).items():
            values |= read.values
            pictures |= read.pictures
            tools[family] = f"{ffmpeg_version()}, {read.tool}"
    expected = {name for name, measure in MEASURES.items() if measure.family in wanted}
    if missing := {name for name in expected - set(values) if is_large_enough(sources[0], name)}:
        raise InloopError(f"FFmpeg measured no {', '.join(sorted(missing))}")
    return Quality(values, pictures, tools)


def _check_alike(reference: Sequence[Frame], test: Sequence[Frame]) -> None:
    if not reference or len(reference) != len(test):
        raise ConfigError(f"{len(test)} decoded pictures of {len(reference)}")
    size = reference[0].width, reference[0].height
    for index, frame in enumerate((*reference, *test)):
        if (frame.width, frame.height) != size:
            raise ConfigError(
                f"picture {index % len(reference)} is of {frame.width}x{frame.height}, not of {size[0]}x{size[1]}"
            )


def _psnr(
    reference: Sequence[Frame], test: Sequence[Frame]
) -> tuple[dict[str, float], dict[str, tuple[float, ...]]]:
    meter = PsnrMeter()
    each = [_named(meter.add(source, picture)) for source, picture in zip(reference, test, strict=True)]
    values = _named(meter.psnr())
    return values, {name: tuple(picture[name] for picture in each) for name in values}


def _named(psnr: Psnr) -> dict[str, float]:
    weighted = {f"psnr_{weight}11": weighted_psnr(psnr, weight) for weight in LUMA_WEIGHTS}
    return {"psnr_y": psnr.y, "psnr_u": psnr.u, "psnr_v": psnr.v, **weighted}


def _filtered(
    reference: Sequence[Frame], test: Sequence[Frame], families: Sequence[str], signal: SignalDescription
) -> dict[str, ReadFilter]:
    """Run all filters of FFmpeg over the pictures at once."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, frames in (("reference.y4m", reference), ("test.y4m", test)):
            write_pictures(folder / file, frames, _ANY_RATE)
        count = len(families)
        # Pictures meet by their number, whatever times files give them.
        graph = [
            f"[{index}:v]settb=1/25,setpts=N,split={count}" + "".join(f"[{side}{n}]" for n in range(count))
            for index, side in enumerate("tr")
        ]
        words = ["-i", "test.y4m", "-i", "reference.y4m"]
        outputs = []
        for number, family in enumerate(families):
            graph.append(
                FILTERS[family].graph(f"t{number}", f"r{number}", f"o{number}", reference[0], signal)
            )
            outputs += ["-map", f"[o{number}]"]
        log, _ = run_ffmpeg([*words, "-lavfi", ";".join(graph), *outputs, "-f", "null", "-"], folder)
        return {family: FILTERS[family].read(folder, log, len(test)) for family in families}
