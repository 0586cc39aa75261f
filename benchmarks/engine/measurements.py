# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The measurements of `benchmarks.compare`: each runs in a process of its own and gives numbers as JSON.

A process of its own because the ISA of oneDNN-based peers is fixed for a whole process by its environment, and
because peak memory is the process's.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from benchmarks.engine import peers
from benchmarks.engine.isas import ISAS
from benchmarks.engine.memory import plan_and_run_peak_bytes
from benchmarks.engine.networks import (
    BLOCK,
    NETWORKS,
    PICTURE,
    ROOT,
    TILES,
    Network,
    dilated_model,
    float_inputs,
    float_model,
    grouped_model,
    int16_inputs,
    int16_model,
)
from benchmarks.engine.timing import Run, measure
from inloop import _core
from inloop.engine.model import Model
from inloop.errors import InloopError

Result = dict[str, Any]


@dataclass(frozen=True)
class Task:
    """One measurement: `kind` is a name in MEASUREMENTS."""

    kind: str
    network: str
    isa: str
    rounds: int = 7
    budget_s: float = 8.0

    @property
    def engine_isa(self) -> str:
        """ISA of our engine."""
        return ISAS[self.isa].engine

    @property
    def key(self) -> str:
        """Name of the result."""
        return f"{self.kind}:{self.network}:{self.isa}"

    def run_apart(self) -> Result:
        """Measure in a new process, held to the ISA. Raises CalledProcessError."""
        environment = {**os.environ, **ISAS[self.isa].environment}
        environment["PYTHONPATH"] = os.pathsep.join(p for p in (str(ROOT), *sys.path) if p)
        command = [sys.executable, "-m", "benchmarks.engine.measurements", json.dumps(asdict(self))]
        run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return dict(json.loads(run.stdout.splitlines()[-1]))


def own_runs(network: Network, isa: str, luma: tuple[int, int]) -> dict[str, Run]:
    """Our engine with the network as int16 and, where it can run so, as float32."""
    height, width = network.size(luma)
    runs: dict[str, Run] = {}
    for label, make_model, make_inputs in (
        ("inloop int16", int16_model, int16_inputs),
        ("inloop float32", float_model, float_inputs),
    ):
        try:
            model = make_model(network)
            session = model.session(height, width, isa)
        except InloopError as error:
            print(f"{label} is left out: {error}", file=sys.stderr)
            continue
        runs[label] = _own_run(session, make_inputs(model, height, width))
    return runs


def _own_run(session: Any, inputs: list[Any]) -> Run:
    return lambda: session.run(inputs)


def _peaks(isa: str) -> dict[str, Callable[[], float]]:
    return {kind: partial(_core.multiply_add_peak, isa, kind == "float32") for kind in ("int16", "float32")}


def _with_peaks(runs: dict[str, Run], task: Task) -> Result:
    """Seconds of the contestants, and the peak of each element type measured before and after them."""
    peaks = _peaks(task.engine_isa)
    before = {kind: peak() for kind, peak in peaks.items()}
    seconds = measure(runs, task.rounds, task.budget_s)
    return {
        "seconds": seconds,
        "peak_mac_per_s": {kind: max(before[kind], peak()) for kind, peak in peaks.items()},
        "primitives": {
            name: run.primitives() for name, run in runs.items() if isinstance(run, peers.OpenvinoRun)
        },
    }


def openvino_types(task: Task, missing: list[str]) -> list[str]:
    """Element types that OpenVINO has on an ISA; int8 networks are made by onnxruntime's quantiser."""
    if "openvino" in missing:
        return []
    types = ["f32", "bf16"] if task.engine_isa == "avx512" else ["f32"]
    return types if "onnxruntime" in missing else [*types, "int8"]


def block(task: Task) -> Result:
    """One 144x144 block: our engine, onnxruntime and OpenVINO."""
    network, luma = NETWORKS[task.network], (BLOCK, BLOCK)
    runs = own_runs(network, task.engine_isa, luma)
    missing = peers.missing_peers()
    # onnxruntime's own kernels cannot be held to an ISA.
    if "onnxruntime" not in missing and task.engine_isa == _core.supported_isas()[-1]:
        runs |= dict(peers.onnxruntime_runs(network, luma))
    runs |= dict(peers.openvino_runs(network, luma, None, openvino_types(task, missing)))
    macs = int16_model(network).macs(*network.size(luma))
    return {**_with_peaks(runs, task), "macs": macs, "missing": missing}


def picture(task: Task) -> Result:
    """One 1080p picture, whole (and for OpenVINO in tiles too), with our block beside it."""
    network = NETWORKS[task.network]
    runs = {f"{name}, block": run for name, run in own_runs(network, task.engine_isa, (BLOCK, BLOCK)).items()}
    runs |= own_runs(network, task.engine_isa, PICTURE)
    missing = peers.missing_peers()
    types = openvino_types(task, missing)
    runs |= dict(peers.openvino_runs(network, PICTURE, None, types))
    if task.engine_isa == "avx512":
        # The slowest type is left out, because the question is how fast the best one is.
        for tile in TILES:
            runs |= dict(peers.openvino_runs(network, PICTURE, tile, types[1:]))
    model = int16_model(network)
    macs = {"picture": model.macs(*network.size(PICTURE)), "block": model.macs(*network.size((BLOCK, BLOCK)))}
    return {**_with_peaks(runs, task), "macs": macs, "missing": missing}


