# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The targets of `fuzz_front_ends.py` with inputs that coverage guides, by the package atheris.

`python tests/fuzz/guided_front_ends.py TARGET [CORPUS...] [-max_total_time=SECONDS]`; the options are libFuzzer's.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["inloop.convert", "inloop.io"]):
    from fuzz_front_ends import TARGETS, try_input


def main() -> None:
    """Run one target until libFuzzer ends it."""
    target = TARGETS[sys.argv[1]]

    def try_one(data: bytes) -> None:
        try_input(target, data)

    atheris.Setup(sys.argv[1:], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
