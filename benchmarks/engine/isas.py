# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Instruction sets on which engines are compared: what holds ours and oneDNN, with it OpenVINO, to the same ones."""

from __future__ import annotations

from dataclasses import dataclass

from inloop import _core


@dataclass(frozen=True)
class Isa:
    """An instruction set of the table: the engine's ISA and the environment of the process that measures."""

    engine: str
    onednn: str
    avx_vnni: bool = True

    @property
    def environment(self) -> dict[str, str]:
        """Variables that hold the contestants."""
        return {"ONEDNN_MAX_CPU_ISA": self.onednn, "INLOOP_AVX_VNNI": str(int(self.avx_vnni))}


_ALL = {
    "scalar": Isa("scalar", "DEFAULT"),
    "avx2": Isa("avx2", "AVX2", avx_vnni=False),
    "avx2_vnni": Isa("avx2", "AVX2_VNNI"),
    "avx512": Isa("avx512", "DEFAULT"),
}


ISAS = {
    name: isa
    for name, isa in _ALL.items()
    if isa.engine in _core.supported_isas() and (name != "avx2_vnni" or _core.avx_vnni())
}
