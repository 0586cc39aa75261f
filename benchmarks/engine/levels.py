# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Levels at which engines are compared: what holds ours and oneDNN, with it OpenVINO, to the same instructions."""

from __future__ import annotations

from dataclasses import dataclass

from inloop import _core


@dataclass(frozen=True)
class Level:
    """A level of the table: the engine's own level and the environment of the process that measures."""

    engine: str
    onednn: str
    avx_vnni: bool = True

    @property
    def environment(self) -> dict[str, str]:
        """Variables that hold the contestants."""
        return {"ONEDNN_MAX_CPU_ISA": self.onednn, "INLOOP_AVX_VNNI": str(int(self.avx_vnni))}


_ALL = {
    "scalar": Level("scalar", "DEFAULT"),
    "avx2": Level("avx2", "AVX2", avx_vnni=False),
    "avx2_vnni": Level("avx2", "AVX2_VNNI"),
    "avx512": Level("avx512", "DEFAULT"),
}


LEVELS = {
    name: level
    for name, level in _ALL.items()
    if level.engine in _core.isa_levels() and (name != "avx2_vnni" or _core.avx_vnni())
}
