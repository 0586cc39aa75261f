# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Whether every benchmark still runs, one round each on little: python -m benchmarks.smoke [NAME...] [--need-all].

No time that it takes says anything. What a benchmark needs and is not there (the shared clips, PyTorch, a build for
tests) is named; with --need-all that is a failure, too.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from inloop import _core
from inloop.data import sample_clip

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("INLOOP_SHARED", ROOT.parent / "shared"))
LIMIT_S = 120
_LAST_LINES = 12


@dataclass(frozen=True)
class Case:
    """One command line.

    Attributes:
        benchmark: File of the benchmark, from `benchmarks/`.
        words: Arguments of Python; {clip}, {folder} and {isa} are filled in.
        needs: Modules, and "shared" for the shared models and clips.
        told: What it must print.
    """

    benchmark: str
    words: str
    needs: tuple[str, ...] = ()
    told: str = ""


PYTEST = "-m pytest -q -p no:cacheprovider --benchmark-disable"
RATE_PARTS = ("accuracy", "cost", "buffer", "bdrate", "scene", "share")
COMPARE = "-m benchmarks.compare --rounds 1 --budget 0.1 --network vlop --isa {isa}"
CASES = (
    Case(
        "compare.py",
        COMPARE + " --only block passes threads resources --results {folder}/results.json",
        ("shared", "onnxruntime", "openvino", "sympy"),
        "OpenVINO int8 convolves with",
    ),
    Case("compare.py", COMPARE + " --only addressing", ("shared", "inloop._testing"), "stepping"),
    Case(
        "test_engine.py",
        f"{PYTEST} benchmarks/test_engine.py -k vlop-block",
        ("shared", "pytest_benchmark", "pytest_timeout"),
        "passed",
    ),
    Case(
        "test_codec_kernels.py",
        f"{PYTEST} benchmarks/test_codec_kernels.py -k {{isa}}",
        ("inloop._testing", "pytest_benchmark", "pytest_timeout"),
        "passed",
    ),
    Case(
        "test_decoder.py",
        f"{PYTEST} benchmarks/test_decoder.py -k 'slist or (shots and memory)'",
        ("shared", "pytest_benchmark", "pytest_timeout"),
        "passed",
    ),
    *(
        Case(
            "rate_control.py",
            f"-m benchmarks.rate_control {part} {{clip}} --preset faster --frames 4",
            ("bjontegaard",),
            "big_buck_bunny",
        )
        for part in RATE_PARTS
    ),
    Case("executors.py", "-m benchmarks.executors --points 8", (), "two processes"),
    Case("history", "-m benchmarks.history -o {folder}/history.html", ("plotly",), "ratios of"),
    Case(
        "filter_table.py",
        "-m benchmarks.filter_table benchmarks/rd/results/filter_ra.jsonl",
        ("bjontegaard",),
        "**mean Y**",
    ),
    Case(
        "coolchic.py", "-m benchmarks.coolchic --rounds 1 --only kodim01", ("shared", "PIL"), "| image-kodak"
    ),
    Case(
        "coolchic_rd.py",
        "-m benchmarks.coolchic_rd table benchmarks/rd/results/coolchic.jsonl --ours coolchic_fast",
        ("bjontegaard", "torch"),
        "| coolchic_draft |",
    ),
    Case(
        "import_table.py", "-m benchmarks.import_table ESPCN", ("torch", "onnxscript"), "| ESPCN | dynamo |"
    ),
    Case(
        "network_table.py",
        "-m benchmarks.network_table ShuffleNet --rounds 1 --budget 0.1 --profile",
        ("torch", "onnxruntime", "openvino", "sympy"),
        "ShuffleNet, inloop int16",
    ),
    Case(
        "rd",
        "-m inloop sweep --suite quick {clip} -n 2 --encoders x265:ultrafast,inloop:faster -o {folder}/sweep",
        ("bjontegaard", "imageio_ffmpeg"),
        "BD-rates against x265 ultrafast",
    ),
)


def missing(case: Case) -> list[str]:
    """What a case needs and is not there."""
    return [need for need in case.needs if not (SHARED.is_dir() if need == "shared" else _found(need))]


def _found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def run(case: Case, folder: Path) -> str:
    """Run a case; return what is wrong with it, in words."""
    isa = _core.supported_isas()[-1]
    places = {"clip": str(sample_clip()), "folder": str(folder), "isa": isa}
    words = [word.format(**places) for word in shlex.split(case.words)]
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "INLOOP_BENCHMARK_ROUNDS": "1", "PYTHONPATH": os.pathsep.join(paths)}
    try:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        return f"takes more than {LIMIT_S} s"
    last = "\n".join(done.stdout.splitlines()[-_LAST_LINES:])
    if done.returncode:
        return f"exit code {done.returncode}\n{last}"
    return "" if case.told in done.stdout else f"does not say {case.told!r}\n{last}"


def outcomes(cases: Sequence[Case], need_all: bool) -> Iterator[tuple[str, bool]]:
    """Yield a line for each case, and whether it is as it should be."""
    for case in cases:
        title = f"{case.benchmark}: {case.words.removeprefix('-m ')}"
        if lacking := missing(case):
            yield f"left out  {title} (no {', '.join(lacking)})", not need_all
            continue
        begin = time.monotonic()
        with TemporaryDirectory() as folder:
            fault = run(case, Path(folder))
        elapsed = f"{time.monotonic() - begin:5.1f} s"
        yield f"{'FAILED' if fault else elapsed:9} {title}{fault and ': ' + fault}", not fault


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases; 1 where one is not as it should be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.smoke", description=__doc__)
    names = sorted({case.benchmark for case in CASES})
    parser.add_argument("benchmark", nargs="*", help=f"among {', '.join(names)}; all without any")
    parser.add_argument("--need-all", action="store_true", help="fail where something is missing")
    options = parser.parse_args(arguments)
    if unknown := set(options.benchmark) - set(names):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}: {', '.join(names)}")
    chosen = [case for case in CASES if case.benchmark in options.benchmark or not options.benchmark]
    fine = True
    for line, is_fine in outcomes(chosen, options.need_all):
        print(line, flush=True)
        fine &= is_fine
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
