# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Damaged networks are refused with an error of the family, or are other networks, equal on every ISA."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_seeds import CORPUS, filter_like, other_operations, seeds
from nn_networks import GraphBuilder

from inloop import _core
from inloop.convert import export_sadl, import_onnx, import_sadl, onnx_to_compact
from inloop.engine.model import Model
from inloop.engine.profiling import random_inputs
from inloop.errors import ConfigError, ModelError, UnsupportedError

HEIGHT, WIDTH = 6, 5
MAX_MACS = 1 << 22
Damage = list[tuple[float, int, int]]


def sadl_file() -> bytes:
    return export_sadl(import_onnx(filter_like()), 12, 12)


def run_everywhere(data: bytes) -> None:
    """Run what is accepted on every ISA; integers must agree. Raises the family's errors only."""
    model = Model(data)
    if not 0 < model.macs(HEIGHT, WIDTH) < MAX_MACS:
        return
    inputs = random_inputs(model, HEIGHT, WIDTH)
    results = [model.session(HEIGHT, WIDTH, isa).run(inputs) for isa in _core.supported_isas()]
    if model.dtype == np.int16:
        for result in results[1:]:
            for a, b in zip(results[0], result, strict=True):
                np.testing.assert_array_equal(a, b)


def refused_or_runs(make: Callable[[bytes], bytes], data: bytes) -> bool:
    try:
        run_everywhere(make(data))
    except (ModelError, UnsupportedError, ConfigError):
        return False
    return True


def damaged(data: bytes, damage: Damage) -> bytes:
    """Each (place, kind, value): flip a bit, set a byte, remove some, repeat some."""
    result = bytearray(data)
    for place, kind, value in damage:
        at = int(place * len(result))
        match kind:
            case 0:
                result[at] ^= 1 << value % 8
            case 1:
                result[at] = value
            case 2:
                del result[at : at + 1 + value % 9]
            case _:
                result[at:at] = result[at : at + 1 + value % 9]
        if not result:
            break
    return bytes(result)


DAMAGE = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 3), st.integers(0, 255)),
    min_size=1,
    max_size=5,
)
READERS = {
    "compact": (lambda data: data, onnx_to_compact(filter_like())),
    "compact, other operations": (lambda data: data, onnx_to_compact(other_operations())),
    "compact float": (lambda data: data, onnx_to_compact(other_operations(quantised=False))),
    "sadl": (lambda data: import_sadl(data).to_bytes(), sadl_file()),
    "onnx": (onnx_to_compact, filter_like()),
    "onnx, other operations": (onnx_to_compact, other_operations()),
}


@pytest.fixture(scope="module", autouse=True)
def bounded_memory() -> Iterator[None]:
    """No damaged file of a kilobyte may make the process grow by 256 MiB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 * 1024


@pytest.mark.parametrize("path", sorted(CORPUS.iterdir()), ids=lambda path: path.name)
def test_corpus(path: Path) -> None:
    """What fuzzing found once stays fixed."""
    data = path.read_bytes()
    accepted = refused_or_runs(lambda data: data, data)
    if path.name in seeds():
        assert accepted


def test_seeds_in_the_corpus_are_those_of_the_present_format() -> None:
    for name, data in seeds().items():
        assert (CORPUS / name).read_bytes() == data, f"{name}: python tests/fuzz/model_seeds.py"


@pytest.mark.parametrize("reader", READERS)
def test_truncation_at_every_byte(reader: str) -> None:
    make, data = READERS[reader]
    run_everywhere(make(data))
    for size in range(len(data)):
        try:
            Model(make(data[:size]))
        except (ModelError, UnsupportedError):
            continue
        # ONNX files may end after any complete field; a part of a network may be one.
        assert reader.startswith("onnx"), size


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(damage=DAMAGE)
def test_mutations(reader: str, damage: Damage) -> None:
    make, data = READERS[reader]
    refused_or_runs(make, damaged(data, damage))


@pytest.mark.parametrize("reader", ["sadl", "onnx"])
@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400))
def test_noise(reader: str, data: bytes) -> None:
    make, whole = READERS[reader]
    assert not refused_or_runs(make, data)
    refused_or_runs(make, whole[:40] + data)


def test_an_attribute_of_the_wrong_length_is_a_model_error() -> None:
    g = GraphBuilder()
    data = g.build(g.node("MaxPool", [g.input("x", 3)], kernel_shape=[2]))
    with pytest.raises(ModelError, match=r"\(MaxPool\)"):
        onnx_to_compact(data)
