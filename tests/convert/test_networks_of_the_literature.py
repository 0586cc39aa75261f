# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Small networks of the literature from PyTorch: right with free sizes, and quantised well.

`benchmarks.import_table` has all of them.
"""

from __future__ import annotations

from importlib.util import find_spec

import pytest

pytest.importorskip("torch")

from benchmarks.import_table import EXPORTERS, measured

SIZES = ((24, 40), (37, 51))
FEW = ("NAFNet", "RFDN", "ECBSR", "CBAM", "strided")


@pytest.mark.parametrize("exporter", EXPORTERS)
@pytest.mark.parametrize("name", FEW)
def test_loads_and_is_right(name: str, exporter: str) -> None:
    if exporter == "dynamo" and find_spec("onnxscript") is None:
        pytest.skip("the exporter needs onnxscript")
    found = measured(name, exporter, SIZES)
    assert (found.fault, found.multiple) == ("", "")
    assert found.error < 1e-5
    assert found.int16_db > 45
