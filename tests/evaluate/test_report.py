# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

import numpy as np
import pytest

from inloop import Frame, Psnr
from inloop.evaluate.report import render_page, to_png, to_rgb

pytest.importorskip("matplotlib")


class Point(NamedTuple):
    bitrate_kbps: float
    psnr: Psnr


def flat(y: int, u: int, v: int, shift: int = 0) -> Frame:
    dtype = np.uint16 if shift else np.uint8
    planes = (
        np.full(shape, value << shift, dtype) for shape, value in (((6, 6), y), ((3, 3), u), ((3, 3), v))
    )
    return Frame(*planes, bit_depth=8 + shift)


@pytest.mark.parametrize("shift", [0, 2])
@pytest.mark.parametrize(
    ("yuv", "rgb"),
    [((16, 128, 128), (0, 0, 0)), ((235, 128, 128), (255, 255, 255)), ((81, 90, 240), (255, 0, 0))],
)
def test_colours(yuv: tuple[int, int, int], rgb: tuple[int, int, int], shift: int) -> None:
    assert np.abs(to_rgb(flat(*yuv, shift)).astype(int) - rgb).max() <= 2


def test_page_is_self_contained() -> None:
    curves = {
        name: [Point(rate * factor, Psnr(30 + rate / 100, 40.0, 41.0)) for rate in (100.0, 200.0)]
        for name, factor in (("off", 1.0), ("on <b>", 0.9))
    }
    pictures = {"off": flat(100, 128, 128), "on": flat(101, 128, 128)}
    page = render_page("A & B", ["one", "two"], curves, [["QP", "bits"], ["22", "1000"]], pictures)
    tags: list[str] = []
    links: list[str] = []

    class Collector(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            links.extend(value or "" for name, value in attributes if name in ("src", "href"))

    Collector().feed(page)
    assert tags.count("svg") == 1
    assert tags.count("img") == 2
    assert tags.count("tr") == 2
    assert all(link.startswith("data:") for link in links if not link.startswith("#"))
    assert "A &amp; B" in page
    assert "<b>" not in page
    assert to_png(pictures["on"]).startswith(b"\x89PNG")
