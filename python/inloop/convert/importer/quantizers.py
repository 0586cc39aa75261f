# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Quantizers of tensors: from the metadata `inloop.quantizers`, or from QDQ pairs of nodes."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inloop.errors import ModelError

LOWEST, HIGHEST = -8, 24
_LARGEST = 32767


class Quantizers:
    """The table, and what is known about names that stand for the same numbers."""

    def __init__(self, metadata: dict[str, str]) -> None:
        self.is_float = "inloop.quantizers" not in metadata
        self.declared: dict[str, int] = {}
        self.aliases: dict[str, str] = {}
        # In a graph of QDQ pairs, constants without a quantizer are rounded.
        self.from_pairs = False
        # These constants are rounded to the grid of what they are added to.
        self.rounded: set[str] = set()
        if not self.is_float:
            self._read(metadata["inloop.quantizers"])

    def _read(self, text: str) -> None:
        try:
            self.declared = {str(name): int(q) for name, q in json.loads(text).items()}
        except (ValueError, TypeError, AttributeError) as error:
            raise ModelError(
                f"metadata 'inloop.quantizers' is not a JSON object of integers: {error}"
            ) from error
        for name, q in self.declared.items():
            if not LOWEST <= q <= HIGHEST:
                raise ModelError(f"quantizer {q} of '{name}' is outside {LOWEST}..{HIGHEST}")

    def of(self, name: str) -> int | None:
        """The quantizer declared for a name or for one it is an alias of."""
        while name not in self.declared and name in self.aliases:
            name = self.aliases[name]
        return self.declared.get(name)

    @staticmethod
    def round(array: NDArray[Any], wanted: int | None) -> tuple[NDArray[np.int16], int]:
        """Integers nearest to real numbers at the wanted quantizer, or at the finest one up to 14 that fits."""
        largest = float(np.abs(array).max(initial=0))
        fitting = 14 if largest == 0 else math.floor(math.log2(_LARGEST / largest))
        quantizer = max(LOWEST, min(fitting, 14 if wanted is None else wanted))
        integers = np.rint(array.astype(np.float64) * 2.0**quantizer)
        return np.clip(integers, -_LARGEST, _LARGEST).astype(np.int16), quantizer
