# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Networks of the literature in int16 and float32 against onnxruntime and OpenVINO, on one thread.

    python -m benchmarks.network_table [NETWORK...] [--rounds N] [--budget SECONDS] [--profile]

Each network of `benchmarks.imports.restorers` is made with random weights by torch, exported, quantised on a smooth
picture and run on it by all engines in turn. A ratio is the time of a peer over ours: the median of the rounds with
their range. OpenVINO's best is its fastest of float32, bfloat16 (where the CPU has it) and int8, which computes with
8 bits. OpenVINO is held to AVX-512 without AMX, as our engine has no kernels for that. The table is Markdown.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Iterator, Sequence

import numpy as np
import onnx
import torch

from benchmarks.engine import peers
from benchmarks.engine.timing import Run, measure, ratio
from benchmarks.import_table import exported, smooth_picture
from benchmarks.imports.restorers import RESTORERS
from inloop import _core
from inloop.convert import import_onnx, onnx_to_compact, quantise
from inloop.engine.model import Model

SIZE = 96
ONEDNN_ISA = "AVX512_CORE_BF16"
OWN = ("inloop int16", "inloop float32")
COLUMNS = (
    ("int16 / onnxruntime", OWN[0], ("onnxruntime",)),
    ("float / onnxruntime", OWN[1], ("onnxruntime",)),
    ("int16 / OpenVINO int8", OWN[0], ("OpenVINO int8",)),
    ("int16 / OpenVINO's best", OWN[0], ("OpenVINO f32", "OpenVINO bf16", "OpenVINO int8")),
    ("float / OpenVINO float32", OWN[1], ("OpenVINO f32",)),
)


def fixed(data: bytes) -> onnx.ModelProto:
    """The network for one size, as peers are fastest."""
    model = onnx.load_from_string(data)
    for dim, value in zip(model.graph.input[0].type.tensor_type.shape.dim, (1, 3, SIZE, SIZE), strict=True):
        dim.dim_value = value
    model.graph.output[0].type.tensor_type.ClearField("shape")
    return onnx.shape_inference.infer_shapes(model)


def contestants(name: str) -> tuple[dict[str, Run], dict[str, Model]]:
    """All engines with a network, and our models of it."""
    torch.manual_seed(7)
    data = exported(RESTORERS[name]().eval(), "legacy")
    picture = smooth_picture(1, SIZE, SIZE)
    turned = np.ascontiguousarray(picture.transpose(0, 2, 3, 1))
    own = {OWN[1]: Model(import_onnx(data).to_bytes())}
    own[OWN[0]] = Model(onnx_to_compact(quantise(data, [{own[OWN[1]].inputs[0].name: turned}]).onnx))
    quantizer = own[OWN[0]].inputs[0].quantizer
    integers = np.clip(np.round(turned * 2.0**quantizer), -32767, 32767).astype(np.int16)
    runs: dict[str, Run] = {}
    for label, values in ((OWN[0], integers), (OWN[1], turned)):
        session = own[label].session(SIZE, SIZE)
        runs[label] = lambda session=session, values=values: session.run([values])
    missing, model = peers.missing_peers(), fixed(data)
    feeds = {model.graph.input[0].name: picture}
    if "onnxruntime" not in missing:
        session = peers.onnxruntime_session(model)
        runs["onnxruntime"] = lambda: session.run(None, feeds)
    if "openvino" not in missing:
        types = ["f32", *(["bf16"] if _core.supported_isas()[-1] == "avx512" else [])]
        for kind in types if "onnxruntime" in missing else [*types, "int8"]:
            network = peers.quantised_onnx(model, feeds) if kind == "int8" else model
            runs[f"OpenVINO {kind}"] = peers.OpenvinoRun(network, kind, [feeds])
    return runs, own


def fastest(seconds: dict[str, list[float]], names: Sequence[str]) -> list[float] | None:
    """Times of the fastest of some contestants, by its median."""
    there = [seconds[name] for name in names if name in seconds]
    return min(there, key=statistics.median) if there else None


def row(name: str, seconds: dict[str, list[float]]) -> str:
    """One row of the table."""
    cells = [name, *(f"{statistics.median(seconds[own]) * 1e3:.2f}" for own in OWN)]
    for _, own, others in COLUMNS:
        peer = fastest(seconds, others)
        cells.append(str(ratio(peer, seconds[own])) if peer else "")
    return f"| {' | '.join(cells)} |"


def shares(own: dict[str, Model], label: str) -> str:
    """Where our time goes, by the kind of step."""
    model = own[label]
    dtype = np.float32 if label == OWN[1] else np.int16
    session, kinds = model.session(SIZE, SIZE), {}
    for _ in range(3):
        steps = session.profile([np.ones((1, SIZE, SIZE, model.inputs[0].channels), dtype)])
        kinds = {step.kind: sum(s.seconds for s in steps if s.kind == step.kind) for step in steps}
    total = sum(kinds.values())
    return f"{label}: " + ", ".join(f"{kind} {100 * time / total:.0f} %" for kind, time in kinds.items())


def lines(names: Sequence[str], rounds: int, budget_s: float, profile: bool) -> Iterator[str]:
    """The table, row by row."""
    yield "| network | int16 ms | float ms | " + " | ".join(title for title, _, _ in COLUMNS) + " |"
    yield "|---" * (len(COLUMNS) + 3) + "|"
    notes = []
    for name in names:
        runs, own = contestants(name)
        yield row(name, measure(runs, rounds, budget_s))
        notes += [f"{name}, {shares(own, label)}" for label in OWN] if profile else []
    yield from ["", *notes] if notes else []


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.network_table",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "network", nargs="*", help=f"among {', '.join(map(repr, RESTORERS))}; all without any"
    )
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each network (default 7)")
    parser.add_argument(
        "--budget", type=float, default=6.0, help="seconds of each network's rounds (default 6)"
    )
    parser.add_argument("--profile", action="store_true", help="say which kinds of steps take our time")
    options = parser.parse_args()
    os.environ.setdefault("ONEDNN_MAX_CPU_ISA", ONEDNN_ISA)  # OpenVINO is loaded later and reads it then.
    torch.set_num_threads(1)
    names = options.network or list(RESTORERS)
    for line in lines(names, options.rounds, options.budget, options.profile):
        print(line, flush=True)


if __name__ == "__main__":
    main()
