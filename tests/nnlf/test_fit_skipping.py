# SPDX-FileCopyrightText: 2026 The inloop authors
# SPDX-License-Identifier: BSD-3-Clause
"""The command that fits the skip policy runs from clips to the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_picture_filter import moving_frames

from inloop import load_filter
from inloop.io import VideoInfo, open_video_writer
from inloop.nnlf.skipping import MODES, GainModel
from inloop.train.fit_skipping import main


@pytest.mark.parametrize("mode", MODES)
def test_fit_from_clips(mode: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip, output = tmp_path / "clip.y4m", tmp_path / "skipping.json"
    output.write_text('{"other": {"model": "x"}}')
    with open_video_writer(clip, VideoInfo(280, 144)) as writer:
        for frame in moving_frames(3, 144, 280):
            writer.write(frame)
    main([str(clip), "--frames", "3", "--qps", "30", "38", "--mode", mode, "--output", str(output)])
    fits = json.loads(output.read_text())
    assert set(fits) == {"other", f"lop_{mode}"}
    entry = fits[f"lop_{mode}"]
    assert (entry["model"], entry["mode"]) == (load_filter("lop").sha256, mode)
    assert (entry["clips"], entry["qps"], entry["blocks"]) == (["clip"], [30, 38], 36)
    assert GainModel.from_json(entry).min_edges[0] == 0
    assert "left out %" in capsys.readouterr().out
