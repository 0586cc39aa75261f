# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The twins that tell what stepping pointers is worth compute the same."""

import numpy as np
import pytest

from inloop import _core
from inloop.errors import ConfigError, UnsupportedError
from need_testing import need_testing

t = need_testing()
ISAS = [isa for isa in _core.supported_isas() if isa != "avx512"]
CASES = [(3, 13, 17, 64, 1), (5, 7, 4, 24, 3), (2, 6, 32, 112, 1), (1, 1, 1, 1, 5)]


@pytest.mark.parametrize(("height", "width", "in_channels", "out_channels", "kernel"), CASES)
def test_every_addressing_computes_the_same(height, width, in_channels, out_channels, kernel):
    blocks = []
    for isa in ISAS:
        outputs = []
        for addressing in ("stepping", "indexed", "indexed per load"):
            case = t.AddressingCase(isa, height, width, in_channels, out_channels, kernel)
            case.run(addressing)
            outputs.append(case.output())
        np.testing.assert_array_equal(outputs[1], outputs[0])
        np.testing.assert_array_equal(outputs[2], outputs[0])
        # The vector ISA keeps the channels of a block in an order of its own.
        blocks.append(np.sort(outputs[0].reshape(height, width, -1, 16)))
    assert np.any(blocks[0])
    for block in blocks[1:]:
        np.testing.assert_array_equal(block, blocks[0])


def test_other_isas_and_names_are_refused():
    case = t.AddressingCase("scalar", 1, 1, 1, 1, 1)
    with pytest.raises(ConfigError, match="no addressing"):
        case.run("guessed")
    if "avx512" in _core.supported_isas():
        with pytest.raises(UnsupportedError):
            t.AddressingCase("avx512", 1, 1, 1, 1, 1)
