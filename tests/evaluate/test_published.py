# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Published figures with those of a sweep beside them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inloop import ConfigError
from inloop.evaluate.cost import Cost
from inloop.evaluate.sweeps.beside import beside, published_csv
from inloop.evaluate.sweeps.point import Point
from inloop.evaluate.sweeps.published import Published, read_published
from inloop.evaluate.sweeps.toml_file import read_spec

MakePoint = Callable[..., Point]
QPS = (22, 27, 32, 37)
TABLE = {
    "text": "filter",
    "encoder": "on",
    "anchor": "off",
    "figure": "psnr_y",
    "value": -8.2,
    "source": "a paper, its table 3",
}


def figure(name: str, value: float = 1.0) -> Published:
    return Published("what", "on", "off", name, value, "where")


def test_ours_come_from_the_points(make_point: MakePoint) -> None:
    points = [make_point("off", clip, qp) for clip in "ab" for qp in QPS]
    for clip, factor in (("a", 2), ("b", 8)):
        cost = Cost(2.0 * factor, 4.0 / factor)
        points += [make_point("on", clip, qp, 0.9, encode=cost, decode=cost) for qp in QPS]
    names = ("psnr_y", "encode_time", "encode_elapsed", "decode_speed", "vmaf")
    rate, time, elapsed, speed, missing = beside([figure(name) for name in names], points)
    assert (rate.ours, rate.clips) == (pytest.approx(-10), 2)
    assert (time.ours, time.clips) == (pytest.approx(4), 2)
    assert elapsed.ours == pytest.approx(1 / 4)
    assert speed.ours == pytest.approx(0.5 / 8)
    assert math.isnan(missing.ours)
    assert missing.clips == 0
    assert missing.cells()[4] == "-"
    text = published_csv([rate])
    assert text.splitlines()[1] == 'what,on against off,"BD-rate PSNR Y, %",1.00,-10.00,2,where'
    # One clip of one encoder alone is left out.
    (lone,) = beside([figure("encode_time")], [*points, make_point("on", "c", 22)])
    assert lone.clips == 2


def test_a_table_is_read() -> None:
    assert read_published(TABLE, ["off", "on"]) == Published(
        "filter", "on", "off", "psnr_y", -8.2, "a paper, its table 3"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"figure": "psnr"}, "figure 'psnr' is none of encode_time"),
        ({"encoder": "of"}, "no encoder 'of'"),
        ({"value": "-8 %"}, "is no number"),
        ({"value": True}, "is no number"),
        ({"what": 1}, "has the entries text, encoder"),
    ],
)
def test_wrong_tables(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_published({**TABLE, **change}, ["off", "on"])


def test_the_suite_of_our_own_codec() -> None:
    pytest.importorskip("bjontegaard")
    path = Path(__file__).parents[2] / "benchmarks" / "rd" / "seed.toml"
    try:
        spec = read_spec(path)
    except ConfigError as error:
        pytest.skip(str(error))
    assert len(spec.published) == 12
    assert spec.encoders[0].name == "one_intra"
