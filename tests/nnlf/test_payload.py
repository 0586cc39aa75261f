# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inloop import BitstreamError, ConfigError, _core

FIELDS = (
    "model",
    "md5",
    "reuse",
    "hold",
    "post",
    "scale_code",
    "min_edges",
    "candidates",
    "block_size",
    "per_block",
    "block_choice",
)


@st.composite
def parameter_sets(draw, blocks):
    p = _core.FilterParameters()
    p.model = draw(st.none() | st.binary(min_size=32, max_size=32))
    p.hold = draw(st.booleans())
    p.post = draw(st.booleans())
    p.md5 = None if p.post else draw(st.none() | st.binary(min_size=16, max_size=16))
    p.candidates = draw(st.integers(1, 2))
    p.qp_offset = [draw(st.integers(-32, 31)) for _ in range(p.candidates)] + [0] * (2 - p.candidates)
    p.scale_code = [draw(st.integers(0, 31)) for _ in range(3)]
    p.min_edges = draw(st.integers(0, 31))
    p.block_size = draw(st.sampled_from([128, 256]))
    p.per_block = draw(st.booleans())
    if p.per_block:
        p.block_choice = draw(st.lists(st.integers(0, p.candidates), min_size=blocks, max_size=blocks))
    return p


def size_of(parameters, blocks=8):
    """A picture with so many blocks in two rows."""
    return blocks // 2 * parameters.block_size - 8, 2 * parameters.block_size


@given(parameter_sets(blocks=8))
def test_round_trip(parameters):
    payload = parameters.serialise()
    assert payload[-1] != 0  # a NAL unit must not end in a zero byte
    again = _core.FilterParameters.parse(payload, *size_of(parameters))
    for name in FIELDS:
        assert getattr(again, name) == getattr(parameters, name)
    assert again.qp_offset[: again.candidates] == parameters.qp_offset[: again.candidates]


@given(parameter_sets(blocks=8))
def test_truncation_is_an_error(parameters):
    payload = parameters.serialise()
    for size in range(len(payload)):
        with pytest.raises(BitstreamError):
            _core.FilterParameters.parse(payload[:size], *size_of(parameters))


@given(st.binary(max_size=80), st.integers(1, 200))
def test_random_bytes_never_crash(data, columns):
    try:
        parameters = _core.FilterParameters.parse(data, 128 * columns, 100)
    except BitstreamError:
        return
    assert parameters.serialise() == data


def test_random_bytes_of_the_right_version():
    rng = np.random.default_rng(3)
    for _ in range(20000):
        data = b"\x02" + rng.bytes(int(rng.integers(0, 70)))
        try:
            parameters = _core.FilterParameters.parse(data, 1000, 100)
        except BitstreamError:
            continue
        assert parameters.serialise() == data


def test_reused_settings_are_those_of_the_payload_before():
    first = _core.FilterParameters()
    first.candidates, first.qp_offset, first.scale_code = 2, [-3, 7], [1, 0, 31]
    second = _core.FilterParameters()
    second.reuse, second.candidates, second.per_block, second.block_choice = True, 2, True, [0, 1, 2]
    payload = second.serialise()
    assert len(payload) == 3
    parsed = _core.FilterParameters.parse(payload, 384, 128, first)
    for name in ("post", "candidates", "qp_offset", "scale_code", "min_edges"):
        assert getattr(parsed, name) == getattr(first, name)
    assert parsed.block_choice == second.block_choice
    with pytest.raises(BitstreamError, match="missing"):
        _core.FilterParameters.parse(payload, 384, 128)


def test_settings_hold_for_pictures_without_a_payload():
    first = _core.FilterParameters()
    first.hold, first.qp_offset, first.scale_code = True, [4, 0], [7, 8, 9]
    track = _core.FilterParameterTrack()
    assert track.next(b"", False, 200, 100) is None
    assert track.next(first.serialise(), True, 200, 100).scale_code == [7, 8, 9]
    for _ in range(2):
        held = track.next(b"", False, 200, 100)
        assert (held.scale_code, held.qp_offset, held.per_block) == ([7, 8, 9], [4, 0], False)
    some_blocks = _core.FilterParameters()
    some_blocks.reuse = some_blocks.hold = some_blocks.per_block = True
    some_blocks.block_choice = [0, 1]
    assert track.next(some_blocks.serialise(), False, 200, 100).block_choice == [0, 1]
    assert track.next(b"", False, 200, 100).per_block is False
    assert track.next(b"", True, 200, 100) is None, "an I picture without a payload ends it"
    assert track.next(b"", False, 200, 100) is None


def test_settings_do_not_hold_unless_told():
    track = _core.FilterParameterTrack()
    assert track.next(_core.FilterParameters().serialise(), False, 200, 100) is not None
    assert track.next(b"", False, 200, 100) is None


def test_size_of_the_smallest_payload():
    assert len(_core.FilterParameters().serialise()) == 6


def test_out_of_range_values_are_refused():
    parameters = _core.FilterParameters()
    parameters.scale_code = [32, 0, 0]
    with pytest.raises(ConfigError):
        parameters.serialise()
    with pytest.raises(ConfigError):
        parameters.model = b"short"
