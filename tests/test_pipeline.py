# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from inloop import Frame
from inloop.pipeline import DisplayOrder, SequenceMd5, select_frames


def pictures(order: list[int]) -> Iterator[Frame]:
    return (Frame.from_bytes(bytes([index % 256]) * 6, 2, 2, pts=index) for index in order)


@given(st.integers(0, 30).flatmap(lambda count: st.permutations(range(count))))
def test_display_order(coded: list[int]) -> None:
    order: DisplayOrder[Frame] = DisplayOrder()
    shown = [frame.pts for picture in pictures(coded) for frame in order.push(picture)]
    assert shown == list(range(len(coded)))


def test_display_order_holds_nothing_back() -> None:
    order: DisplayOrder[Frame] = DisplayOrder()
    assert [[frame.pts for frame in order.push(picture)] for picture in pictures([0, 2, 1, 3])] == [
        [0],
        [],
        [1, 2],
        [3],
    ]


def test_selection_counts_from_zero() -> None:
    chosen = list(select_frames(pictures(list(range(10))), skip=3, count=2))
    assert [(int(frame.y[0, 0]), frame.pts) for frame in chosen] == [(3, 0), (4, 1)]
    assert len(list(select_frames(pictures(list(range(10))), skip=8))) == 2


def test_sequence_md5_is_that_of_the_bytes() -> None:
    whole = SequenceMd5()
    for frame in pictures([1, 0]):
        whole.add(frame)
    assert whole.hexdigest() == Frame.from_bytes(bytes([0] * 6 + [1] * 6), 2, 4).md5()
