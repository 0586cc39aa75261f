# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The baseline of the pointer-stepping ratio computes what the kernels compute."""

import numpy as np
import pytest

from inloop import _core
from inloop.errors import UnsupportedError

LEVELS = [level for level in _core.isa_levels() if level != "avx512"]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("height", "width", "in_channels", "out_channels", "kernel"),
    [(3, 13, 17, 64, 1), (5, 7, 4, 24, 3), (2, 6, 32, 112, 1), (1, 1, 1, 1, 5)],
)
def test_index_addressing_equals_the_kernel(level, height, width, in_channels, out_channels, kernel):
    outputs = []
    for mode in ("stepping", "indexed", "indexed per load"):
        case = _core._testing.AddressingCase(level, height, width, in_channels, out_channels, kernel)
        case.run(mode)
        outputs.append(case.output())
    assert np.any(outputs[0])
    np.testing.assert_array_equal(outputs[1], outputs[0])
    np.testing.assert_array_equal(outputs[2], outputs[0])


@pytest.mark.skipif("avx512" not in _core.isa_levels(), reason="this CPU has no AVX-512")
def test_levels_without_a_twin_are_refused():
    with pytest.raises(UnsupportedError):
        _core._testing.AddressingCase("avx512", 1, 1, 1, 1, 1)
