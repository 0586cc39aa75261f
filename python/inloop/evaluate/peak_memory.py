# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The most memory that a running child holds, as Linux counts it."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event, Thread

_STEP_S = 0.005
_HIGHEST = re.compile(rb"^VmHWM:\s+(\d+) kB", re.MULTILINE)


class PeakWatch:
    """Looks at a child until it ends.

    What the system says of a child that has ended counts what its parent held while it was started. What it says
    of a running one is its own, and only grows, so that the last look is the peak but for the last milliseconds.

    Args:
        pid: The child, which runs its program already.
    """

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self._peak_kib = 0
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float | None:
        """Return the peak in MiB; None where the system does not tell, or the child was too short."""
        self._over.set()
        self._thread.join()
        return self._peak_kib / 1024 if self._peak_kib else None

    def _watch(self) -> None:
        while True:
            try:
                found = _HIGHEST.search(self._status.read_bytes())
            except OSError:
                return
            if found is None:  # A child that has ended and was not waited for has no memory any more.
                return
            self._peak_kib = int(found[1])
            if self._over.wait(_STEP_S):
                return
