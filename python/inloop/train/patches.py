# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Stored pictures in memory, and random batches of patches from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from inloop.errors import ConfigError
from inloop.train.held_out import choose_held_out
from inloop.train.samples import Sample, cut_patch, load_sample, read_kind

PATCH_STEP = 16
"""Patches start at multiples of it, so that the grids of block edges stay where they are in mirrored patches."""

Batch = tuple[dict[str, Tensor], Tensor, Tensor]
"""Network inputs ``[n, c, h, w]``, wanted residuals ``[n, 24, h, w]`` inside, errors a picture ``[n, 3]``."""
Part = tuple[dict[str, npt.NDArray[Any]], npt.NDArray[Any], npt.NDArray[Any]]


@dataclass(frozen=True)
class PoolConfig:
    """Which stored pictures are drawn how often.

    Attributes:
        shares: How often a picture comes from each folder, relative to each other; none: by their numbers of pictures.
        inter_share: Probability that a patch comes from a P or B picture where there are both kinds. At 0 and 1 the
            pictures of the other kind are not even read: data for one of two sets of weights.
        held_out: Beginnings of the names of sources that are kept out of training; none: see `choose_held_out`.
        held_out_limit: Held-out pictures in memory, at most.
        patch: Luma samples along the side of the patches to come: smaller pictures are left out.
    """

    shares: Sequence[float] = ()
    inter_share: float = 0.65
    held_out: Sequence[str] = ()
    held_out_limit: int = 400
    patch: int = 0


