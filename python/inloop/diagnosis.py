# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What this installation consists of and whether its parts agree: what `inloop doctor` prints."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, distribution, version
from typing import Any

import numpy as np

import inloop
from inloop import _core
from inloop.extras import import_extra
from inloop.nnlf.filter_model import network_for
from inloop.nnlf.registry import load_filter
from inloop.workers import own_cores

_PEER_ENCODERS = ("libx264", "libx265", "libsvtav1", "libaom-av1", "libvvenc", "libkvazaar")
_TOOLS = ("ffmpeg", "ffplay", "mpv", "libde265-dec265")
_TEST_HEIGHT, _TEST_WIDTH = 18, 27


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found.

    Attributes:
        inloop: Version of the package.
        python: Version and implementation of the interpreter.
        system: Operating system and architecture.
        compiler: What the core was built with.
        cores: Number of cores this process may use.
        isa: Instruction set in force.
        isas: Instruction sets of the build that this machine runs, lowest first.
        isas_missing: Instruction sets that this machine runs and the build does not have.
        avx_vnni: Whether the engine uses AVX-VNNI on ISA avx2.
        isas_disagreeing: Instruction sets on which a network gives other integers than on scalar; none unless something
            is broken.
        library: Path of the C library.
        extras: For each extra of the package, its modules with their versions; an empty version where one is missing.
        programs: Programs on the path that inloop can use, with their places.
        peers: Encoders to compare with, of the FFmpeg that `imageio-ffmpeg` brings.
    """

    inloop: str
    python: str
    system: str
    compiler: str
    cores: int
    isa: str
    isas: list[str]
    isas_missing: list[str]
    avx_vnni: bool
    isas_disagreeing: list[str]
    library: str
    extras: dict[str, dict[str, str]]
    programs: dict[str, str]
    peers: list[str]

    @property
    def healthy(self) -> bool:
        """Whether all instruction sets give the same integers."""
        return not self.isas_disagreeing

    def as_dict(self) -> dict[str, Any]:
        """Return all fields, as for JSON."""
        return asdict(self)


def diagnose() -> Diagnosis:
    """Look at this installation; takes about a second."""
    return Diagnosis(
        inloop=inloop.__version__,
        python=f"{platform.python_version()} ({platform.python_implementation()}, {sys.executable})",
        system=f"{platform.system()} {platform.release()}, {platform.machine()}",
        compiler=_core.compiler(),
        cores=own_cores(),
        isa=inloop.get_isa(),
        isas=inloop.supported_isas(),
        isas_missing=_core.isas_missing_in_build(),
        avx_vnni=inloop.avx_vnni(),
        isas_disagreeing=_isas_disagreeing(),
        library=inloop.get_library(),
        extras=_extras(),
        programs={name: path for name in _TOOLS if (path := shutil.which(name))},
        peers=_peers(),
    )


def _isas_disagreeing() -> list[str]:
    """Run the filter `lop` on the same numbers at every ISA, which covers the engine's kernels."""
    network = network_for(load_filter("lop"), "P")
    random = np.random.default_rng(1)
    inputs = [
        random.integers(-4096, 4096, (1, _TEST_HEIGHT, _TEST_WIDTH, info.channels), dtype=np.int16)
        for info in network.inputs
    ]
    scalar, *others = (
        (isa, network.session(_TEST_HEIGHT, _TEST_WIDTH, isa).run(inputs)) for isa in inloop.supported_isas()
    )
    return [isa for isa, outputs in others if not all(map(np.array_equal, outputs, scalar[1]))]


def _extras() -> dict[str, dict[str, str]]:
    """Return the packages of each extra with the versions that are installed."""
    try:
        required = distribution("inloop").requires or []
    except PackageNotFoundError:  # run from a source tree
        return {}
    extras: dict[str, dict[str, str]] = {}
    for line in required:
        found = re.match(r"([\w.-]+).*extra *== *['\"]([\w-]+)['\"]", line)
        if found and found[1] != "inloop":
            extras.setdefault(found[2], {})[found[1]] = _version_of(found[1])
    return extras


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _peers() -> list[str]:
    """Return the encoders for comparisons that the FFmpeg of `imageio-ffmpeg` has; none without that package."""
    try:
        executable = import_extra("imageio_ffmpeg", "eval").get_ffmpeg_exe()
        command = [executable, "-hide_banner", "-encoders"]
        listed = subprocess.run(command, capture_output=True, text=True, timeout=30).stdout.split()
    except (ImportError, OSError, RuntimeError, subprocess.TimeoutExpired):
        return []
    return [name for name in _PEER_ENCODERS if name in listed]
