# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The engine against onnxruntime (float, one thread each), interleaved, as ratios.

Run with ``pytest benchmarks/test_engine.py``. Times are CPU times of the calling thread, so that other programs disturb
them less; the peak is that of the level's integer multiply-add, measured in the same run.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from nn_networks import quantise_naively, random_inputs

from inloop import _core
from inloop.convert import onnx_to_compact
from inloop.model import Model

NETWORKS = {"lop_like": 72, "vlop_like": 72, "enhance_like": 144}
ROUNDS = 7


def cpu_time(call: Callable[[], object]) -> float:
    begin = time.thread_time()
    call()
    return time.thread_time() - begin


def peer(path: Path) -> Callable[[], object]:
    onnxruntime = pytest.importorskip("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    feeds = {i.name: rng.random(i.shape, np.float32) for i in session.get_inputs()}
    return lambda: session.run(None, feeds)


@pytest.mark.parametrize("level", _core.isa_levels()[1:])
@pytest.mark.parametrize("name", list(NETWORKS))
def test_block_against_onnxruntime(benchmark, shared_dir: Path, name: str, level: str) -> None:
    path = shared_dir / "models" / f"{name}.onnx"
    size = NETWORKS[name]
    model = Model(onnx_to_compact(quantise_naively(path)))
    session, inputs = model.session(size, size, level), random_inputs(model, size, size)
    run, other = lambda: session.run(inputs), peer(path)
    for call in (run, other):
        call()
    own_times, peer_times, peaks = [], [], []
    for _ in range(ROUNDS):
        peaks.append(_core._testing.multiply_add_peak_i16(level))
        own_times.append(min(cpu_time(run) for _ in range(3)))
        peer_times.append(min(cpu_time(other) for _ in range(3)))
    ratios = np.array(peer_times) / np.array(own_times)
    gmacs = model.macs(size, size) / min(own_times) / 1e9
    benchmark.extra_info.update(
        gmac_per_s=round(gmacs, 1), share_of_peak=round(gmacs * 1e9 / max(peaks), 3),
        onnxruntime_ratio_median=round(float(np.median(ratios)), 2),
        onnxruntime_ratio_range=[round(float(r), 2) for r in (ratios.min(), ratios.max())],
        level=level, load=round(os.getloadavg()[0], 1),
    )  # fmt: skip
    print(f"\n{name} {level}: {benchmark.extra_info}")
    benchmark.pedantic(run, rounds=5)
