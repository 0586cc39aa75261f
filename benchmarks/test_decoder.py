# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Decoding speed on one thread against libde265, on several against one, interleaved in one run; peak memory.

Run with `python -m pytest benchmarks/test_decoder.py -s`. Pictures are decoded and thrown away. Against libde265 CPU
times of whole processes count, less that of starting Python; the printed ratio is libde265's over ours (more than 1:
we are faster). Threads are compared by elapsed time, in one process.
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
ROUNDS = int(os.environ.get("INLOOP_BENCHMARK_ROUNDS", "5"))  # One round only shows that it runs.
# The core runs alone: no frames are made for Python, as libde265's program makes none either.
OURS = """
import sys
from inloop import _core
decoder = _core.Decoder()
with open(sys.argv[1], "rb") as stream:
    while chunk := stream.read(1 << 16):
        decoder.decode(chunk)
decoder.flush()
"""

# One to three threads are timed in turn. The stream comes several times, so that starting up does not count.
THREADS = """
import sys, time
from inloop import _core
data = open(sys.argv[1], "rb").read() * int(sys.argv[2])
best = {threads: float("inf") for threads in (1, 2, 3)}
for _ in range(int(sys.argv[3])):
    for threads in best:
        decoder = _core.Decoder(pool=_core.decoder_pool(threads))
        start = time.perf_counter()
        for begin in range(0, len(data), 1 << 14):
            decoder.decode(data[begin : begin + (1 << 14)])
        decoder.flush()
        best[threads] = min(best[threads], time.perf_counter() - start)
print(best[1] / best[2], best[1] / best[3])
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
    assert ROUNDS == 1 or statistics.median(ratios) > 1


@pytest.mark.parametrize("name", STREAMS)
def test_threads(name: str) -> None:
    if not STREAM_DIR.is_dir():
        pytest.skip(f"the shared streams are not here ({STREAM_DIR})")
    command = [sys.executable, "-c", THREADS, str(STREAM_DIR / name), "3", str(ROUNDS)]
    two, three = map(
        float, subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    )
    print(f"\n{name}: two threads {two:.2f} times as fast as one, three {three:.2f} ({os.cpu_count()} cores)")


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("name", ["hevcjs_bbb1080_50f.265", "media3_mv_with_2_top_shots.265"])
def test_peak_memory(name: str, threads: int) -> None:
    if not STREAM_DIR.is_dir():
        pytest.skip(f"the shared streams are not here ({STREAM_DIR})")
    code = OURS.replace("Decoder()", f"Decoder(pool=_core.decoder_pool({threads}))")
    process = subprocess.Popen([sys.executable, "-c", code, str(STREAM_DIR / name)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    print(f"\n{name}: {usage.ru_maxrss / 1024:.0f} MB on {threads} threads, Python included")
