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
from inloop.nnlf.fit_skipping import main
from inloop.nnlf.skipping import GainModel


def test_fit_from_clips(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip, output = tmp_path / "clip.y4m", tmp_path / "skipping.json"
    output.write_text('{"other": {"model": "x"}}')
    with open_video_writer(clip, VideoInfo(280, 144)) as writer:
        for frame in moving_frames(3, 144, 280):
            writer.write(frame)
    main([str(clip), "--frames", "3", "--qps", "30", "38", "--output", str(output)])
    fits = json.loads(output.read_text())
    assert set(fits) == {"other", "lop"}
    assert fits["lop"]["model"] == load_filter("lop").sha256
    assert (fits["lop"]["clips"], fits["lop"]["qps"], fits["lop"]["blocks"]) == (["clip"], [30, 38], 36)
    assert GainModel.from_json(fits["lop"]).min_edges[0] == 0
    assert "left out %" in capsys.readouterr().out
