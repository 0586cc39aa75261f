# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Other programs as measured children, above all the FFmpeg of the package imageio-ffmpeg (the [eval] extra)."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter

from inloop.errors import InloopError
from inloop.evaluate.cost import Cost
from inloop.evaluate.peak_memory import PeakWatch
from inloop.extras import import_extra

_LAST_WORDS = 300


def run_program(words: Sequence[str], folder: Path | None = None) -> tuple[str, Cost]:
    """Run a program to its end; return what it printed and what it and its children took.

    Args:
        words: The program and its arguments.
        folder: Where it runs; where this process does by default.

    Raises:
        InloopError: It cannot be started, or fails; the message has its last words.
    """
    start = perf_counter()
    try:
        process = subprocess.Popen(
            words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as error:
        raise InloopError(f"{words[0]}: {error.strerror}") from None
    assert process.stdout is not None
    watch = PeakWatch(process.pid)
    try:
        with process.stdout as stream:
            log = stream.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        process.kill()
        raise
    finally:
        watched_mib = watch.stop()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise InloopError(
            f"{shlex.join(words[:1])} failed ({process.returncode}): {log.strip()[-_LAST_WORDS:]}"
        )
    return log, Cost(
        usage.ru_utime + usage.ru_stime, perf_counter() - start, _peak_mib(usage.ru_maxrss, watched_mib)
    )


def _peak_mib(counted_kib: int, watched_mib: float | None) -> float | None:
    """Return the peak of a child and its own children.

    A child counts what this process held while it was forked: less than that is not its own.
    """
    own = counted_kib > getrusage(RUSAGE_SELF).ru_maxrss
    return max((peak for peak in (watched_mib, counted_kib / 1024 if own else None) if peak), default=None)


def run_ffmpeg(words: Sequence[str], folder: Path | None = None) -> tuple[str, Cost]:
    """Run FFmpeg as `run_program` does. Raises ModuleNotFoundError where imageio-ffmpeg is not installed."""
    return run_program([ffmpeg_path(), "-hide_banner", "-nostdin", "-y", *words], folder)


def ffmpeg_path() -> str:
    """Return the path of the program. Raises ModuleNotFoundError where imageio-ffmpeg is not installed."""
    return str(import_extra("imageio_ffmpeg", "eval").get_ffmpeg_exe())


@cache
def ffmpeg_version() -> str:
    """Return the program's version, as `FFmpeg n9.0.2`. Errors as for `run_ffmpeg`."""
    log, _ = run_program([ffmpeg_path(), "-version"])
    found = re.match(r"ffmpeg version (\S+)", log)
    return f"FFmpeg {found[1]}" if found else "FFmpeg"
