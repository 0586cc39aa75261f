# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The hypothetical reference decoder by the letter of Annex C, on what FFmpeg reads in a stream."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from fractions import Fraction

_FIELD = re.compile(r"\]\s+\d+\s+([a-z0-9_\[\]]+)\s+[01]+ = (-?\d+)$")


@dataclass
class AccessUnit:
    """A picture's entry in the schedule: what its SEI messages say."""

    bits: int
    fields: dict[str, int] = field(default_factory=dict)


def trace_headers(ffmpeg: str, stream: bytes) -> list[tuple[str, int]]:
    """Return the syntax elements of a stream in order, as FFmpeg reads them."""
    command = [ffmpeg, "-hide_banner", "-f", "hevc", "-i", "-", "-c", "copy", "-bsf:v", "trace_headers"]
    run = subprocess.run([*command, "-f", "null", "-"], input=stream, capture_output=True, check=True)
    found = (_FIELD.search(line) for line in run.stderr.decode(errors="replace").splitlines())
    return [(match[1], int(match[2])) for match in found if match]


def schedule(elements: list[tuple[str, int]], sizes: list[int]) -> tuple[dict[str, int], list[AccessUnit]]:
    """Return the elements of the parameter sets, and the access units with those of their SEI messages."""
    # What stands before the first slice is printed twice: once from the container's head.
    units: list[AccessUnit] = []
    head: dict[str, int] = {}
    pending: dict[str, int] = {}
    for name, value in elements:
        if name == "first_slice_segment_in_pic_flag":
            if "au_cpb_removal_delay_minus1" in pending:
                units.append(AccessUnit(sizes[len(units)], pending))
            pending = {}
        elif "delay" in name or "offset" in name:
            pending[name] = value
        head.setdefault(name, value)
    assert len(units) == len(sizes)
    return head, units


def underflows(head: dict[str, int], units: list[AccessUnit]) -> int:
    """Count pictures whose last bit arrives after they are due (C.2.2 and C.2.3, variable rate)."""
    rate = (head["bit_rate_value_minus1[0]"] + 1) << (6 + head["bit_rate_scale"])
    tick = Fraction(head["vui_num_units_in_tick"], head["vui_time_scale"])
    late, arrived, period_start = 0, Fraction(0), Fraction(0)
    initial = offset = Fraction(0)
    for number, unit in enumerate(units):
        delay = unit.fields["au_cpb_removal_delay_minus1"] + 1
        starts = "nal_initial_cpb_removal_delay[0]" in unit.fields
        if starts:
            initial = Fraction(unit.fields["nal_initial_cpb_removal_delay[0]"], 90_000)
            offset = Fraction(unit.fields["nal_initial_cpb_removal_offset[0]"], 90_000)
        removal = initial if number == 0 else period_start + tick * delay
        if starts:
            period_start = removal
        earliest = removal - initial if starts else removal - initial - offset
        arrived = max(arrived, earliest) + Fraction(unit.bits, rate)
        late += arrived > removal
    return late
