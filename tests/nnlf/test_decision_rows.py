# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The filter in two stages: decided on some rows of blocks, then run on the others while later pictures go on."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from nnlf_oracle import random_picture
from test_picture_filter import assert_same, decode, moving_frames

from inloop import ConfigError, Encoder, PictureFilter, _core, load_filter
from inloop.nnlf import CodedPicture, FilterFunction, LoopFilter
from inloop.nnlf.blocks import PictureBlocks
from inloop.nnlf.decision import Decision
from inloop.nnlf.judged import EveryNthBlock, EveryNthRow, JudgedBlocks
from inloop.nnlf.reference import ReferenceDecision
from inloop.pipeline import encode_frames

LOP, VLOP = load_filter("lop"), load_filter("vlop")
HEIGHT, WIDTH = 400, 136
ROWS, COLUMNS = 4, 2
LOWER = 272
"""Height of the pictures that are encoded, with three rows of blocks."""
FRAMES = 5
THREADS = (2, 3, 8)


class LastRow:
    """A policy of one's own: the last row that has blocks to run on."""

    def judged(self, blocks: PictureBlocks, run: Any) -> Any:
        row = np.arange(blocks.count) // blocks.columns
        return row == row[run][-1] if run.any() else run


def filter_with(**options: Any) -> Callable[[], PictureFilter]:
    return lambda: PictureFilter(VLOP, skip=0, block_size=128, **options)


FILTERS: dict[str, Callable[[], PictureFilter]] = {
    "whole picture": filter_with(),
    "half": filter_with(decision_rows=2),
    "half with hash": filter_with(decision_rows=2, md5=True),
    "quarter": filter_with(decision_rows=4),
    "diagonals": filter_with(decision_rows=EveryNthBlock(2)),
    "own policy": filter_with(decision_rows=LastRow()),
    "shown only": filter_with(decision_rows=2, mode="post"),
    "references by choice": filter_with(decision_rows=2, reference=ReferenceDecision()),
    "several candidates": filter_with(decision_rows=2, qp_offsets=dict.fromkeys("IPB", (0, 5, -5))),
    "large blocks": lambda: PictureFilter(LOP, block_size=256, decision_rows=2),
    "as it comes": lambda: PictureFilter(LOP, decision_rows=2),
}


def encode(nnlf: PictureFilter, threads: int = 1, **options: Any) -> list[Any]:
    settings: dict[str, Any] = {"gop": 4, "preset": "faster", "scene_cut": False, "qp": 37, **options}
    encoder = Encoder(WIDTH, LOWER, 25, nnlf=nnlf, threads=threads, **settings)
    return list(encode_frames(encoder, moving_frames(FRAMES, LOWER, WIDTH)))


@pytest.mark.parametrize(
    ("name", "structure"),
    [*((name, "ra") for name in FILTERS), ("half", "ldp"), ("references by choice", "ldp"), ("half", "ai")],
)
def test_any_number_of_threads_gives_the_same_stream_that_decodes(name: str, structure: str) -> None:
    nnlf = FILTERS[name]()
    one = encode(nnlf, structure=structure)
    assert nnlf.filtered_share > 0
    for threads in THREADS:
        other = encode(FILTERS[name](), threads, structure=structure)
        assert [packet.data for packet in other] == [packet.data for packet in one]
        assert_same([packet.recon for packet in other], one)
    shown = sorted(one, key=lambda packet: packet.index)
    for threads in (1, 3):
        assert_same(decode(one, verify=True, threads=threads), shown)


