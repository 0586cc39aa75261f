# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Inputs of filter networks from clips: what `inloop model quantize` and `inloop model adapt` take as samples.

Needs no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from inloop.codec import Encoder, EncoderOptions
from inloop.errors import ConfigError, InloopError
from inloop.io import open_video
from inloop.nnlf.features import BLOCK
from inloop.nnlf.picture import CodedPicture, FilterResult, Planes
from inloop.pipeline import encode_frames, select_frames
from inloop.structure.by_name import StructureName
from inloop.train.samples import cut_patch, load_sample, save_picture
from inloop.train.sources import CLIP_SUFFIXES

SUFFIXES = (*CLIP_SUFFIXES, ".xz")
"""Of the clips in a folder, in capitals or not; hidden files are left out."""


@dataclass(frozen=True)
class SampleConfig:
    """How clips become samples.

    Attributes:
        count: Blocks in all, spread over clips, QPs and pictures.
        qps: QPs that each clip is encoded at.
        frames: Pictures of a clip, from its start.
        structure: As for the encoder.
        preset: Of the encoder.
        seed: Of the places of blocks in pictures.
    """

    count: int = 48
    qps: tuple[int, ...] = (22, 32, 42)
    frames: int = 5
    structure: StructureName = "ra"
    preset: str = "faster"
    seed: int = 7

    def __post_init__(self) -> None:
        """Check the numbers."""
        if self.count < 1 or self.frames < 1 or not self.qps:
            raise ConfigError("at least one block, one picture and one QP are needed")


class _Keeper:
    """Stands in for the filter: stores what the encoder hands over and leaves the picture as it is."""

    def __init__(self, prefix: Path) -> None:
        self._prefix = prefix
        self.paths: list[Path] = []

    def filter_picture(self, coded: CodedPicture, original: Planes) -> FilterResult:
        """Store one picture."""
        path = self._prefix.with_name(f"{self._prefix.name}_{len(self.paths):04d}.npz")
        save_picture(path, coded, original, self._prefix.name)
        self.paths.append(path)
        return FilterResult(b"", None)


def find_clips(places: Iterable[Path]) -> list[Path]:
    """Return the clips that are named, and those in folders that are named.

    Raises FileNotFoundError for a place that is not there, ConfigError where there is no clip at all.
    """
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            inside = sorted(path for path in place.iterdir() if not path.name.startswith("."))
            found += [path for path in inside if path.suffix.lower() in SUFFIXES]
        elif place.exists():
            found.append(place)
        else:
            raise FileNotFoundError(2, "No such file or directory", str(place))
    if not found:
        raise ConfigError(f"no clips ({', '.join(SUFFIXES)}) in {', '.join(map(str, places)) or 'nothing'}")
    return found


def block_samples(
    clips: Sequence[Path],
    config: SampleConfig | None = None,
    warn: Callable[[str], None] | None = None,
) -> dict[str, npt.NDArray[np.float32]]:
    """Encode clips and cut blocks of 128x128 luma samples with their context from the coded pictures.

    Args:
        clips: Files that `inloop.io.open_video` reads.
        config: How; None: the defaults.
        warn: Told of clips that are left out: damaged ones, and those below 128x128.

    Returns:
        Real values of every input of the contract, ``[count, 72, 72, channels]`` by name.

    Raises:
        ConfigError: No clip is of use.
    """
    config = config or SampleConfig()
    with TemporaryDirectory() as folder:
        pictures: list[Path] = []
        for number, clip in enumerate(clips):
            try:
                for qp in config.qps:
                    pictures += _coded(clip, qp, config, Path(folder) / f"{number:03d}_qp{qp}")
            except (InloopError, OSError, ModuleNotFoundError) as error:
                if len(clips) == 1:
                    raise
                if warn is not None:
                    warn(f"{clip} is left out: {error}")
        if not pictures:
            raise ConfigError("none of the clips gives a block of 128x128")
        return _cut(pictures, config)


def _coded(clip: Path, qp: int, config: SampleConfig, prefix: Path) -> list[Path]:
    keeper = _Keeper(prefix)
    with open_video(clip) as video:
        info = video.info
        if min(info.width, info.height) < BLOCK:
            raise ConfigError(f"its pictures of {info.width}x{info.height} hold no block of {BLOCK}x{BLOCK}")
        options = EncoderOptions(
            qp=qp,
            structure=config.structure,
            preset=config.preset,
            bit_depth=info.bit_depth,
            nnlf=keeper,
        )
        encoder = Encoder(info.width, info.height, info.fps, options)
        for _ in encode_frames(encoder, select_frames(video, 0, config.frames)):
            pass
    return keeper.paths


def _cut(pictures: Sequence[Path], config: SampleConfig) -> dict[str, npt.NDArray[np.float32]]:
    """One block after another from pictures that are evenly spread over all of them."""
    rng = np.random.default_rng(config.seed)
    parts = []
    for i in range(config.count):
        sample = load_sample(pictures[i * len(pictures) // config.count])
        y, x = (8 * int(rng.integers((side - BLOCK) // 8 + 1)) for side in sample.size)
        parts.append(cut_patch(sample, x, y, BLOCK)[0])
    return {name: np.stack([part[name] for part in parts]) for name in parts[0]}
