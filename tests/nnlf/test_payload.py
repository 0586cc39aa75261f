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
    "persist",
    "post",
    "scale_code",
    "min_edges",
    "candidates",
    "block_size",
    "per_block",
    "block_choice",
)


SIZE = (500, 250)  # eight blocks of 128, two of 256
NAME = bytes(range(32))


@st.composite
def parameter_sets(draw, blocks):
    p = _core.FilterParameters()
    p.model = draw(st.none() | st.binary(min_size=32, max_size=32) | st.binary(min_size=4, max_size=4))
    p.persist = draw(st.booleans())
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
    payload = parameters.serialise(*size_of(parameters))
    assert payload[-1] != 0  # a NAL unit must not end in a zero byte
    again = _core.FilterParameters.parse(payload, *size_of(parameters))
    for name in FIELDS:
        assert getattr(again, name) == getattr(parameters, name)
    assert again.qp_offset[: again.candidates] == parameters.qp_offset[: again.candidates]


@given(parameter_sets(blocks=8))
def test_truncation_is_an_error(parameters):
    payload = parameters.serialise(*size_of(parameters))
    for size in range(len(payload)):
        with pytest.raises(BitstreamError):
            _core.FilterParameters.parse(payload[:size], *size_of(parameters))


@given(st.binary(max_size=80), st.integers(1, 200))
def test_random_bytes_never_crash(data, columns):
    try:
        parameters = _core.FilterParameters.parse(data, 128 * columns, 100)
    except BitstreamError:
        return
    assert parameters.serialise(128 * columns, 100) == data


def test_random_bytes_of_the_right_version():
    rng = np.random.default_rng(3)
    accepted = 0
    for _ in range(20000):
        data = bytes([0x40 | int(rng.integers(0, 16))]) + rng.bytes(int(rng.integers(0, 12)))
        try:
            parameters = _core.FilterParameters.parse(data, *SIZE)
        except BitstreamError:
            continue
        accepted += 1
        assert parameters.serialise(*SIZE) == data
    assert accepted > 0


