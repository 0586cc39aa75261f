# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Published figures that a sweep can put its own beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inloop.errors import ConfigError
from inloop.evaluate.quality_names import MEASURES

RATIOS: Mapping[str, str] = {
    "encode_time": "CPU time to encode, anchor = 1",
    "decode_time": "CPU time to decode, anchor = 1",
    "encode_elapsed": "elapsed time to encode, anchor = 1",
    "decode_speed": "speed of decoding, anchor = 1",
}
"""Figures besides BD-rates, and what they are called."""


@dataclass(frozen=True, slots=True)
class Published:
    """A published figure of one encoder against another.

    Attributes:
        text: What it is of.
        encoder, anchor: Names in the sweep whose points give the same figure.
        figure: A key of `MEASURES` for a BD-rate in percent, or of `RATIOS`.
        value: The published figure, in percent or as a ratio.
        source: Where it is published, and under what conditions.
    """

    text: str
    encoder: str
    anchor: str
    figure: str
    value: float
    source: str

    @property
    def label(self) -> str:
        """What the figure is, in words."""
        measure = MEASURES.get(self.figure)
        return RATIOS[self.figure] if measure is None else f"BD-rate {measure.label}, %"


def read_published(table: Mapping[str, Any], encoders: Sequence[str]) -> Published:
    """Return a published figure from a table of a TOML file.

    Args:
        table: Has the attributes of `Published` as entries.
        encoders: Names of the sweep.

    Raises:
        ConfigError: An entry is missing, unknown or of another kind.
    """
    names = ("text", "encoder", "anchor", "figure", "value", "source")
    if set(table) != set(names):
        raise ConfigError(f"[[published]] has the entries {', '.join(names)}, not {', '.join(table)}")
    value = table["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ConfigError(f"[[published]]: value = {value!r} is no number")
    found = Published(**{name: str(table[name]) for name in names if name != "value"}, value=float(value))
    for name in (found.encoder, found.anchor):
        if name not in encoders:
            raise ConfigError(f"[[published]]: there is no encoder {name!r}")
    if found.figure not in MEASURES and found.figure not in RATIOS:
        raise ConfigError(
            f"[[published]]: figure {found.figure!r} is none of {', '.join((*RATIOS, *MEASURES))}"
        )
    return found
