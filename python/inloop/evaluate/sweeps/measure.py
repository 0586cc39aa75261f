# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Measuring one point of a sweep, in whatever process that happens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from inloop.enhance import Enhancer, load_enhancer
from inloop.evaluate.clips import Pictures
from inloop.evaluate.codecs.coded import Coded, Complexity
from inloop.evaluate.cost import measured
from inloop.evaluate.quality import measure_quality
from inloop.evaluate.sweeps.images import to_image
from inloop.evaluate.sweeps.point import Conditions, Point, this_machine
from inloop.evaluate.sweeps.spec import PointSpec
from inloop.pipeline import SequenceMd5


@dataclass(frozen=True, slots=True)
class Measured:
    """What a task of a sweep returns.

    Attributes:
        point: The point.
        picture: A decoded picture as an image file, to be looked at; the one in the middle of the clip.
    """

    point: Point
    picture: bytes


def measure(spec: PointSpec) -> Measured:
    """Code a clip, decode it and measure.

    Args:
        spec: The point.

    Raises:
        InloopError: The codec fails, or gives another number or size of pictures.
        OSError: The clip cannot be read.
    """
    encoder, clip = spec.encoder, spec.clip
    pictures = clip.read()
    coded = coded_pictures(spec, pictures)
    quality = measure_quality(pictures.frames, coded.pictures, spec.families, pictures.signal)
    first, count = pictures.frames[0], len(pictures.frames)
    each = {**quality.pictures, "bits": coded.picture_bits} if coded.picture_bits else quality.pictures
    point = Point(
        key=spec.key(),
        conditions=Conditions(
            encoder=encoder.name,
            program=encoder.codec.program,
            clip=clip.name,
            width=first.width,
            height=first.height,
            fps=float(pictures.fps),
            bit_depth=first.bit_depth,
            frames=count,
            target=encoder.target,
            value=spec.value,
            command=encoder.command(clip, spec.value),
        ),
        bits=coded.bits,
        bitrate_kbps=float(coded.bits * pictures.fps / count / 1000),
        quality=quality.values,
        families=spec.families,
        pictures=each,
        picture_types=coded.picture_types,
        encode=coded.encode,
        decode=coded.decode,
        complexity=coded.complexity,
        checks=coded.checks or {"decoder": _md5(coded)},
        tools={"codec": coded.version, **quality.tools},
        machine=this_machine(),
        time=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return Measured(point, to_image(coded.pictures[count // 2]))


def coded_pictures(spec: PointSpec, pictures: Pictures) -> Coded:
    """Code and decode pictures as a point says, with the network behind the decoder that it may have.

    Args:
        spec: The point.
        pictures: Those of its clip.

    Raises:
        InloopError: The codec fails.
    """
    encoder = spec.encoder
    coded = encoder.codec.run(spec.clip, pictures, encoder.target, spec.value)
    return _enhanced(coded, encoder.enhance) if encoder.enhance else coded


def _enhanced(coded: Coded, network: str) -> Coded:
    """Return the pictures that a network makes of the decoded ones; its time is that of decoding."""
    model = load_enhancer(network)
    with measured() as cost:
        pictures = list(Enhancer(model).enhance_frames(coded.pictures))
    decode = cost() if coded.decode is None else coded.decode + cost()
    complexity = Complexity(model.parameters, model.kmac_per_px, 1.0)
    return replace(coded, pictures=pictures, decode=decode, complexity=complexity)


def _md5(coded: Coded) -> str:
    md5 = SequenceMd5()
    for picture in coded.pictures:
        md5.add(picture)
    return md5.hexdigest()
