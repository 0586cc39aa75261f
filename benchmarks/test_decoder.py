# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Decoding speed on one thread against libde265, interleaved in one run.

Run with `python -m pytest benchmarks/test_decoder.py -s`. Times are CPU times of processes that read the stream and
throw the pictures away; the printed ratio is libde265's over ours (more than 1: we are faster).
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

STREAMS = ["vkcts_hevc-itu-slist-a.265", "hevcjs_bbb1080_50f.265", "media3_mv_with_2_top_shots.265"]
SHARED = Path(os.environ.get("INLOOP_SHARED", Path(__file__).resolve().parents[2] / "shared"))
STREAM_DIR = SHARED / "data" / "conformance"
ROUNDS = 5
# The core alone: no frames are made for Python, as libde265's program makes none.
OURS = """
import sys
from inloop import _core
decoder = _core.Decoder()
with open(sys.argv[1], "rb") as stream:
    while chunk := stream.read(1 << 16):
        decoder.decode(chunk)
decoder.flush()
"""


def cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize("name", STREAMS)
def test_one_thread_against_libde265(name: str) -> None:
    path = str(STREAM_DIR / name)
    if not STREAM_DIR.is_dir():
        pytest.skip(f"the shared streams are not here ({STREAM_DIR})")
    peer = shutil.which("libde265-dec265") or shutil.which("dec265")
    if peer is None:
        pytest.skip("libde265's dec265 is not on the path")
    startup = cpu_seconds([sys.executable, "-c", "from inloop import _core"])
    ratios = []
    for _ in range(ROUNDS):
        ours = cpu_seconds([sys.executable, "-c", OURS, path]) - startup
        ratios.append(cpu_seconds([peer, "-q", path]) / ours)
    print(f"\n{name}: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")
    assert statistics.median(ratios) > 1
