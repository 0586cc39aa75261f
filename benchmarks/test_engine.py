# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The engine alone, for pytest-benchmark: `pytest benchmarks/test_engine.py`.

Comparisons with other engines, ratios and their history are in `python -m benchmarks.compare`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.engine.measurements import own_runs
from benchmarks.engine.networks import BLOCK, NETWORKS, PICTURE, int16_inputs, int16_model
from inloop import _core
from inloop.engine.model import Model

ISAS = _core.supported_isas()[1:] or _core.supported_isas()


@pytest.mark.usefixtures("shared_dir")
@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("kind", ["int16", "float32"])
@pytest.mark.parametrize("luma", [(BLOCK, BLOCK), PICTURE], ids=["block", "1080p"])
@pytest.mark.parametrize("name", list(NETWORKS))
def test_run(benchmark, name: str, luma: tuple[int, int], kind: str, isa: str) -> None:
    network = NETWORKS[name]
    run = own_runs(network, isa, luma).get(f"inloop {kind}")
    if run is None:
        pytest.skip(f"{name} does not run as {kind}")
    benchmark.group = f"{name} {luma[1]}x{luma[0]} {kind}"
    benchmark.pedantic(run, rounds=15 if luma == (BLOCK, BLOCK) else 3, warmup_rounds=1)
    if benchmark.stats is None:  # --benchmark-disable
        return
    rate = int16_model(network).macs(*network.size(luma)) / benchmark.stats.stats.min
    benchmark.extra_info["gmac_per_s"] = round(rate / 1e9, 1)
    peak = _core.multiply_add_peak(isa, kind == "float32")
    benchmark.extra_info["share_of_peak"] = round(rate / peak, 3)


@pytest.mark.usefixtures("shared_dir")
@pytest.mark.parametrize("off", [None, *_core.pass_names()])
@pytest.mark.parametrize("name", list(NETWORKS))
def test_without_a_pass(benchmark, name: str, off: str | None) -> None:
    network = NETWORKS[name]
    model, size = int16_model(network), network.size((BLOCK, BLOCK))
    session = model.core.session(*size, "", {} if off is None else {off: False})
    benchmark.group = f"passes of {name}"
    benchmark.pedantic(session.run, (int16_inputs(model, *size),), rounds=15, warmup_rounds=1)


@pytest.mark.parametrize("name", list(NETWORKS))
def test_load_and_plan(benchmark, shared_dir: Path, name: str) -> None:
    network = NETWORKS[name]
    data = int16_model(network).to_bytes()
    benchmark.pedantic(lambda: Model(data).session(*network.size((BLOCK, BLOCK))), rounds=15)
