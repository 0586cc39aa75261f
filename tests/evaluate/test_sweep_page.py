# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The page of a sweep in a browser: everything is there and works, nothing is complained of or fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from browser_visit import visit
from inloop import Frame
from inloop.evaluate.clips import Clip
from inloop.evaluate.codecs.coded import Complexity
from inloop.evaluate.codecs.ours import OurCodec
from inloop.evaluate.sweeps.folder import write_report
from inloop.evaluate.sweeps.images import LARGEST, to_image
from inloop.evaluate.sweeps.page import render_sweep_page
from inloop.evaluate.sweeps.page_data import page_data
from inloop.evaluate.sweeps.point import Conditions, Point
from inloop.evaluate.sweeps.published import Published
from inloop.evaluate.sweeps.spec import EncoderSpec, SweepSpec
from inloop.evaluate.sweeps.store import PointStore
from inloop.evaluate.sweeps.summary import summarise

pytest.importorskip("plotly")
pytest.importorskip("PIL")
QPS = (22, 27, 32, 37)
# What a visitor does, and what is then to be seen.
VISIT = """
const choose = (id, value) => { const box = document.getElementById(id); box.value = value;
  box.dispatchEvent(new Event("change")); return box.value; };
const pixels = () => { const c = document.getElementById("look-canvas");
  return Array.from(c.getContext("2d").getImageData(0, 0, c.width, 1).data); };
  await wait(300);
  seen.curves = document.getElementById("curve-plot").data.map(trace => trace.name);
  seen.axis = document.getElementById("curve-plot").layout.xaxis.type;
  choose("curve-measure", "vmaf"); choose("curve-clip", "small");
  seen.vmaf = document.getElementById("curve-plot").data[0].y;
  document.getElementById("curve-log").click();
  seen.other_axis = document.getElementById("curve-plot").layout.xaxis.type;
  choose("rate-measure", "vmaf");
  seen.clips = [...document.querySelectorAll("#clips tr")].map(row => row.innerText.split("\\t").join("|"));
  seen.each_other = [...document.querySelectorAll("#each-other-table tr")].map(row => row.innerText.split("\\t"));
  seen.behind = [...document.querySelectorAll("#behind li")].map(line => line.textContent);
  seen.published = [...document.querySelectorAll("#published-table tr")].map(row => row.innerText.split("\\t"));
  seen.demands = document.querySelectorAll("#demands tr").length;
  seen.speed = document.getElementById("speed").textContent;
  seen.radar = document.getElementById("radar-plot").data[0].theta;
  seen.pareto = document.getElementById("pareto-plot").data[0].x.length;
  choose("pareto-work", "decode");
  seen.slowest = Math.min(...document.getElementById("pareto-plot").data[0].x);
  seen.bars = document.getElementById("each-plot").data.filter(trace => trace.type === "bar").length;
  choose("look-left", "source"); choose("look-right", "off");
  document.getElementById("look-slider").value = 25;
  document.getElementById("look-slider").dispatchEvent(new Event("input"));
  await wait(300);
  seen.split = pixels().filter((_, i) => i % 4 === 0);
  document.getElementById("look-difference").click();
  await wait(300);
  seen.difference = pixels().filter((_, i) => i % 4 === 0);
  dispatchEvent(new Event("beforeprint"));
  seen.printed = document.getElementById("curve-plot").layout.font.color;
  seen.open = [...document.querySelectorAll("details")].every(box => box.open);
  dispatchEvent(new Event("afterprint"));
  seen.escaped = document.querySelectorAll("main b").length;
"""


