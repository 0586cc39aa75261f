# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""`benchmarks.compare`: rows, targets and the history, from made-up seconds; nothing is timed here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import compare
from benchmarks.engine import history
from benchmarks.engine.isas import ISAS
from benchmarks.engine.table import Row, rows_of
from benchmarks.engine.timing import measure, ratio

BLOCK: dict[str, Any] = {
    "seconds": {
        "inloop int16": [1.0, 1.1, 1.2],
        "onnxruntime f32 PReLU": [6.0, 6.0, 6.0],
        "onnxruntime f32 LeakyRelu": [3.0, 3.3, 3.0],
        "OpenVINO f32": [2.0, 2.2, 2.4],
        "OpenVINO bf16": [1.0, 1.1, 1.2],
    },
    "peak_mac_per_s": {"int16": 500.0},
    "macs": 440,
    "missing": ["nothing"],
    "primitives": {"OpenVINO f32": ["brgconv_avx512_f32"]},
}
RESULTS = {"block:lop:avx512": BLOCK}


def by_key(rows: list[Row]) -> dict[str, Row]:
    return {row.key: row for row in rows}


def test_best_variant_and_targets() -> None:
    rows = by_key(rows_of(RESULTS))
    against_onnxruntime = rows["block:lop:onnxruntime"]
    assert against_onnxruntime.detail == "onnxruntime f32 LeakyRelu"
    assert against_onnxruntime.value == ratio([3.0, 3.3, 3.0], [1.0, 1.1, 1.2])
    assert against_onnxruntime.reached
    against_openvino = rows["block:lop:openvino"]
    assert against_openvino.detail == "OpenVINO bf16"
    assert against_openvino.reached is False
    assert rows["block:lop:peak"].value.median == pytest.approx(0.8)


def test_a_picture_is_compared_with_whole_and_tiled_peers_and_with_the_block() -> None:
    seconds = {
        "inloop int16, block": [1.0, 1.0],
        "inloop int16": [110.0, 100.0],
        "OpenVINO f32": [300.0, 300.0],
        "OpenVINO int8": [200.0, 220.0],
        "OpenVINO int8 in tiles of 8x8": [150.0, 150.0],
    }
    result = {
        "seconds": seconds,
        "macs": {"block": 1, "picture": 100},
        "peak_mac_per_s": {},
        "primitives": {},
    }
    rows = by_key(rows_of({"picture:lop:avx512": result}))
    assert rows["picture:lop:whole"].detail == "OpenVINO int8"
    assert rows["picture:lop:tiles"].value == ratio([150.0, 150.0], [110.0, 100.0])
    assert rows["picture:lop:loss"].value.high == pytest.approx(1 - 100 / 110)


def test_a_pass_is_named_with_what_shows_it() -> None:
    seconds = {"with stripes": [1.0, 1.0, 1.0], "without stripes": [1.1, 1.2, 1.3]}
    (row,) = rows_of({"passes:lop:avx2": {"seconds": seconds, "subjects": {"stripes": "1080p"}}})
    assert row.label == "lop 1080p, gain of stripes"
    assert row.value == ratio([1.1, 1.2, 1.3], [1.0, 1.0, 1.0])


def test_slowdowns_against_the_last_entry_of_the_same_cpu(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    rows = rows_of(RESULTS)
    history.append(history.entry_of(rows), path)
    entries = history.read(path)
    slower = json.loads(json.dumps(RESULTS).replace("[1.0, 1.1, 1.2]", "[1.5, 1.65, 1.8]", 1))
    worse = history.slowdowns(rows_of(slower), entries, history.cpu_name(), 0.05)
    assert any("against onnxruntime" in line for line in worse)
    assert history.slowdowns(rows, entries, history.cpu_name(), 0.05) == []
    assert history.slowdowns(rows_of(slower), entries, "another CPU", 0.05) == []
    # Its range reaches the recorded number: disturbed, not slow.
    disturbed = json.loads(json.dumps(RESULTS).replace("[1.0, 1.1, 1.2]", "[0.9, 1.65, 1.8]", 1))
    assert not any(
        "against onnxruntime" in line
        for line in history.slowdowns(rows_of(disturbed), entries, history.cpu_name(), 0.05)
    )


def test_printing_a_results_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "results.json"
    path.write_text(json.dumps(RESULTS))
    assert compare.main(["--results", str(path), "--print"]) == 0
    printed = capsys.readouterr().out
    assert "nothing is not installed" in printed
    assert "convolves with brgconv_avx512_f32" in printed
    with pytest.raises(SystemExit):
        compare.main(["--print"])
    capsys.readouterr()


def test_every_contestant_runs_in_every_round() -> None:
    calls: list[str] = []
    seconds = measure({name: lambda name=name: calls.append(name) for name in "ab"}, 3, 0.0)
    assert calls == list("aabb" + "ab" * 3)
    assert [len(times) for times in seconds.values()] == [3, 3]


def test_an_isa_holds_our_engine_and_the_peers() -> None:
    for name, isa in ISAS.items():
        assert isa.engine == name.removesuffix("_vnni")
    if "avx2" in ISAS:
        assert ISAS["avx2"].environment == {"ONEDNN_MAX_CPU_ISA": "AVX2", "INLOOP_AVX_VNNI": "0"}