@pytest.mark.parametrize("name", ["whole picture", "half with hash", "quarter", "shown only"])
def test_a_subclass_that_filters_whole_pictures_gives_the_same_stream(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Whole(PictureFilter):
        def filter_picture(self, coded: Any, original: Any) -> Any:
            result = super().filter_picture(coded, original)
            planes.append(result.planes)
            return result

    planes: list[Any] = []
    staged = encode(FILTERS[name]())
    by_name = FILTERS[name]()
    monkeypatch.setattr(by_name, "__class__", Whole)
    whole = encode(by_name)
    assert any(found is not None for found in planes)
    assert [packet.data for packet in whole] == [packet.data for packet in staged]


def picture_and_target() -> tuple[CodedPicture, Any]:
    """A picture and an original that the filter comes near to in the first column, and in one block more.

    Settings are of no use to later pictures, so that flags are chosen.
    """
    coded = dataclasses.replace(random_picture(np.random.default_rng(8), HEIGHT, 264), irap=True)
    signal = LoopFilter(LOP).signal(coded)
    target = tuple(plane.copy() for plane in coded.dbf)
    for plane, made, side in zip(target, signal, (128, 64, 64), strict=True):
        near = np.clip((made + 32) >> 6, 0, 255)
        plane[:, :side] = near[:, :side]
        plane[side : 2 * side, 2 * side :] = near[side : 2 * side, 2 * side :]
    return coded, target


@pytest.mark.parametrize("judging", [2, 3, 4, EveryNthBlock(2), EveryNthBlock(3)])
def test_open_flags_are_those_of_a_decision_on_the_whole_picture(judging: Any) -> None:
    coded, target = picture_and_target()
    results = [
        PictureFilter(LOP, skip=0, block_size=128, qp_offsets={"P": (0,)}, decision_rows=rows).filter_picture(
            coded, target
        )
        for rows in (1, judging)
    ]
    for result in results:
        assert result.filtered is not None
        assert result.filtered.reshape(4, 3).tolist() == [
            [True, False, False],
            [True, False, True],
            [True, False, False],
            [True, False, False],
        ]
    planes = LoopFilter(LOP).apply(coded, results[1].payload)
    for got, expected in zip(planes, results[1].planes or (), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_the_network_runs_on_every_block_once_and_counts_are_whole() -> None:
    calls: list[tuple[int, ...]] = []

    def brighter(features: Any) -> Any:
        calls.append(features["rec"].shape)
        residual = np.zeros_like(features["rec"])
        residual[..., 0] = 0.02
        return residual

    coded, _ = picture_and_target()
    function = FilterFunction("brighter", brighter)
    nnlf = PictureFilter(function, skip=0, block_size=128, qp_offsets={"P": (0,)}, decision_rows=2)
    signal = nnlf.network.run(coded.core, coded.slice_qp)
    original = tuple(np.clip((plane + 32) >> 6, 0, 255).astype(np.uint16) for plane in signal)
    calls.clear()
    nnlf.filter_picture(coded, original)
    assert len(calls) == 12
    assert nnlf.outcome.run == nnlf.outcome.samples == HEIGHT * 264


def blocks_of(coded: CodedPicture) -> PictureBlocks:
    return PictureBlocks.of(coded, 128, LOP)


def test_every_nth_row_counts_rows_with_blocks_to_run_on() -> None:
    blocks = blocks_of(random_picture(np.random.default_rng(9), HEIGHT, WIDTH))
    run = np.array([False, False, False, True, True, True, False, True])

    def rows(step: int, run: Any) -> Any:
        return EveryNthRow(step).judged(blocks, run).reshape(ROWS, COLUMNS).tolist()

    assert (blocks.count, blocks.columns) == (ROWS * COLUMNS, COLUMNS)
    assert rows(1, run) == [[True, True]] * 4
    assert rows(2, run) == [[False, False], [True, True], [False, False], [True, True]]
    assert rows(4, run) == [[False, False], [True, True], [False, False], [False, False]]
    assert rows(2, ~run & run) == [[True, True]] * 4


def test_every_nth_block_takes_the_diagonals_with_most_to_run_on() -> None:
    blocks = blocks_of(random_picture(np.random.default_rng(9), 264, 400))
    run = np.ones(12, np.bool_)
    assert EveryNthBlock(2).judged(blocks, run).reshape(3, 4).astype(int).tolist() == [
        [1, 0, 1, 0],
        [0, 1, 0, 1],
        [1, 0, 1, 0],
    ]
    run[[0, 5, 10, 4]] = False
    assert EveryNthBlock(4).judged(blocks, run).reshape(3, 4).astype(int).tolist() == [
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ]
    assert EveryNthBlock(1).judged(blocks, run).all()


def test_blocks_that_were_not_judged_are_like_those_above() -> None:
    blocks = blocks_of(random_picture(np.random.default_rng(9), HEIGHT, WIDTH))
    run = np.array([True, True, True, False, True, True, True, True])
    judged = JudgedBlocks.of(LastRow(), blocks, run)
    assert judged.share == pytest.approx(16 * 136 / (400 * 136 - 128 * 8))
    flags = Decision(candidates=(0, 1), block_choice=np.array([2, 1]))
    assert judged.whole(flags).block_choice.tolist() == [2, 1, 2, 0, 2, 1, 2, 1]  # type: ignore[union-attr]
    assert judged.open(flags).tolist() == [True, True, True, False, True, True, False, False]
    none = Decision(candidates=(0,), block_choice=np.array([0, 0]))
    assert not judged.open(none).any()
    assert not judged.open(Decision(candidates=(0,))).any()


def test_blocks_that_were_not_judged_are_like_any_where_their_column_has_none() -> None:
    judged = JudgedBlocks(
        np.array([False, False, True, False, True, False]), np.ones(6, np.bool_), 1 / 3, columns=2
    )
    flags = Decision(candidates=(0,), block_choice=np.array([1, 0]))
    assert judged.whole(flags).block_choice.tolist() == [1, 1, 1, 1, 0, 1]  # type: ignore[union-attr]


class Answers:
    """A policy with one answer."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def judged(self, blocks: PictureBlocks, run: Any) -> Any:
        return self._answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.ones(4, np.bool_), "bool \\[8\\]"),
        (np.ones(8), "bool \\[8\\]"),
        (np.zeros(8, np.bool_), "must choose some"),
    ],
)
def test_answers_of_a_policy_are_checked(answer: Any, message: str) -> None:
    coded = random_picture(np.random.default_rng(9), HEIGHT, WIDTH)
    nnlf = PictureFilter(VLOP, skip=0, block_size=128, decision_rows=Answers(answer))
    with pytest.raises(ConfigError, match=message):
        nnlf.filter_picture(coded, coded.rec)


@pytest.mark.parametrize("rows", [0, -1, 17])
def test_bad_numbers_of_rows(rows: int) -> None:
    with pytest.raises(ConfigError, match="every"):
        PictureFilter(VLOP, decision_rows=rows)


@pytest.mark.parametrize("threads", [1, 3, 8])
def test_an_error_in_the_second_stage_ends_the_stream_behind_the_pictures_before(threads: int) -> None:
    calls = iter(range(1000))

    def fails_later(features: Any) -> Any:
        if next(calls) >= 9:  # in the second picture
            raise ArithmeticError("it failed")
        return np.zeros_like(features["rec"])

    before = threading.active_count()
    nnlf = PictureFilter(
        FilterFunction("fails", fails_later),
        skip=AllBlocks(),
        block_size=128,
        decision_rows=2,
        qp_offsets=dict.fromkeys("IPB", (0,)),
    )
    found: list[int] = []
    encoder = Encoder(
        WIDTH, LOWER, 25, nnlf=nnlf, threads=threads, gop=4, preset="faster", scene_cut=False, qp=37
    )
    with pytest.raises(Exception, match="it failed"):
        for packet in encode_frames(encoder, moving_frames(FRAMES, LOWER, WIDTH)):
            found.append(packet.index)
    assert found in ([0], [0, 4])
    del encoder
    assert threading.active_count() == before


class AllBlocks:
    """Runs the network everywhere, whatever it brings."""

    min_edges = 0

    def expected_gain(self, blocks: PictureBlocks) -> Any:
        return np.ones(blocks.count)

    def wanted(self, blocks: PictureBlocks) -> Any:
        return np.ones(blocks.count, np.bool_)

    def price(self, blocks: PictureBlocks) -> Any:
        return np.zeros(blocks.count)

    def affords(self, blocks: PictureBlocks, chosen: Any) -> bool:
        return True


def test_a_task_refuses_the_filter_of_another_picture() -> None:
    tried: list[Any] = []

    class Keeps(PictureFilter):
        def filter_picture(self, coded: Any, original: Any) -> Any:
            blocks = _core.FilterBlocks(coded.core, 128)
            trial = _core.FilterTrial(self.network, blocks, original)
            trial.run(0, None)
            parameters = _core.FilterParameters()
            parameters.scale_code = [10, 10, 10]
            tried.append(_core.TrialFilter(trial, parameters))
            return super().filter_picture(coded, original)

    encode(Keeps(VLOP, skip=0, block_size=128))
    config = _core.SequenceConfig(width=WIDTH, height=LOWER)
    encoder = _core.SequenceEncoder(config)
    task = encoder.plan(_core.PictureRequest(poc=0, slice_type="I", nal_type=20, keep_filter_inputs=True))
    task.load(moving_frames(1, LOWER, WIDTH)[0].planes)
    task.analyse(37)
    with pytest.raises(ConfigError, match="another picture"):
        task.start_filtering(tried[0])