# Passes of which the reference networks have nothing: the title and the model that shows them.
OWN_SUBJECTS: dict[str, tuple[str, Callable[[], Model]]] = {
    "split_groups": ("3x3 in 8 groups", grouped_model),
    "skip_zero_taps": ("3x3 with dilation 2", dilated_model),
}


def _subject_of_pass(name: str, network: Network) -> tuple[str, Model, tuple[int, int]]:
    """What shows a pass's gain: its name in the table, the model and its size."""
    if name == "stripes":
        return "1080p", int16_model(network), network.size(PICTURE)
    block = network.size((BLOCK, BLOCK))
    if name in OWN_SUBJECTS:
        title, model = OWN_SUBJECTS[name]
        return f"{title}, block", model(), block
    return "block", int16_model(network), block


def passes(task: Task) -> Result:
    """A block, or what else shows a pass, with every pass and with each one switched off."""
    runs: dict[str, Run] = {}
    subjects = {}
    for name in _core.pass_names():
        if name in OWN_SUBJECTS and task.network != "lop":
            # These have networks of their own, for which one run is enough.
            continue
        subjects[name], model, size = _subject_of_pass(name, NETWORKS[task.network])
        inputs = int16_inputs(model, *size)
        for label, off in ((f"with {name}", {}), (f"without {name}", {name: False})):
            runs[label] = _own_run(model.core.session(*size, task.engine_isa, off), inputs)
    return {"seconds": measure(runs, task.rounds, task.budget_s), "subjects": subjects}


def addressing(task: Task) -> Result:
    """The dense convolutions of a block by stepping pointers, and with addresses computed from four indices."""
    # It is imported here because only a build with INLOOP_TESTING has it, and nothing else needs it.
    from inloop import _testing

    network = NETWORKS[task.network]
    layers = int16_model(network).layers(*network.size((BLOCK, BLOCK)))
    cases = []
    macs = [0, 0]
    for layer in layers:
        height, width, channels = layer["shape"]
        kernel = layer["kernel"][0]
        if layer["op"] != "conv":
            continue
        macs[1] += layer["macs"]
        if layer["groups"] == 1 and layer["kernel"] == (kernel, kernel):
            inputs = layer["parameters"] // (channels * kernel * kernel)
            cases.append(_testing.AddressingCase(task.engine_isa, height, width, inputs, channels, kernel))
            macs[0] += layer["macs"]

    def run(mode: str) -> None:
        for case in cases:
            case.run(mode)

    runs: dict[str, Run] = {mode: partial(run, mode) for mode in ("stepping", "indexed", "indexed per load")}
    share = f"{len(cases)} dense convolutions, {100 * macs[0] / macs[1]:.0f} % of the MACs"
    return {"seconds": measure(runs, task.rounds, task.budget_s), "of": share}


def threads(task: Task) -> Result:
    """Wall time of a stack of blocks on one thread and on two, each with a session of its own."""
    network = NETWORKS[task.network]
    model = int16_model(network)
    size = network.size((BLOCK, BLOCK))
    sessions = [model.session(*size, task.engine_isa) for _ in range(2)]
    inputs = int16_inputs(model, *size)
    count = 16

    def work(session: Any, blocks: int) -> None:
        for _ in range(blocks):
            session.run(inputs)

    def on_two() -> None:
        workers = [threading.Thread(target=work, args=(session, count // 2)) for session in sessions]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    runs: dict[str, Run] = {"1": lambda: work(sessions[0], count), "2": on_two}
    return {"seconds": measure(runs, task.rounds, task.budget_s, time.perf_counter), "cpus": os.cpu_count()}


def resources(task: Task) -> Result:
    """Peak memory of a 1080p picture beyond inputs and outputs; time to load the compact form and plan a block."""
    network = NETWORKS[task.network]
    data = int16_model(network).to_bytes()
    size = network.size((BLOCK, BLOCK))
    load_s = []
    for _ in range(task.rounds):
        begin = time.perf_counter()
        Model(data).session(*size, task.engine_isa)
        load_s.append(time.perf_counter() - begin)
    model = int16_model(network)
    inputs = int16_inputs(model, *network.size(PICTURE))
    return {
        "load_and_plan_s": [min(load_s), statistics.median(load_s), max(load_s)],
        "picture_peak_bytes": plan_and_run_peak_bytes(model, inputs, task.engine_isa),
    }


MEASUREMENTS: dict[str, Callable[[Task], Result]] = {
    function.__name__: function for function in (block, picture, passes, addressing, threads, resources)
}


if __name__ == "__main__":
    given = Task(**json.loads(sys.argv[1]))
    print(json.dumps(MEASUREMENTS[given.kind](given)))
