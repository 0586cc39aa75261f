# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""Recorded points as a page."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from benchmarks.recorded import main
from inloop.errors import ConfigError

pytest.importorskip("plotly")
pytest.importorskip("bjontegaard")


def test_the_page_of_recorded_points(repo_dir: Path, tmp_path: Path) -> None:
    recorded = repo_dir / "benchmarks" / "rd" / "results" / "field_small_ra.jsonl"
    assert main([str(recorded), "-o", str(tmp_path / "page.html")]) == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    data = json.loads(found[1])
    assert (data["title"], data["anchor"], len(data["encoders"])) == ("field_small_ra", "x265_medium", 15)
    assert len(data["points"]) == 60 * len(data["clips"])
    # The curves of AV1 lie too far from the anchor's on two clips.
    assert len(data["notes"]) == 6
    assert all(
        note.startswith(("svtav1_", "libaom_")) and "VMAF: the curves share" in note for note in data["notes"]
    )
    means = {total["encoder"]: total["rates"] for total in data["totals"]}
    for name in ("vvenc_medium", "slower_lop"):
        for measure in ("psnr_y", "ms_ssim", "vmaf"):
            assert means[name][measure]["mean"] < -10
            assert means[name][measure]["clips"] == len(data["clips"])


def test_published_figures_beside_recorded_points(repo_dir: Path, tmp_path: Path) -> None:
    folder, output = repo_dir / "benchmarks" / "rd", tmp_path / "page.html"
    words = [
        str(folder / "results" / "seed.jsonl"),
        "--published",
        str(folder / "seed.toml"),
        "-o",
        str(output),
    ]
    assert main(words) == 0
    text = output.read_text("utf-8")
    assert '"text":"filter LOP"' in text
    assert '"published":-8.2,"ours":-' in text
    with pytest.raises(ConfigError, match="no encoder 'one_intra'"):
        main([str(folder / "results" / "field_small_ra.jsonl"), *words[1:]])


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no points"):
        main([str(tmp_path / "none.jsonl")])
