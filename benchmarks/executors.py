# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""What executors cost: python -m benchmarks.executors [--points N] [--sweep CLIP].

Overhead: points that do nothing, 200 of them, by each executor; milliseconds of elapsed time a point behind the first,
which waits for the start of processes. Sweep: elapsed time of eight points of a clip by one process and by two, their
start included.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from inloop.evaluate.clips import find_clips
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.sweeps.run import run_sweep
from inloop.evaluate.sweeps.spec import EncoderSpec, SweepSpec
from inloop.evaluate.sweeps.store import PointStore
from inloop.executors import DaskExecutor, Executor, InThisProcess, LocalProcesses

_QPS = (22, 24, 27, 29, 32, 34, 37, 39)
_FRAMES = 33


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.executors", description=__doc__)
    parser.add_argument("--points", type=int, default=200, help="points that do nothing")
    parser.add_argument("--sweep", metavar="CLIP", help="measure one process against two on a clip, too")
    options = parser.parse_args(arguments)
    print("executor, ms a point behind the first, s to the first")
    _print_overhead("in this process", InThisProcess(), options.points)
    _print_overhead("two processes", LocalProcesses(2), options.points)
    if find_spec("distributed") is None:
        print("Dask is not installed: pip install 'inloop[cluster]'")
    else:
        with _cluster(2) as address:
            _print_overhead("Dask, two workers", DaskExecutor(address), options.points)
    if options.sweep is not None:
        seconds = [_sweep_s(options.sweep, jobs) for jobs in (1, 2)]
        ratio = seconds[0] / seconds[1]
        print(
            f"sweep, {len(_QPS)} points: {seconds[0]:.1f} s by one process, {seconds[1]:.1f} s by two, {ratio:.2f} : 1"
        )


def _print_overhead(name: str, executor: Executor, points: int) -> None:
    start = perf_counter()
    times = [perf_counter() - start for _ in executor.run(abs, {str(n): n for n in range(points)})]
    print(f"{name}, {1000 * (times[-1] - times[0]) / max(1, points - 1):.2f}, {times[0]:.2f}", flush=True)


def _sweep_s(clip: str, jobs: int) -> float:
    """Return the seconds of a sweep."""
    encoder = EncoderSpec("ours", OurCodec(), "qp", _QPS)
    spec = SweepSpec((encoder,), find_clips([clip], Path(), _FRAMES), ("psnr",))
    with TemporaryDirectory() as folder:
        executor = LocalProcesses(jobs)
        start = perf_counter()
        count = sum(1 for _ in run_sweep(spec, PointStore(Path(folder, "points.jsonl")), executor))
        assert count == len(_QPS)
        return perf_counter() - start


@contextmanager
def _cluster(workers: int) -> Iterator[str]:
    """Give the address of a scheduler with workers on this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    run = [sys.executable, "-W", "ignore", "-m"]
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port)]
    worker = ["distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with TemporaryDirectory() as folder:
        commands = [scheduler, *([*worker, "--local-directory", folder] for _ in range(workers))]
        processes = [
            subprocess.Popen(
                [*run, *words, "--no-dashboard"],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for words in commands
        ]
        try:
            yield address
        finally:
            for process in processes:
                process.kill()
                process.wait()


if __name__ == "__main__":
    main()