def test_damage_of_any_bit_is_an_error_or_other_parameters():
    parameters = _core.FilterParameters()
    parameters.candidates, parameters.per_block = 2, True
    parameters.block_choice = [1, 2, 0, 1, 1, 1, 2, 1]
    payload = parameters.serialise(*SIZE)
    for bit in range(8 * len(payload)):
        damaged = bytearray(payload)
        damaged[bit // 8] ^= 128 >> bit % 8
        try:
            other = _core.FilterParameters.parse(bytes(damaged), *SIZE)
        except BitstreamError:
            continue
        assert any(getattr(other, name) != getattr(parameters, name) for name in (*FIELDS, "qp_offset"))
    for more in (b"\x00", b"\x80", b"\x01"):
        with pytest.raises(BitstreamError):
            _core.FilterParameters.parse(payload + more, *SIZE)


def test_reused_settings_are_those_of_the_payload_before():
    first = _core.FilterParameters()
    first.candidates, first.qp_offset, first.scale_code = 2, [-3, 7], [1, 0, 31]
    second = _core.FilterParameters()
    second.reuse, second.candidates, second.per_block, second.block_choice = True, 2, True, [0, 1, 2]
    payload = second.serialise(384, 128)
    assert len(payload) <= 4
    parsed = _core.FilterParameters.parse(payload, 384, 128, first)
    for name in ("post", "candidates", "qp_offset", "scale_code", "min_edges"):
        assert getattr(parsed, name) == getattr(first, name)
    assert parsed.block_choice == second.block_choice
    with pytest.raises(BitstreamError, match="missing"):
        _core.FilterParameters.parse(payload, 384, 128)


def settings(code, **more):
    """Parameters with scales of their own."""
    parameters = _core.FilterParameters()
    parameters.scale_code = [code, 8, 9]
    for name, value in more.items():
        setattr(parameters, name, value)
    return parameters


class Track:
    """A track of pictures of one size, which gives the luma scale code or None."""

    def __init__(self):
        self.track = _core.ParameterTrack()

    def parameters(self, parameters=None, **kind):
        payload = b"" if parameters is None else parameters.serialise(*SIZE)
        return self.track.next(payload, *SIZE, **kind)

    def next(self, parameters=None, **kind):
        found = self.parameters(parameters, **kind)
        return found and found.scale_code[0]


def test_settings_persist_for_pictures_without_a_payload():
    track = Track()
    assert track.next() is None
    first = settings(7, model=NAME, persist=True, qp_offset=[4, 0], block_size=256)
    assert track.next(first, irap=True) == 7
    for _ in range(2):
        later = track.parameters()
        assert (later.scale_code, later.qp_offset, later.per_block) == ([7, 8, 9], [4, 0], False)
        assert (later.block_size, later.model) == (256, NAME)
    some_blocks = settings(0, reuse=True, persist=True, per_block=True, block_choice=[0, 1] * 4)
    assert track.parameters(some_blocks).block_choice == [0, 1] * 4
    assert track.parameters().per_block is False
    assert track.next(settings(3)) == 3
    assert track.next() is None, "it was not told to persist"


def test_nothing_crosses_a_random_access_point():
    track = Track()
    assert track.next(settings(7, model=NAME, persist=True), irap=True) == 7
    assert track.next() == 7
    assert track.next(irap=True) is None
    assert track.next() is None
    with pytest.raises(BitstreamError, match="missing"):
        track.next(settings(0, reuse=True))
    with pytest.raises(BitstreamError, match="name a model"):
        track.next(settings(7))
    assert track.next(settings(7, model=NAME[:4])) == 7


def test_skipped_leading_pictures_leave_nothing_behind():
    track = Track()
    assert track.next(settings(7, model=NAME, persist=True), irap=True) == 7
    assert track.next(rasl=True) == 7
    assert track.next(settings(5, persist=True), rasl=True) == 5
    assert track.next() == 7
    assert track.next(settings(6, persist=True)) == 6
    assert track.next(rasl=True) == 5
    assert track.next(irap=True) is None
    assert track.next(rasl=True) is None
    with pytest.raises(BitstreamError, match="name a model"):
        track.next(settings(7), rasl=True)


def test_temporal_layers_go_on_from_their_own_payloads():
    track = Track()
    assert track.next(settings(7, model=NAME, persist=True), irap=True) == 7
    assert track.next(temporal_id=3) == 7, "that of the next lower layer with one"
    assert track.next(settings(5, persist=True), temporal_id=2) == 5
    assert [track.next(temporal_id=layer) for layer in range(7)] == [7, 7, 5, 5, 5, 5, 5]
    assert track.next(settings(0, reuse=True), temporal_id=3) == 5
    assert [track.next(temporal_id=layer) for layer in range(5)] == [7, 7, 5, None, None]
    assert track.next(settings(6, persist=True)) == 6
    assert track.next(temporal_id=1) == 6
    assert track.next(rasl=True, temporal_id=2) == 7, "they have a track of their own"
    assert track.next(irap=True) is None
    assert track.next(temporal_id=2) is None
    for layer in (-1, 7):
        with pytest.raises(BitstreamError, match="sub-layer"):
            track.next(temporal_id=layer)


def test_size_of_the_smallest_payload():
    assert len(settings(1).serialise(*SIZE)) == 4
    assert len(settings(1, reuse=True).serialise(*SIZE)) == 2


def test_like_flags_cost_little():
    many = settings(1, reuse=True, per_block=True, block_choice=[1] * 60)
    assert len(many.serialise(10 * 128, 6 * 128)) <= 6
    many.block_choice = [0] * 30 + [1] * 30
    assert len(many.serialise(10 * 128, 6 * 128)) <= 10


def test_out_of_range_values_are_refused():
    with pytest.raises(ConfigError):
        settings(32).serialise(*SIZE)
    with pytest.raises(ConfigError):
        settings(1, per_block=True, block_choice=[1]).serialise(*SIZE)
    with pytest.raises(ConfigError):
        settings(1, model=b"short")
    with pytest.raises(ConfigError, match="size"):
        settings(1).serialise(0, 8)
