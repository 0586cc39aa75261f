# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Filters of two networks: one for I pictures, one for P and B pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Self, TypeAlias

from inloop import _core
from inloop.engine.model import Model
from inloop.whole_files import write_whole


class ModelPair:
    """Two networks that filter as one model, by the type of a picture's first slice. Nothing in a stream says which.

    Args:
        intra: For I pictures.
        inter: For P and B pictures.
    """

    def __init__(self, intra: Model, inter: Model) -> None:
        self.intra, self.inter = intra, inter
        self.core = _core.FilterModel(intra.core, inter.core)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self | None:
        """Read the compact form of a pair; None where the bytes are anything else.

        Raises ModelError where they begin as a pair and are none.
        """
        parts = _core.split_filter_pair(data)
        return None if parts is None else cls(Model(parts[0]), Model(parts[1]))

    @property
    def sha256(self) -> str:
        """Identity (hex), over those of both networks."""
        return self.core.sha256

    @property
    def kmac_per_px(self) -> float:
        """Thousand multiplications per luma sample of P and B pictures, as for `Model`."""
        return self.inter.kmac_per_px

    @property
    def parameters(self) -> int:
        """Number of constants of both networks."""
        return self.intra.parameters + self.inter.parameters

    def to_bytes(self) -> bytes:
        """The compact form."""
        return _core.join_filter_pair(self.intra.to_bytes(), self.inter.to_bytes())

    def save(self, path: str | Path) -> None:
        """Write the compact form."""
        write_whole(path, self.to_bytes())


FilterModel: TypeAlias = Model | ModelPair
"""What filters pictures: one network for all of them, or a pair."""


def pair_of(intra: FilterModel, inter: FilterModel) -> ModelPair:
    """Return what filters I pictures as one model does and P and B pictures as another."""
    return ModelPair(network_for(intra, "I"), network_for(inter, "B"))


def network_for(model: FilterModel, slice_type: str) -> Model:
    """Return the network that pictures of a slice type (``I``, ``P`` or ``B``) take."""
    if isinstance(model, Model):
        return model
    return model.intra if slice_type == "I" else model.inter
