# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The page of ratios over commits: a slowdown is marked, all parts are there, nothing is fetched."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.engine import history
from benchmarks.history.__main__ import FOLDER, main, read_records
from benchmarks.history.pytest_runs import entry_of_run
from benchmarks.history.series import history_data
from browser_visit import visit

pytest.importorskip("plotly")
KEY, LOSS = "block:lop:onnxruntime:avx2", "picture:lop:loss:avx2"
VISIT = """
  await wait(300);
  seen.lead = document.getElementById("lead").textContent;
  seen.fallen = [...document.querySelectorAll("#fallen-table tr")].slice(1).map(row => row.innerText.split("\\t"));
  const plot = document.getElementById("curve-plot");
  seen.traces = plot.data.map(trace => [trace.name, trace.x.length]);
  seen.ring = plot.data.at(-1).x;
  const box = document.getElementById("curve-group");
  seen.groups = [...box.options].map(option => option.value);
  box.value = "picture, lop";
  box.dispatchEvent(new Event("change"));
  seen.others = plot.data.map(trace => trace.y);
  seen.all = document.querySelectorAll("#all-table tr").length;
  seen.ready = document.documentElement.dataset.ready;
"""


def entry(
    date: str, commit: str, cpu: str = "CPU one", **ratios: tuple[float, float, float]
) -> history.Entry:
    names = {"speed": KEY, "loss": LOSS}
    found = {
        names[name]: dict(zip(("median", "low", "high"), values, strict=True))
        for name, values in ratios.items()
    }
    return {"date": date, "commit": commit, "cpu": cpu, "ratios": found}


ENTRIES = [
    entry("2026-01-03", "ccccccc", speed=(1.5, 1.4, 1.6), loss=(0.06, 0.02, 0.1)),  # fell, and is within its range
    entry("2026-01-01", "aaaaaaa", speed=(2.0, 1.9, 2.1), loss=(0.04, 0.03, 0.05)),
    entry("2026-01-02", "bbbbbbb", speed=(1.8, 1.5, 2.05)),  # disturbed: its range reaches what was
    entry("2026-01-02", "bbbbbbb", "CPU two", speed=(0.5, 0.4, 0.6)),  # another machine is no slowdown
]  # fmt: skip


def test_a_fall_beyond_its_spread_is_marked() -> None:
    data = history_data(ENTRIES)
    assert data["commits"] == ["2026-01-01 aaaaaaa", "2026-01-02 bbbbbbb", "2026-01-03 ccccccc"]
    of = {(one["key"], one["cpu"]): one for one in data["series"]}
    assert [point["fell"] for point in of[KEY, "CPU one"]["points"]] == [False, False, True]
    assert [point["fell"] for point in of[LOSS, "CPU one"]["points"]] == [False, False]
    assert of[LOSS, "CPU one"]["at_most"]
    assert len(of[KEY, "CPU two"]["points"]) == 1
    assert data["fallen"] == [{"series": data["series"].index(of[KEY, "CPU one"]), "point": 2}]
    # A larger tolerance and a recovery leave no mark.
    assert not history_data(ENTRIES, 0.2)["fallen"]
    better = entry("2026-01-04", "ddddddd", speed=(2.2, 2.1, 2.3))
    assert len(history_data([*ENTRIES, better])["fallen"]) == 1


def test_a_loss_that_grows_is_marked() -> None:
    worse = entry("2026-01-05", "eeeeeee", loss=(0.3, 0.2, 0.4))
    (mark,) = [m for m in history_data([*ENTRIES, worse])["fallen"] if m["point"] == 2 and m["series"] == 1]
    assert mark