class PatchPool:
    """Stored pictures of some folders, in memory, from which random patches are drawn.

    A network of one's own trains on them as those of the package do::

        pool = PatchPool([Path("coded")], scale=2, config=PoolConfig(patch=64))
        inputs, residual, errors = pool.draw(np.random.default_rng(1), number=8, size=64)

    Attributes:
        scale: Luma samples along the side of an output position of the network, as for `cut_patch`: 4 (24 channels) or
            2 (6 channels).
        held_out: Names of the sources that are kept out of training.
        training: Pictures to train on, a folder: those to draw with the first probability, and the others.
        validation: Pictures of the held-out sources; some of those to train on where no source is held out.
        left_out: Names of sources with pictures that are smaller than the patches.

    Raises:
        ConfigError: There are not as many shares as folders, no picture to train on, or no source of those to hold out.
    """

    def __init__(self, folders: Sequence[Path], scale: int = 4, config: PoolConfig | None = None) -> None:
        self.scale = scale
        self.config = c = config or PoolConfig()
        if c.shares and len(c.shares) != len(folders):
            raise ConfigError(f"{len(c.shares)} shares for {len(folders)} folders of data: give one each")
        found = [[(path, *read_kind(path)) for path in sorted(folder.glob("*.npz"))] for folder in folders]
        self.held_out = choose_held_out(((name, p) for rows in found for _, name, p in rows), c.held_out)
        wanted = {kind for kind, share in ((True, c.inter_share), (False, 1 - c.inter_share)) if share > 0}
        if not any(predicted in wanted for rows in found for _, _, predicted in rows):
            wanted = {True, False}
        kept = [[row for row in rows if row[2] in wanted] for rows in found]
        self.training: dict[str, list[list[Sample]]] = {"intra": [], "inter": []}
        self.left_out: list[str] = []
        for rows in kept:
            self._load([row for row in rows if row[1] not in self.held_out])
        if not self.samples():
            why = f": all are smaller than patches of {c.patch}" if self.left_out else ""
            raise ConfigError(f"no picture to train on in {', '.join(map(str, folders))}{why}")
        held = [path for rows in kept for path, name, _ in rows if name in self.held_out]
        self.validation = [load_sample(path) for path in thinned(held, c.held_out_limit)]
        if not held:
            self.validation = thinned(self.samples(), c.held_out_limit)
        self._weights = {kind: self._folder_weights(parts) for kind, parts in self.training.items()}

    def _load(self, rows: Sequence[tuple[Path, str, bool]]) -> None:
        """Read the pictures of a folder to train on: files, names of sources, and whether they are predicted."""
        of_kind: dict[bool, list[Sample]] = {False: [], True: []}
        for path, name, predicted in rows:
            sample = load_sample(path)
            if min(sample.size) >= self.config.patch:
                of_kind[predicted].append(sample)
            elif name not in self.left_out:
                self.left_out.append(name)
        self.training["intra"].append(of_kind[False])
        self.training["inter"].append(of_kind[True])

    def samples(self) -> list[Sample]:
        """Return all pictures to train on."""
        return [s for folders in self.training.values() for samples in folders for s in samples]

    def _folder_weights(self, parts: list[list[Sample]]) -> npt.NDArray[np.float64]:
        """Probability of each folder for one kind of picture; all zero where there is none."""
        shares = self.config.shares or [len(samples) for samples in parts]
        weights = np.array(
            [share * bool(samples) for share, samples in zip(shares, parts, strict=True)], float
        )
        return np.asarray(weights / max(weights.sum(), 1e-12))

    def draw(self, rng: np.random.Generator, number: int, size: int) -> Batch:
        """Draw random training patches, mirrored and transposed at random.

        Args:
            rng: Where the choice comes from: the same state draws the same patches.
            number: Patches.
            size: Luma samples along the side of a patch, a multiple of 16.

        Returns:
            Inputs of the contract by name, real values ``[number, channels, s, s]`` with ``s = size / 2 + 8``, four
            positions of context on each side; the wanted residuals ``[number, channels, size / scale, size / scale]``,
            original minus reconstruction before deblocking, packed as the network's output; and the mean squared errors
            of Y, Cb and Cr of the pictures after deblocking, ``[number, 3]``.

        Raises:
            ConfigError: A picture is smaller than that.
        """
        parts = []
        for _ in range(number):
            kind = "inter" if rng.random() < self.config.inter_share else "intra"
            if not self._weights[kind].any():
                kind = "intra" if kind == "inter" else "inter"
            samples = self.training[kind][rng.choice(len(self.training[kind]), p=self._weights[kind])]
            sample = samples[rng.integers(len(samples))]
            if size > min(sample.size):
                raise ConfigError(f"{sample.source} is smaller than patches of {size}: take smaller ones")
            y, x = (PATCH_STEP * int(rng.integers((s - size) // PATCH_STEP + 1)) for s in sample.size)
            parts.append((*cut_patch(sample, x, y, size, int(rng.integers(8)), self.scale), sample.mse))
        return collate(parts)


Picture = TypeVar("Picture")


def thinned(pictures: Sequence[Picture], limit: int) -> list[Picture]:
    """Return every n-th, so that there are `limit` at most."""
    return list(pictures[:: max(1, -(-len(pictures) // limit))])


class _Steps(Dataset):  # type: ignore[misc]  # torch is not followed by mypy
    """The batches of all steps, as torch's loader takes them."""

    def __init__(self, draw: Callable[[int], Batch]) -> None:
        self._draw = draw

    def __getitem__(self, step: int) -> Batch:
        return self._draw(step)


class _From:
    """The steps from one on, without end."""

    def __init__(self, first: int) -> None:
        self._first = first

    def __iter__(self) -> Iterator[int]:
        return count(self._first)


def draw_ahead(draw: Callable[[int], Batch], first: int, processes: int) -> Iterator[Batch]:
    """Yield the batches of the steps from `first` on, drawn ahead by processes where there are any."""
    if processes == 0:
        return map(draw, count(first))
    # Forked, so that they share the pictures in memory.
    loader = DataLoader(
        _Steps(draw),
        batch_size=None,
        sampler=_From(first),
        num_workers=processes,
        multiprocessing_context="fork",
    )
    return iter(loader)


def collate(parts: list[Part]) -> Batch:
    """Stack cut patches, their targets and reference errors into tensors, channels first."""
    inputs = {name: to_tensor([part[0][name] for part in parts]) for name in parts[0][0]}
    target = to_tensor([part[1] for part in parts])
    return inputs, target, torch.from_numpy(np.stack([part[2] for part in parts]).astype(np.float32))


def to_tensor(arrays: list[npt.NDArray[Any]]) -> Tensor:
    """Stack ``[h, w, c]`` arrays to ``[n, c, h, w]``, channels last in memory."""
    return torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2)


def crop(out: Tensor, shape: Sequence[int]) -> Tensor:
    """Centre of `out`, as high and wide as a shape whose last two sizes these are."""
    top, left = ((have - want) // 2 for have, want in zip(out.shape[-2:], shape[-2:], strict=True))
    return out[..., top : top + shape[-2], left : left + shape[-1]]
