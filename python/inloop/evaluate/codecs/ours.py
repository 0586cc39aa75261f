# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Our own codec in a sweep."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import inloop
from inloop.codec import EncoderOptions
from inloop.errors import ConfigError
from inloop.evaluate.clips import Clip, Pictures
from inloop.evaluate.codecs.coded import ONCE, AnyTarget, Coded, Complexity, Target, pictures_between_intra
from inloop.evaluate.codecs.networks import network_at, network_bundles, network_identity
from inloop.evaluate.peer import de265_md5, ffmpeg_md5
from inloop.evaluate.trial import CodedPictures, FilterMode, Structure, TrialSettings, code_pictures
from inloop.executors.bundles import Bundle
from inloop.nnlf import load_filter
from inloop.nnlf.filter_model import FilterModel
from inloop.nnlf.skipping import DEFAULT_STRENGTH
from inloop.ratecontrol import RateOptions


@dataclass(frozen=True, slots=True)
class OurCodec(AnyTarget):
    """Our encoder and decoder.

    Attributes:
        structure, preset, sao: As for `EncoderOptions`.
        intra_period: Pictures from one intra picture to the next, -1 for one only, or seconds as "1s".
        nnlf: Filter network, a name or a path; "off" for none.
        nnlf_mode, nnlf_skip: As the options of `inloop encode`.
        options: Further fields of `EncoderOptions` by name.
        rate_control: Further options of rate control by name.

    Raises:
        ConfigError: The options contradict each other or do not exist.
        TypeError: A name inside of `options` or `rate_control` does not exist.
    """

    structure: Structure = "ra"
    preset: str = "medium"
    intra_period: int | str = ONCE
    nnlf: str = "off"
    nnlf_mode: FilterMode = "loop"
    nnlf_skip: int = DEFAULT_STRENGTH
    sao: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    rate_control: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if "intra_period" in self.options:
            raise ConfigError("intra_period is an entry of its own, not one of options")
        self._encoder_options(Fraction(25))
        self._rate_options("crf", 32)

    @property
    def program(self) -> str:
        """Name of the program."""
        return "inloop"

    def command(self, clip: Clip, target: Target, value: float) -> str:
        """Return the command line that makes the same stream, beside the clip."""
        words = ["inloop", "encode", clip.path.name, "-o", "out.hevc", f"--{target}", f"{value:g}"]
        words += ["--structure", self.structure, "--preset", self.preset]
        if not self.sao:
            words += ["--sao", "off"]
        period = pictures_between_intra(self.intra_period, self.structure, clip.info.fps)
        if self.structure != "ai" and period != ONCE:
            words += ["--intra-period", str(period)]
        for name, setting in (*self.options.items(), *self.rate_control.items()):
            words += _option_words(name, setting)
        if self.nnlf != "off":
            words += ["--nnlf", self.nnlf, "--nnlf-mode", self.nnlf_mode, "--nnlf-skip", str(self.nnlf_skip)]
        if clip.limit is not None:
            words += ["--frames", str(clip.limit)]
        return shlex.join(words)

    def identity(self, clip: Clip, value: float) -> tuple[str, ...]:
        """Return the hash of the network. Raises ModelError where it cannot be loaded."""
        return () if self.nnlf == "off" else (network_identity(self.nnlf, load_filter),)

    def run(self, clip: Clip, pictures: Pictures, target: Target, value: float) -> Coded:
        """Code the clip, and decode it with every decoder that is there.

        Raises:
            InloopError: As for `code_pictures`.
        """
        model = self._model()
        # A plain constant QP needs no rate control.
        rate = self._rate_options(target, value) if target != "qp" or self.rate_control else None
        settings = TrialSettings(
            int(value),
            self._encoder_options(pictures.fps),
            None if model is None else self.nnlf_mode,
            rate,
            self.nnlf_skip,
        )
        coded = code_pictures(pictures.frames, pictures.fps, settings, model)
        return Coded(
            bits=8 * len(coded.stream),
            pictures=coded.decoded,
            encode=coded.encode,
            decode=coded.decode,
            version=f"inloop {inloop.__version__}",
            picture_bits=coded.picture_bits,
            picture_types=coded.picture_types,
            checks=self._checks(coded),
            complexity=Complexity()
            if model is None
            else Complexity(model.parameters, model.kmac_per_px, coded.filtered_share),
        )

    def bundles(self, clip: Clip, value: float) -> Sequence[Bundle]:
        """Return the network. Raises OSError where it cannot be read."""
        return network_bundles(self.nnlf)

    def at(self, places: Mapping[Path, Path], clip: Clip, value: float) -> Self:
        """Return the same with the network at another place."""
        return replace(self, nnlf=network_at(self.nnlf, places))

    def _checks(self, coded: CodedPictures) -> dict[str, str]:
        checks = {"encoder": coded.encoder_md5, "inloop": coded.decoder_md5}
        if self.nnlf != "off":
            return checks  # Only our decoder knows the filter.
        if find_spec("av") is not None:
            checks["ffmpeg"] = ffmpeg_md5(coded.stream)
        if md5 := de265_md5(coded.stream):
            checks["libde265"] = md5
        return checks

    def _model(self) -> FilterModel | None:
        return None if self.nnlf == "off" else load_filter(self.nnlf)

    def _encoder_options(self, fps: Fraction) -> EncoderOptions:
        return EncoderOptions(
            structure=self.structure,
            preset=self.preset,
            sao=self.sao,
            intra_period=pictures_between_intra(self.intra_period, self.structure, fps),
            **self.options,
        )

    def _rate_options(self, target: Target, value: float) -> RateOptions:
        return RateOptions.of(target, value, **self.rate_control)


def _option_words(name: str, value: object) -> list[str]:
    """Return the words of an option of `inloop encode` for an argument of `Encoder`."""
    if name == "tools" and isinstance(value, dict):
        return [word for tool, setting in value.items() for word in ("--tool", f"{tool}={setting}")]
    option = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [option] if value else [f"--no-{option[2:]}"]
    return [option, str(value)]