def flat(width: int, height: int, luma: int) -> Frame:
    import numpy as np

    grey = np.full((height // 2, width // 2), 128, np.uint8)
    return Frame(np.full((height, width), luma, np.uint8), grey, grey)


@pytest.fixture
def sweep(
    tmp_path: Path, moving_clip: Clip, make_point: Callable[..., Point]
) -> tuple[SweepSpec, list[Point], PointStore]:
    """Three encoders, two clips, pictures; one of the encoders is called what a page must escape."""
    names = ("off", "on <b>", "slow")
    encoders = tuple(EncoderSpec(name, OurCodec(), "qp", QPS) for name in names)
    clips = (moving_clip, replace(moving_clip, name="small"))
    store, points = PointStore(tmp_path / "points.jsonl"), []
    commands = ("inloop encode </script>", "inloop encode", "ffmpeg -i clip")
    for number, name in enumerate(names):
        for clip in clips:
            for qp in QPS:
                point = make_point(name, clip.name, qp, 1 - 0.1 * number)
                size = (128, 96) if clip.name == "clip" else (64, 48)
                conditions = Conditions(
                    name, "inloop", clip.name, *size, 24.0, 8, 3, "qp", qp, commands[number]
                )
                point = replace(
                    point,
                    conditions=conditions,
                    quality={**point.quality, "vmaf": 120.0 - qp},
                    pictures={
                        "psnr_y": (30.0, 31.0, float("inf")),
                        "vmaf": (90.0, 91.0, 92.0),
                        "bits": (9, 5, 2),
                    },
                    picture_types="IBB",
                    complexity=Complexity(1000 * number, 2.5 * number, 0.5),
                )
                store.add(point, to_image(flat(128, 96, 64 + 16 * number)))
                points.append(point)
    published = (
        Published("slow", "slow", "off", "psnr_y", -21.5, "a <i>paper</i>"),
        Published("decoding", "on <b>", "off", "decode_speed", 1.5, "another"),
    )
    return SweepSpec(encoders, clips, title="A & B", published=published), points, store


def test_page_in_a_browser(sweep: tuple[SweepSpec, list[Point], PointStore], tmp_path: Path) -> None:
    spec, points, store = sweep
    seen, html = visit(
        render_sweep_page(page_data(spec, points, summarise(points, "off"), store)), VISIT, tmp_path
    )
    assert seen["curves"] == ["off", "on <b>", "slow"]
    assert (seen["axis"], seen["other_axis"]) == ("log", "linear")
    assert seen["vmaf"] == [83, 88, 93, 98]
    assert seen["clips"] == [
        "Clip|size|on <b>|slow",
        "clip|128x96|−10.00|−20.00",
        "mean of 128x96||−10.00|−20.00",
        "small|64x48|−10.00|−20.00",
        "mean of 64x48||−10.00|−20.00",
        "mean||−10.00|−20.00",
    ]
    assert {"PSNR Y saved", "VMAF saved", "encode speed", "few kMAC/px", "small network"} <= set(
        seen["radar"]
    )
    assert seen["each_other"][0] == ["", "off", "on <b>", "slow"]
    assert seen["each_other"][3] == ["slow", "−20.0", "−11.1", ""]
    assert seen["behind"] == [
        "off needs more bits than slow (+25.0 %)",
        "on <b> needs more bits than slow (+12.5 %)",
    ]
    assert seen["published"][1:] == [
        ["slow", "slow against off", "BD-rate PSNR Y, %", "−21.50", "−20.00", "2", "a <i>paper</i>"],
        ["decoding", "on <b> against off", "speed of decoding, anchor = 1", "1.50", "1.00", "2", "another"],
    ]
    assert seen["demands"] == 4
    assert "perhaps with other points" in seen["speed"]
    assert seen["pareto"] == 1  # all are as fast, and one is best
    assert seen["slowest"] == pytest.approx(3 / 0.5)
    assert seen["bars"] == 3
    # The left quarter is the source, the rest the encoder; the border is white.
    left, right = seen["split"][:31], seen["split"][32:]
    assert (len(left), len(right), seen["split"][31]) == (31, 96, 255)
    assert len(set(left)) > 10
    assert len(set(right)) == 1
    differences = [max(0, min(255, 128 + 8 * (right[0] - sample))) for sample in left]
    assert seen["difference"][:31] == differences
    assert seen["printed"] == "#1d2433"
    assert seen["open"]
    assert seen["escaped"] == 0
    assert seen["fetched"] == []
    assert len(re.findall(r'<div [^>]*class="plot[^"]*js-plotly-plot', html)) == 4


def test_page_holds_everything_itself(
    sweep: tuple[SweepSpec, list[Point], PointStore], tmp_path: Path
) -> None:
    spec, points, store = sweep
    rows = summarise(points, "off")
    write_report(tmp_path / "out", spec, points[:-1], rows, store)
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "report.html", "points.csv", "bd_rates.csv", "bd_rates.tex", "complexity.csv", "complexity.tex",
        "published.csv",
    }  # fmt: skip
    assert "<title>A &amp; B</title>" in page
    links = re.findall(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="([^"]*)"', page.replace("\\", ""))
    assert set(links) <= {"data:,"}
    data = page_data(spec, points[:-1], rows, store)
    assert data["notes"] == ["missing: slow, small, qp 37"]
    assert [clip["name"] for clip in data["clips"]] == ["clip", "small"]
    assert len(data["pictures"]) == 6
    assert set(data["sources"]) == {"clip", "small"}
    assert json.dumps(data, allow_nan=False)
    assert data["points"][0]["pictures"]["psnr_y"] == [30, 31, None]


def test_images_show_the_middle_of_large_pictures() -> None:
    image = pytest.importorskip("PIL.Image")
    import io

    for size, expected in (((64, 48), (64, 48)), ((1920, 1080), LARGEST)):
        opened = image.open(io.BytesIO(to_image(flat(*size, 235))))
        assert opened.size == expected
        assert opened.getpixel((0, 0)) == (255, 255, 255)
