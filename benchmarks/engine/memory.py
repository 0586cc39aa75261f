# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Peak memory of this process, as Linux counts it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from inloop.engine.model import Model

STATUS, CLEAR_REFS = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _status_bytes(field: str) -> int:
    match = re.search(rf"^{field}:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE)
    assert match
    return int(match[1]) * 1024


def plan_and_run_peak_bytes(model: Model, inputs: list[NDArray[Any]], isa: str) -> int | None:
    """Growth of resident memory from before planning to the peak of a run, less the outputs.

    None where the kernel cannot reset its peak counter.
    """
    try:
        CLEAR_REFS.write_text("5")
    except OSError:
        return None
    before = _status_bytes("VmRSS")
    outputs = model.session(*inputs[0].shape[1:3], isa).run(inputs)
    return _status_bytes("VmHWM") - before - sum(output.nbytes for output in outputs)
