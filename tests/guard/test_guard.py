# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Streams, decoded pictures, network outputs and model identities stay the same, hash by hash.

A change that alters a stream on purpose records again (`python tests/guard/record.py`) and says in its message what
changed and by how much.
"""

from __future__ import annotations

import pytest
from guard_cases import CASES, encode_case, forced, identities, network_outputs, stored_hashes

import inloop

# Scalar code defines the result and the best ISA is what people run; threads must not matter at either.
RUNS = [(inloop.supported_isas()[-1], 1), (inloop.supported_isas()[0], 3)]


@pytest.mark.parametrize("name", CASES)
def test_streams_and_pictures(name: str) -> None:
    expected = stored_hashes()["encodes"][name]
    for isa, threads in RUNS:
        with forced(isa):
            assert encode_case(name, threads) == expected, (isa, threads)


@pytest.mark.parametrize("name", ["lop", "vlop", "enhance"])
@pytest.mark.parametrize("isa", inloop.supported_isas())
def test_network_outputs(name: str, isa: str) -> None:
    with forced(isa):
        assert network_outputs(name) == stored_hashes()["networks"][name]


def test_identities() -> None:
    assert identities() == stored_hashes()["identities"]


def test_every_case_is_recorded() -> None:
    assert set(stored_hashes()["encodes"]) == set(CASES)
