# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The choice of the instruction set: forced ones run, impossible ones are errors."""

import os
import subprocess
import sys

import pytest

import inloop
from inloop import _core
from inloop.errors import ConfigError


def isa_of_child(isa: str) -> subprocess.CompletedProcess[str]:
    code = "from inloop import _core; print(_core.get_isa())"
    environment = {**os.environ, "INLOOP_ISA": isa}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)


@pytest.fixture
def restored_isa():
    isa = _core.get_isa()
    yield
    _core.set_isa(isa)


@pytest.mark.parametrize("isa", _core.supported_isas())
def test_environment_forces_isa(isa):
    child = isa_of_child(isa)
    assert child.stdout.strip() == isa, child.stderr


def test_auto_is_best_supported():
    assert isa_of_child("auto").stdout.strip() == _core.supported_isas()[-1]


def test_unknown_isa_in_environment_is_an_error():
    child = isa_of_child("sse9")
    assert child.returncode != 0
    assert "ConfigError: INLOOP_ISA: unknown ISA 'sse9'" in child.stderr


@pytest.mark.parametrize("create", ["Decoder()", "Encoder(64, 64, 25, qp=30)"])
def test_nothing_is_created_at_an_unknown_isa(create):
    environment = {**os.environ, "INLOOP_ISA": "sse9"}
    code = f"from inloop import Decoder, Encoder; {create}"
    child = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert child.returncode != 0
    assert "unknown ISA 'sse9'" in child.stderr


@pytest.mark.usefixtures("restored_isa")
@pytest.mark.parametrize("isa", _core.supported_isas())
def test_set_isa(isa):
    _core.set_isa(isa)
    assert _core.get_isa() == isa


def test_set_isa_refuses_unknown_isa():
    with pytest.raises(ConfigError, match="unknown ISA 'mmx'"):
        _core.set_isa("mmx")


def test_version_matches_package():
    assert _core.__version__ == inloop.__version__
