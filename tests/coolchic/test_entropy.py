# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Range decoder, exponential and tables of scales, against exact arithmetic and vectors of the original coder."""

from __future__ import annotations

from decimal import Decimal, getcontext
from pathlib import Path

import numpy as np
import pytest

from need_testing import need_testing

testing = need_testing()
PARAMETER_SCALES = """
 32 38 45 54 64 76 90 108 128 152 181 215 256 304 362 430 512 609 724 861 1024 1218 1448 1722 2048 2435 2896 3444
 4096 4871 5792 6888 8192 9742 11585 13777 16384 19484 23170 27554 32768
"""


@pytest.fixture(autouse=True)
def digits() -> None:
    getcontext().prec = 60


def test_exponential_is_correctly_rounded() -> None:
    random = np.random.default_rng(1)
    values = [0.0, 2.0**-60, *(random.integers(1, 10**5, 3000) / random.integers(1, 20000, 3000))]
    for z in values:
        if z <= 600:
            assert testing.coolchic_exp_of_negative(z) == float((-Decimal(z)).exp()), z


def test_latent_scales() -> None:
    """round(128 exp(-o / 128)) for o from -640 to 885."""
    scales = testing.coolchic_latent_scales_128()
    exact = [int((128 * (-Decimal(o) / 128).exp()).to_integral_value()) for o in range(-640, 886)]
    assert scales == exact
    assert (scales[0], scales[640], scales[640 + 709], scales[640 + 710]) == (18997, 128, 1, 0)


def test_parameter_scales() -> None:
    assert [testing.coolchic_parameter_scale_128(index) for index in range(41)] == [
        int(scale) for scale in PARAMETER_SCALES.split()
    ]
    assert testing.coolchic_parameter_scale_128(41) == 0


def test_early_parameter_scales() -> None:
    """2^(1/1024 + i (16 - 1/1024) / 65534), cut to 9 bits behind the leading one, or to 2^-9; then in 128ths."""
    ln2 = Decimal(2).ln()
    for index in [*range(0, 65535, 97), 65534]:
        exponent = Decimal(1.0 / 1024 + index * (16 - 1.0 / 1024) / 65534)
        power = (exponent * ln2).exp()
        cut = int(power * 512)
        assert testing.coolchic_early_parameter_scale_128(index) == round(Decimal(cut) / 4), index
    assert testing.coolchic_early_parameter_scale_128(65535) == 0


def test_vectors_of_the_original_coder(shared_dir: Path) -> None:
    path = shared_dir / "data" / "coolchic" / "reference" / "laplace_vectors.npz"
    if not path.exists():
        pytest.skip("no vectors here")
    vectors = np.load(path)
    sets = sorted({name.rsplit("_", 1)[0] for name in vectors.files})
    assert sets
    for name in sets:
        message = vectors[f"{name}_words"].astype("<u4").tobytes()
        symbols = testing.coolchic_decode_symbols(
            message,
            int(vectors[f"{name}_ac"]),
            vectors[f"{name}_o0"].tolist(),
            vectors[f"{name}_s128"].tolist(),
        )
        assert symbols == vectors[f"{name}_symbols"].tolist(), name
