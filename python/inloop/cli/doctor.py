# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`inloop doctor`: what is installed, what this machine can run, and whether it agrees."""

from __future__ import annotations

from collections.abc import Iterator
from json import dumps as dump_json
from typing import Annotated

from inloop.cli.options import flag
from inloop.diagnosis import Diagnosis, diagnose
from inloop.errors import InloopError


def doctor(*, json: Annotated[bool, flag("--json", "Print JSON.")] = False) -> None:
    """Print versions, instruction sets of build and machine, extras and other programs found.

    A network is run at every instruction set; it is an error if one gives other integers than the others.

    Example: inloop doctor
    """
    found = diagnose()
    if json:
        print(dump_json(found.as_dict(), indent=2))
    else:
        for name, value in _lines(found):
            print(f"{name:<12} {value}")
    if not found.healthy:
        raise InloopError(
            f"the engine's integers on {', '.join(found.isas_disagreeing)} differ from those on scalar"
        )


def _lines(found: Diagnosis) -> Iterator[tuple[str, str]]:
    yield "inloop", f"{found.inloop}, built with {found.compiler}"
    yield "python", found.python
    yield "system", f"{found.system}, {found.cores} cores"
    agreement = "all with the same integers" if found.healthy else "whose integers differ"
    yield "ISAs", f"{found.isa} of {', '.join(found.isas)}, {agreement}"
    if found.isas_missing:
        yield (
            "not built",
            f"{', '.join(found.isas_missing)}: this machine has it, this build of inloop does not",
        )
    yield "AVX-VNNI", "used on avx2" if found.avx_vnni else "not used"
    yield "C library", found.library
    for extra, packages in sorted(found.extras.items()):
        missing = [name for name, installed in packages.items() if not installed]
        have = [f"{name} {installed}" for name, installed in packages.items() if installed]
        advice = f"missing: {', '.join(missing)} (pip install 'inloop[{extra}]')" if missing else ""
        yield f"[{extra}]", "; ".join(filter(None, [", ".join(have), advice]))
    for name, place in found.programs.items():
        yield "program", f"{name}: {place}"
    yield "peers", ", ".join(found.peers) or "none: pip install 'inloop[eval]' brings an FFmpeg with encoders"
