# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""A forced ISA really runs: its kernels are called, and no other ISA's."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from model_seeds import filter_like

import inloop
from inloop import _core
from inloop.convert import onnx_to_compact
from inloop.engine.model import Model
from inloop.engine.profiling import random_inputs
from need_testing import need_testing

ISAS = _core.supported_isas()


def only(isa: str, counts: dict[str, int]) -> bool:
    return counts[isa] > 0 and all(not count for name, count in counts.items() if name != isa)


@pytest.mark.parametrize("quantised", [True, False])
@pytest.mark.parametrize("isa", ISAS)
def test_the_kernels_of_the_named_isa_are_called(isa: str, quantised: bool) -> None:
    data = onnx_to_compact(filter_like(quantised=quantised))
    assert only(isa, need_testing().CountedSession(data, 8, 8, isa).run())


@pytest.mark.parametrize("isa", ISAS)
def test_set_isa_holds_for_what_is_created_afterwards(isa: str) -> None:
    t = need_testing()
    data = onnx_to_compact(filter_like())
    before = inloop.get_isa()
    try:
        inloop.set_isa(isa)
        t.set_isa(isa)
        session, counted = Model(data).session(8, 8), t.CountedSession(data, 8, 8)
    finally:
        inloop.set_isa(before)
        t.set_isa(before)
    assert session.isa == isa
    assert only(isa, counted.run())


@pytest.mark.parametrize("isa", ISAS)
def test_the_environment_forces_an_isa(isa: str) -> None:
    need_testing()
    code = """
from importlib.resources import files
from inloop import _testing
from inloop.engine.model import Model
data = files("inloop.nnlf").joinpath("models", "vlop.inl").read_bytes()
calls = _testing.CountedSession(data, 16, 16).run()
print(Model(data).session(16, 16).isa, *[name for name, count in calls.items() if count])
"""
    environment = {**os.environ, "INLOOP_ISA": isa}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert run.stdout.split() == [isa, isa], run.stderr


def test_avx_vnni_can_be_turned_off() -> None:
    """It is part of ISA avx2 where the CPU has it, and never changes an integer."""
    model = Model(onnx_to_compact(filter_like()))
    inputs = random_inputs(model, 8, 8)
    used = inloop.avx_vnni()
    expected = model.session(8, 8, "scalar").run(inputs)
    cpuinfo = Path("/proc/cpuinfo").read_text()
    cpu_has_it = re.search(r"^flags.*\bavx_vnni\b", cpuinfo, re.MULTILINE) is not None
    try:
        for enabled in (False, True):
            inloop.set_avx_vnni(enabled)
            assert inloop.avx_vnni() == (enabled and cpu_has_it)
            if "avx2" in ISAS:
                for found, wanted in zip(model.session(8, 8, "avx2").run(inputs), expected, strict=True):
                    assert (found == wanted).all()
    finally:
        inloop.set_avx_vnni(used)