def test_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "engine.json").write_text(json.dumps(ENTRIES[:2]))
    (tmp_path / "other.json").write_text(json.dumps(ENTRIES[2:]))
    output = tmp_path / "page.html"
    assert main(["--records", str(tmp_path), "-o", str(output), "--check"]) == 1
    assert f"slower: {KEY} on CPU one: 1.50 at 2026-01-03 ccccccc, was 1.80" in capsys.readouterr().out
    assert main(["--records", str(tmp_path), "-o", str(output)]) == 0
    page = output.read_text("utf-8")
    links = re.findall(r'<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)="([^"]*)"', page.replace("\\", ""))
    assert set(links) <= {"data:,"}
    seen, _ = visit(page, VISIT, tmp_path)
    assert seen["lead"] == "3 ratios, 3 commits, 2 CPUs."
    assert [row[:3] for row in seen["fallen"]] == [
        ["block, lop, onnxruntime, avx2", "2026-01-02 bbbbbbb", "2026-01-03 ccccccc"]
    ]
    assert seen["fallen"][0][5] == "−16.7 %"
    assert seen["groups"] == ["block, lop", "picture, lop"]
    assert seen["traces"] == [["onnxruntime, avx2", 3], ["fell", 1]]
    assert seen["ring"] == ["2026-01-03 ccccccc"]
    assert seen["others"] == [[0.04, 0.06]]
    assert seen["all"] == 4
    assert seen["ready"] == "yes"
    assert seen["fetched"] == []


def benchmark(test: str, median: float, params: dict[str, Any], **extra: float) -> dict[str, Any]:
    stats = {"median": median, "min": 0.9 * median, "q1": 0.95 * median, "q3": 1.1 * median}
    return {
        "fullname": f"benchmarks/test_codec_kernels.py::{test}[{params}]",
        "params": params,
        "stats": stats,
        "extra_info": extra,
    }


def test_runs_of_pytest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = {
        "datetime": "2026-02-03T04:05:06+00:00",
        "commit_info": {"id": "0123456789abcdef", "dirty": True},
        "machine_info": {"cpu": {"brand_raw": "Some CPU"}},
        "benchmarks": [
            benchmark("test_distance", 8.0, {"kernel": "sad", "n": 8, "isa": "scalar"}),
            benchmark("test_distance", 2.0, {"kernel": "sad", "n": 8, "isa": "avx2"}),
            benchmark("test_distance", 5.0, {"kernel": "sad", "n": 4, "isa": "avx2"}),  # nothing to compare with
            benchmark("test_without_a_pass", 1.0, {"name": "lop", "off": None}),
            benchmark("test_without_a_pass", 3.0, {"name": "lop", "off": "fuse"}),
            benchmark("test_run", 1.0, {"name": "lop", "luma": [144, 144], "isa": "avx2"}, share_of_peak=0.8),
            benchmark("test_load", 1.0, {"name": "lop"}),
        ],
    }  # fmt: skip
    found = entry_of_run(run)
    assert (found["date"], found["commit"], found["cpu"]) == ("2026-02-03", "0123456+", "Some CPU")
    assert found["ratios"] == {
        "codec_kernels:distance:sad 8:avx2": {"median": 4.0, "low": 3.4545, "high": 4.6316},
        "codec_kernels:without a pass:lop fuse": {"median": 3.0, "low": 2.5909, "high": 3.4737},
        "codec_kernels:run:lop 144x144:avx2": {"median": 0.72, "low": 0.6545, "high": 0.8},
    }
    path = tmp_path / "run.json"
    path.write_text(json.dumps(run))
    records = tmp_path / "records"
    words = ["--records", str(records), "-o", str(tmp_path / "page.html"), "--add", str(path)]
    assert main(words) == 0
    assert main(words) == 0
    assert [len(e["ratios"]) for e in read_records(records)] == [3, 3]
    assert [file.name for file in records.iterdir()] == ["codec_kernels.json"]
    path.write_text(json.dumps({**run, "benchmarks": run["benchmarks"][-1:]}))
    assert main(words) == 1
    assert "no benchmark has a reference" in capsys.readouterr().err


def test_what_is_recorded_makes_a_page() -> None:
    data = history_data(read_records(FOLDER))
    assert len(data["series"]) > 100
    assert json.dumps(data, allow_nan=False)
